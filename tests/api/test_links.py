"""Two tickets are related to each other, both ways, and that can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from api_desk import COMPLAINT, HILL, Call, Caller, caller, codes, open_for_tests
from flask import Flask
from structlog.testing import capture_logs

from service.application import create_app
from service.bootstrap import Desk
from workflows.language.load import Folder
from workflows.storage.audit.verify import verify
from workflows.storage.database import Database


@pytest.fixture
def office(database: Database, tmp_path: Path, ours: Folder) -> tuple[Flask, Desk]:
    """A desk on either database."""
    desk = open_for_tests(database, tmp_path, ours)
    return create_app(desk), desk


def link(someone: Caller, ticket: dict[str, Any], other: dict[str, Any], method: str = "PUT") -> Any:
    """Relate them, or no more."""
    return someone.send(method, f"/api/tickets/{ticket['number']}/links/{other['number']}")


def links(someone: Caller, ticket: dict[str, Any]) -> list[tuple[str, str]]:
    """What is shown of a ticket."""
    answer = someone.get(f"/api/tickets/{ticket['id']}/links")
    assert answer.status_code == 200, answer.text
    return [(each["kind"], each["number"]) for each in answer.json["items"]]


def test_each_shows_the_other_until_it_is_taken_back(office: tuple[Flask, Desk]) -> None:
    """Once is enough, and both histories say so."""
    app, desk = office
    officer = caller(app, desk, "cs-officer")
    first, second = officer.open("complaint", COMPLAINT), officer.open("complaint", COMPLAINT)
    assert link(officer, first, second).status_code == 200
    assert link(officer, second, first).status_code == 200
    assert links(officer, first) == [("related", second["number"])]
    assert links(officer, second) == [("related", first["number"])]
    for ticket, other in ((first, second), (second, first)):
        history = officer.get(f"/api/tickets/{ticket['id']}/history").json["items"]
        assert [each["data"] for each in history if each["kind"] == "link"] == [{"linked": other["number"]}]
    assert link(officer, second, first, "DELETE").status_code == 204
    assert (links(officer, first), links(officer, second)) == ([], [])
    assert list(verify(desk.database)) == []


def test_it_is_for_those_who_take_part_and_see_both(call: Call) -> None:
    """Not with itself, nor with what is not there."""
    officer = call("cs-officer")
    first, second = officer.open("complaint", COMPLAINT), officer.open("complaint", COMPLAINT)
    assert codes(link(call("cleaner"), first, second)) == ["role-needed"]
    assert codes(link(officer, first, first)) == ["not-to-be-linked"]
    assert codes(link(officer, first, {"number": "TS-1999-00001"})) == ["unknown-ticket"]
    assert call("elsewhere").get(f"/api/tickets/{first['id']}/links?site={HILL}").status_code == 404


def test_what_was_merged_is_shown_at_both(call: Call) -> None:
    """With which of the two goes on."""
    officer = call("cs-officer")
    first, second = officer.open("complaint", COMPLAINT), officer.open("complaint", COMPLAINT)
    path, body = f"/api/tickets/{second['id']}/merge", {"into": first["id"]}
    assert officer.post(path, body, If_Match='"1"').status_code == 201
    assert links(officer, first) == [("merged", second["number"])]
    assert links(officer, second) == [("merged-into", first["number"])]


def test_many_others_take_as_many_statements_as_one(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Showing what is related, and merging one more."""
    monkeypatch.setattr("workflows.storage.revisions.monotonic", lambda: 0.0)  # nothing becomes old meanwhile
    officer = call("cs-officer")
    first, *others = (officer.open("complaint", COMPLAINT) for _ in range(6))
    path, shown, merging = f"/api/tickets/{first['id']}/links", [], []
    for each in others:
        assert link(officer, first, each).status_code == 200
        shown.append(statements(lambda: officer.get(path)))
    assert len(set(shown)) == 1, shown
    for each in others:
        here = f"/api/tickets/{each['id']}"
        tag = officer.get(here).headers["ETag"]
        ask = partial(officer.post, f"{here}/merge", {"into": first["id"]}, If_Match=tag)
        merging.append(statements(ask))
        assert statements(lambda: officer.get(path)) == shown[0]
    assert len(set(merging[1:])) == 1, merging
    assert len(links(officer, first)) == 10


def statements(ask: Callable[[], Any]) -> int:
    """How many a request takes that succeeds, by its line in the log."""
    with capture_logs() as lines:
        assert ask().status_code in (200, 201)
    (line,) = lines
    return int(line["statements"])
