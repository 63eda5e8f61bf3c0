"""The supervisor is away: the substitute acts in their place and sees what they see; nothing else is lent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from api_desk import COMPLAINT, LAKE, Call, Caller, caller, codes, settings
from flask import Flask

from service import wallclock
from service.application import create_app
from service.bootstrap import Desk, build_desk
from service.letters import write_letter
from workflows.core.access.permissions import build_actor
from workflows.core.commands import CLOCK
from workflows.core.people import Absence, Membership, Staff
from workflows.core.step import Message
from workflows.storage.audit.verify import verify
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database, Session
from workflows.timing.instants import rfc3339

DAY = 86_400
FIGURES = {"income": "812300.50", "expenditure": "790120.00", "figures": "物业费、停车费；人工、能耗、维修"}
DISPUTE = {
    "office": "shop",
    "accused": "id-consultant",
    "allegation": "ownership",
    "statement": "客户登记在先",
    "reception_over": True,
}


def away(desk: Desk, who: str, substitute: str, begins: int = 0, ends: int = DAY) -> Absence:
    """From now on, for a day."""
    now = wallclock.now()
    absence = Absence(
        site=LAKE,
        staff_id=f"id-{who}",
        from_at=now + begins,
        to_at=now + ends,
        substitute_id=f"id-{substitute}",
    )
    desk.people.store_absence(absence, CLOCK, wallclock.now())
    return absence


def figures(call: Call) -> dict[str, Any]:
    """The accounts of a quarter, which wait for the supervisor of customer service."""
    finance = call("finance-officer")
    ticket = finance.open("fee-publication", {"period": "2026 年第一季度"})
    return dict(finance.fire(ticket, "submit", FIGURES).json)


def later(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    """So much time passes."""
    now = wallclock.now() + seconds
    monkeypatch.setattr(wallclock, "now", lambda: now)


def may(caller: Caller, ticket: dict[str, Any]) -> dict[str, str | None]:
    """The steps that can be taken now, each with whose right it is."""
    found = caller.get(f"/api/tickets/{ticket['id']}/transitions").json
    return {each["trigger"]: each["on_behalf"] for each in found["available"]}


def numbers(caller: Caller, query: str) -> list[str]:
    return [each["number"] for each in caller.get(f"/api/tickets?{query}").json["items"]]


def test_the_substitute_approves_in_the_place_of_the_supervisor(
    call: Call, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The history says who did it and on whose behalf, and verifies; the next day he may no longer."""
    ticket, other, worker = figures(call), figures(call), call("repair-worker")
    assert codes(worker.fire(ticket, "approve")) == ["role-needed"]
    away(desk, "cs-supervisor", "repair-worker")
    assert may(worker, ticket) == {
        "approve": "id-cs-supervisor",
        "return": "id-cs-supervisor",
        "cancel": "id-cs-supervisor",
    }
    done = worker.fire(ticket, "approve")
    assert (done.status_code, done.json["state"]) == (201, "approved")
    last = worker.get(f"/api/tickets/{ticket['id']}/history").json["items"][-1]
    assert last["actor"] == {
        "id": "id-repair-worker",
        "name": "员工 repair-worker",
        "on_behalf": "id-cs-supervisor",
        "on_behalf_name": "员工 cs-supervisor",
    }
    later(monkeypatch, DAY + 1)
    worker = call("repair-worker")
    assert may(worker, other) == {}
    assert codes(worker.fire(other, "approve")) == ["role-needed"]
    assert list(verify(desk.database)) == []


def test_by_right_of_ones_own_nothing_is_done_on_anybodys_behalf(call: Call, desk: Desk) -> None:
    """Two supervisors stand in for each other."""
    ticket = figures(call)
    away(desk, "cs-supervisor", "cs-supervisor-2")
    assert set(may(call("cs-supervisor-2"), ticket).values()) == {None}
    assert call("cs-supervisor-2").fire(ticket, "approve").status_code == 201
    last = call("cs-supervisor-2").get(f"/api/tickets/{ticket['id']}/history").json["items"][-1]
    assert (last["actor"]["on_behalf"], last["actor"]["on_behalf_name"]) == (None, None)


def test_what_the_absent_has_is_among_the_tickets_of_the_substitute(call: Call, desk: Desk) -> None:
    """As long as it lasts; at that site only."""
    ticket = figures(call)
    given = call("cs-supervisor").post(
        f"/api/tickets/{ticket['id']}/claim", {}, If_Match=f'"{ticket["seq"]}"'
    )
    assert given.json["assignee"] == "id-cs-supervisor"
    worker = call("repair-worker")
    assert numbers(worker, "view=mine") == []
    absence = away(desk, "cs-supervisor", "repair-worker")
    assert numbers(worker, "view=mine") == [ticket["number"]]
    assert numbers(worker, "assignee=me") == []
    desk.people.delete_absence(absence, CLOCK, wallclock.now())
    assert numbers(worker, "view=mine") == []


def test_a_restricted_ticket_exists_for_the_substitute_by_the_posts_of_the_absent(
    call: Call, desk: Desk
) -> None:
    """At every door, in lists and in letters; for as long as the absence lasts."""
    ticket = call("consultant").open("client-dispute", DISPUTE)
    worker, here = call("repair-worker"), f"/api/tickets/{ticket['id']}"
    assert worker.get(here).status_code == 404
    absence = away(desk, "sales-manager", "repair-worker")
    for which in (here, f"/api/tickets/{ticket['number']}", f"{here}/history"):
        assert worker.get(which).status_code == 200
    assert numbers(worker, "workflow=client-dispute") == [ticket["number"]]
    assert may(worker, ticket)
    assert ticket["number"] in letter_of(desk, ticket, "repair-worker")
    desk.people.delete_absence(absence, CLOCK, wallclock.now())
    assert worker.get(here).status_code == 404
    assert numbers(worker, "workflow=client-dispute") == []
    assert ticket["number"] not in letter_of(desk, ticket, "repair-worker")


def letter_of(desk: Desk, ticket: dict[str, Any], account: str) -> str:
    """What a letter about the ticket says to somebody."""
    situation = desk.engine.look(LAKE, ticket["id"], None)
    message = Message(kind="notice", recipient=f"id-{account}", role="owner")
    reader = build_actor(member(desk, account), LAKE)
    zone = situation.definition.calendar.zone
    words = write_letter(message, situation, zone, "en", wallclock.now(), "", reader)
    return words.subject + words.body


def member(desk: Desk, account: str) -> Staff:
    return desk.people.directory(LAKE).staff[f"id-{account}"]


def test_what_the_absent_opened_for_themselves_stays_hidden(call: Call, desk: Desk) -> None:
    """A dispute is between those who judge and its parties."""
    ticket = call("consultant").open("client-dispute", DISPUTE)
    away(desk, "consultant", "repair-worker")
    assert call("repair-worker").get(f"/api/tickets/{ticket['id']}").status_code == 404
    assert numbers(call("repair-worker"), "workflow=client-dispute") == []


def test_personal_words_are_read_by_who_stands_in_for_a_reader_under_his_own_name(
    call: Call, desk: Desk
) -> None:
    """That they were read is kept."""
    ticket = call("receptionist").open("complaint", COMPLAINT)
    worker, here = call("repair-worker"), f"/api/tickets/{ticket['id']}"
    assert codes(worker.get(f"{here}/personal")) == ["personal-not-yours"]
    away(desk, "cs-officer", "repair-worker")
    assert worker.get(f"{here}/personal").json["personal"]["complainant"] == COMPLAINT["complainant"]
    (read,) = call("cs-officer-2").get(f"{here}/readings").json["items"]
    assert (read["staff"], read["name"]) == ("id-repair-worker", "员工 repair-worker")


def test_he_sees_what_he_may_open_and_opens_it(call: Call, desk: Desk) -> None:
    """In whose place, `me` says."""
    worker = call("repair-worker")

    def may_open() -> bool:
        items = worker.get("/api/workflows").json["items"]
        return next(bool(each["may_open"]) for each in items if each["name"] == "fee-publication")

    assert not may_open()
    assert worker.get("/api/me").json["sites"][0]["stands_in_for"] == []
    away(desk, "cs-supervisor", "repair-worker")
    assert may_open()
    ticket = worker.open("fee-publication", {"period": "2026 年第一季度"})
    (opening,) = worker.get(f"/api/tickets/{ticket['id']}/history").json["items"]
    assert (opening["actor"]["id"], opening["actor"]["on_behalf"]) == ("id-repair-worker", "id-cs-supervisor")
    assert worker.get("/api/me").json["sites"][0]["stands_in_for"] == [
        {"id": "id-cs-supervisor", "name": "员工 cs-supervisor"}
    ]


def test_a_reading_in_somebodys_place_says_whose(call: Call, desk: Desk) -> None:
    """The substitute may read what is personal by a lent post, and the list of readings names both."""
    desk.people.set_posts("id-repair-worker", [Membership(LAKE, "repair-worker")])
    ticket = call("receptionist").open("complaint", COMPLAINT)
    path = f"/api/tickets/{ticket['id']}"
    assert codes(call("repair-worker").get(f"{path}/personal")) == ["personal-not-yours"]
    away(desk, "cs-supervisor", "repair-worker")
    assert call("repair-worker").get(f"{path}/personal").json["personal"]["contact"] == COMPLAINT["contact"]
    call("cs-officer").get(f"{path}/personal")
    found = call("office-director").get(f"{path}/readings").json["items"]
    assert [(each["staff"], each["on_behalf"], each["on_behalf_name"]) for each in found] == [
        ("id-cs-officer", None, None),
        ("id-repair-worker", "id-cs-supervisor", "员工 cs-supervisor"),
    ]


def test_looking_after_the_desk_is_not_lent(call: Call, desk: Desk) -> None:
    """Steps of the director are; settings, definitions, colleagues' absences and messages are not."""
    ticket = figures(call)
    away(desk, "office-director", "repair-worker")
    worker, now = call("repair-worker"), wallclock.now()
    assert may(worker, ticket)["approve"] == "id-office-director"
    assert codes(worker.get(f"/api/sites/{LAKE}/settings")) == ["managers-only"]
    assert codes(worker.post("/api/workflows", {"text": "x"})) == ["managers-only"]
    noted = {"site": LAKE, "staff": "receptionist", "from": rfc3339(now), "to": rfc3339(now + 60)}
    assert codes(worker.post("/api/absences", noted | {"substitute": None})) == ["not-your-absence"]
    assert worker.get("/api/me").json["sites"][0]["manager"] is False


def test_an_absence_holds_at_once_in_every_process(
    call: Call, desk: Desk, tmp_path: Path, cipher: Cipher
) -> None:
    """And ends at once."""
    other = build_desk(
        settings(tmp_path), Database(f"sqlite:///{tmp_path / 'desk.db'}", cipher=cipher, synchronous="NORMAL")
    )
    worker = caller(create_app(other), other, "repair-worker")
    ticket = figures(call)
    assert may(worker, ticket) == {}
    absence = away(desk, "cs-supervisor", "repair-worker")
    assert "approve" in may(worker, ticket)
    desk.people.delete_absence(absence, CLOCK, wallclock.now())
    assert may(worker, ticket) == {}
    other.close()


def test_a_step_asks_the_database_no_more_for_it(
    call: Call, desk: Desk, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither where nobody is away, nor for who acts in somebody's place."""
    # Nothing is asked again for having become old.
    monkeypatch.setattr("workflows.storage.revisions.monotonic", lambda: 0.0)
    supervisor, worker = call("cs-supervisor"), call("repair-worker")
    tickets = [figures(call) for _ in range(4)]
    away(desk, "archivist", "archivist-2", begins=-DAY, ends=-1)
    later(monkeypatch, 60)  # a step in the very second of the one before writes fewer columns
    supervisor.fire(tickets[0], "approve")
    plain = asked(monkeypatch, lambda: supervisor.fire(tickets[1], "approve"))
    away(desk, "cs-supervisor", "repair-worker")
    worker.fire(tickets[2], "approve")
    assert asked(monkeypatch, lambda: worker.fire(tickets[3], "approve")) == plain


def asked(monkeypatch: pytest.MonkeyPatch, act: Any) -> list[str]:
    """The statements that it takes."""
    seen: list[str] = []
    run = Session.run

    def counting(self: Session, statement: Any, row: Any = {}) -> Any:  # noqa: B006
        seen.append(getattr(statement, "text", str(statement)))
        return run(self, statement, row)

    with monkeypatch.context() as patched:
        patched.setattr(Session, "run", counting)
        assert act().status_code == 201
    assert seen
    return seen
