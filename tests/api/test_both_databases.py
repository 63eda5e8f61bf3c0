"""The same desk on SQLite and on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from api_desk import COMPLAINT, Caller, caller, codes, open_for_tests
from flask import Flask

from service.application import create_app
from service.bootstrap import Desk
from workflows.language.load import Folder
from workflows.storage.database import Database


@pytest.fixture
def either(database: Database, tmp_path: Path, ours: Folder) -> tuple[Flask, Desk]:
    """An application on either database."""
    desk = open_for_tests(database, tmp_path, ours)
    return create_app(desk), desk


def test_a_ticket_goes_its_way_on_either_database(either: tuple[Flask, Desk]) -> None:
    """Opened, moved, found by its words, read and reported."""
    app, desk = either
    officer = caller(app, desk, "cs-officer")
    ticket = officer.open("complaint", COMPLAINT)
    moved = officer.fire(ticket, "withdraw", {"reason": "x"}, Idempotency_Key="k")
    assert moved.status_code == 201
    again = officer.fire(ticket, "withdraw", {"reason": "x"}, Idempotency_Key="k")
    assert (again.data, again.headers["Idempotency-Replayed"]) == (moved.data, "true")
    assert [t["id"] for t in officer.get("/api/tickets?q=大堂").json["items"]] == [ticket["id"]]
    assert officer.get("/api/reports/promises").json["met"] == 1
    assert officer.get("/api/tickets/%00").status_code == 404
    assert officer.get("/api/tickets?q=%27%20%26%20%7C").status_code == 200
    director = caller(app, desk, "office-director")
    first = director.post("/api/workflows/check", {"text": "x"}, Idempotency_Key="c")
    assert director.post("/api/workflows/check", {"text": "x"}, Idempotency_Key="c").data == first.data


def test_of_eight_who_saw_the_same_one_is_first(either: tuple[Flask, Desk]) -> None:
    """One 201, seven 412, one row of history."""
    app, desk = either
    officer = caller(app, desk, "cs-officer")
    ticket = officer.open("complaint", COMPLAINT)

    def withdraw(turn: int) -> list[str] | int:
        answer = Caller(app.test_client(), "", officer.token).fire(ticket, "withdraw", {"reason": str(turn)})
        return answer.status_code if answer.status_code == 201 else codes(answer)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(withdraw, range(8)))
    assert (found.count(201), found.count(["stale"])) == (1, 7)
    assert len(officer.get(f"/api/tickets/{ticket['id']}/history").json["items"]) == 2
