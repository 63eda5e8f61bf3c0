"""Whoever may see a ticket can follow it, and hears of its steps. Nobody is told of what they did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from api_desk import COMPLAINT, HILL, LAKE, Call, Caller, caller, codes, open_for_tests
from flask import Flask

from service import wallclock
from service.application import create_app
from service.bootstrap import Desk
from workflows.core.access.permissions import build_actor
from workflows.core.commands import Note
from workflows.language.forms.field import LANGUAGES
from workflows.language.load import Folder
from workflows.storage.database import Database
from workflows.timing.instants import rfc3339
from workflows.watchers import MAX_WATCHERS


@pytest.fixture
def office(database: Database, tmp_path: Path, ours: Folder) -> tuple[Flask, Desk]:
    """A desk on either database."""
    desk = open_for_tests(database, tmp_path, ours)
    return create_app(desk), desk


def told(desk: Desk, ticket: dict[str, Any], seq: int) -> dict[str, str]:
    """Who is told of a step, each with the capacity in which they are addressed."""
    sql = "SELECT recipient, role FROM outbox WHERE ticket_id = :id AND seq = :seq"
    return dict(map(tuple, desk.database.read(sql, {"id": ticket["id"], "seq": seq})))


def follow(someone: Caller, ticket: dict[str, Any], who: str = "me") -> Any:
    """Let somebody follow a ticket."""
    return someone.send("PUT", f"/api/tickets/{ticket['number']}/watchers/{who}")


def note(someone: Caller, ticket: dict[str, Any], seq: int) -> int:
    """Write a note; the seq of the step."""
    body, at = {"text": "the lift stands still"}, f"/api/tickets/{ticket['id']}/notes"
    answer = someone.post(at, body, If_Match=f'"{seq}"')
    assert answer.status_code == 201, answer.text
    return int(answer.json["seq"])


def test_whoever_follows_hears_of_the_next_step_on_either_database(office: tuple[Flask, Desk]) -> None:
    """Also when this process remembers the ticket from before: it is read with the step."""
    app, desk = office
    officer, cleaner = caller(app, desk, "cs-officer"), caller(app, desk, "cleaner")
    ticket = officer.open("complaint", COMPLAINT)
    answer = follow(cleaner, ticket)
    assert answer.status_code == 200, answer.text
    assert [(each["id"], each["name"]) for each in answer.json["items"]] == [("id-cleaner", "员工 cleaner")]
    assert answer.json["following"]
    assert follow(cleaner, ticket).json == answer.json, "twice is once"
    assert cleaner.get(f"/api/tickets/{ticket['id']}").json["seq"] == ticket["seq"], "it is no step"
    seq = note(officer, ticket, 1)
    assert told(desk, ticket, seq) == {"id-cleaner": "watcher"}
    assert cleaner.send("DELETE", f"/api/tickets/{ticket['id']}/watchers/me").status_code == 204
    assert cleaner.send("DELETE", f"/api/tickets/{ticket['id']}/watchers/me").status_code == 204
    assert told(desk, ticket, note(officer, ticket, seq)) == {}


def test_a_step_that_another_process_decided_before_is_decided_again(office: tuple[Flask, Desk]) -> None:
    """It has read the ticket, somebody begins to follow, it writes: the follower is told all the same."""
    app, desk = office
    ticket = caller(app, desk, "cs-officer").open("complaint", COMPLAINT)
    member = desk.people.directory(LAKE).staff["id-cs-officer"]
    step = Note(site=LAKE, ticket=ticket["id"], actor=build_actor(member, LAKE), expected=1, note="x")
    desk.store.load(LAKE, ticket["id"])
    follow(caller(app, desk, "cleaner"), ticket)
    behind = desk.store.load(LAKE, ticket["id"])
    assert behind is not None
    desk.store._loader.cache.store((behind[0]._replace(watchers=()), behind[1]))  # as another process has it
    after = desk.engine.do(step, wallclock.now())
    assert (after.ticket.seq, told(desk, ticket, 2)) == (2, {"id-cleaner": "watcher"})


def test_the_letter_says_what_was_done_in_four_languages(call: Call, desk: Desk) -> None:
    """A step by its title, and what has none in the definition by the program's own."""
    officer = call("cs-officer")
    ticket = officer.open("complaint", COMPLAINT)
    follow(call("cleaner"), ticket)
    note(officer, ticket, 1)
    officer.fire(
        ticket | {"seq": 2}, "determine-nature", {"nature": "valid", "subject": "cleaning", "severity": "low"}
    )
    rows = desk.database.read(
        "SELECT payload FROM outbox WHERE ticket_id = :id AND role = 'watcher' ORDER BY seq",
        {"id": ticket["id"]},
    )
    written, named = (orjson.loads(row[0])["text"] for row in rows)
    assert set(written) == set(named) == set(LANGUAGES)
    assert written["en"] == "A note was written"
    assert named["zh-Hans"] != "determine-nature"


def test_who_hears_of_a_step_anyway_hears_of_it_once(call: Call, desk: Desk) -> None:
    """By the definition's notice, not as one who follows."""
    receptionist = call("receptionist")
    ticket = receptionist.open("complaint", COMPLAINT)
    follow(call("cs-supervisor"), ticket)
    follow(call("cs-officer-2"), ticket)
    assert told(desk, ticket, 1).get("id-cs-officer-2")
    seq = note(receptionist, ticket, 1)
    assert told(desk, ticket, seq) == {"id-cs-supervisor": "watcher", "id-cs-officer-2": "watcher"}


def test_others_are_added_by_those_who_take_part(call: Call) -> None:
    """By account or id; whoever only sees the ticket adds nobody but themselves."""
    ticket = call("cs-officer").open("complaint", COMPLAINT)
    assert codes(follow(call("cleaner"), ticket, "security-team-leader")) == ["role-needed"]
    answer = follow(call("cs-officer"), ticket, "security-team-leader")
    assert [each["id"] for each in answer.json["items"]] == ["id-security-team-leader"]
    assert not answer.json["following"]
    ended = call("cleaner").send("DELETE", f"/api/tickets/{ticket['id']}/watchers/security-team-leader")
    assert codes(ended) == ["role-needed"]
    for who in ("nobody-of-that-name", "elsewhere"):
        assert codes(follow(call("cs-officer"), ticket, who)) == ["not-a-reader"]


def test_nobody_of_another_site_follows(call: Call) -> None:
    """For them there is no such ticket."""
    ticket = call("cs-officer").open("complaint", COMPLAINT)
    path = f"/api/tickets/{ticket['id']}/watchers"
    for method, more in (("GET", ""), ("PUT", "/me"), ("DELETE", "/me")):
        answer = call("elsewhere").send(method, path + more)
        assert (answer.status_code, codes(answer)) == (404, ["unknown-ticket"])
        assert call("elsewhere").send(method, f"{path}{more}?site={HILL}").status_code == 404


def test_a_ticket_has_a_limit_of_those_who_follow(call: Call, desk: Desk) -> None:
    """Beyond it, nobody more is taken, and it is said why."""
    ticket = call("cs-officer").open("complaint", COMPLAINT)
    context = desk.engine.look(LAKE, ticket["id"], None)
    for number in range(MAX_WATCHERS):
        context = desk.engine.look(LAKE, ticket["id"], None)
        desk.store.watchers.add(context.ticket, f"former-{number}", wallclock.now())
    answer = follow(call("cleaner"), ticket)
    assert (answer.status_code, codes(answer)) == (409, ["too-many-watchers"])
    assert call("cleaner").get(f"/api/tickets/{ticket['id']}/watchers").json["items"] == []


def test_whoever_has_done_it_is_not_told_of_it(office: tuple[Flask, Desk]) -> None:
    """Not as holder of the post that a notice names; the others who hold it are. Nor as who follows."""
    app, desk = office
    officer = caller(app, desk, "cs-officer")
    ticket = officer.open("complaint", COMPLAINT)
    assert told(desk, ticket, 1) == {"id-cs-officer-2": "cs-officer", "client": "client"}
    follow(officer, ticket)
    assert told(desk, ticket, note(officer, ticket, 1)) == {}


def test_a_substitute_who_acts_is_not_told_and_the_absentee_is(call: Call, desk: Desk) -> None:
    """The absentee hears on return what was done in their name."""
    officer = call("cs-officer")
    ticket = officer.open("complaint", COMPLAINT)
    follow(officer, ticket)
    follow(call("cleaner"), ticket)
    answer = officer.post(
        "/api/absences",
        {
            "site": LAKE,
            "staff": "cs-officer",
            "from": rfc3339(wallclock.now()),
            "to": rfc3339(wallclock.now() + 86_400),
            "substitute": "cs-officer-2",
        },
    )
    assert answer.status_code == 201, answer.text
    seq = note(call("cs-officer-2"), ticket, 1)
    assert told(desk, ticket, seq) == {"id-cs-officer": "watcher", "id-cleaner": "watcher"}
