"""The queue: what I, or those for whom I stand in, may act on, the most urgent first."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from api_desk import COMPLAINT, HILL, INQUIRY, LAKE, Call, Caller, caller, codes, open_for_tests

from service import wallclock
from service.application import create_app
from service.bootstrap import Desk
from workflows import queue
from workflows.core.access.candidates import find_candidates
from workflows.core.access.permissions import build_actor
from workflows.core.commands import CLOCK
from workflows.core.people import Absence, Membership
from workflows.core.step import HistoryEvent, Step
from workflows.core.ticket import Ticket
from workflows.language.load import Folder
from workflows.storage.database import Database
from workflows.storage.statement_count import executed
from workflows.timing.instants import parse_rfc3339

DAY = 86_400


def pages(who: Caller, query: str = "", limit: int = 50) -> list[dict[str, Any]]:
    """All items of the queue, page by page."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        answer = who.get(f"/api/tickets?view=queue&limit={limit}{more}{query}")
        assert answer.status_code == 200, answer.text
        found += answer.json["items"]
        cursor = answer.json["next"]
    return found


def numbers(who: Caller, query: str = "") -> list[str]:
    return [each["number"] for each in pages(who, query)]


def stored_in_every_state(desk: Desk) -> list[Ticket]:
    """A ticket in each state of each process, as a step would have left it."""
    steps, patterns = [], {}
    now, turn = wallclock.now(), 0
    people = cycle((None, "id-cs-officer", "id-repair-worker", "id-cs-supervisor"))
    for definition in desk.definitions.in_force():
        for state in definition.states.values():
            turn += 1
            data = {state.owner.staff: next(people)} if state.owner and state.owner.staff else {}
            ticket = Ticket(
                site=LAKE if turn % 7 else HILL,
                id=str(UUID(int=turn)),
                number="",
                workflow=definition.name,
                version=definition.version,
                title="",
                state=state.name,
                category=str(state.category),
                seq=1,
                opener="id-receptionist" if turn % 3 else "id-both",
                opened_at=now - turn,
                changed_at=now,
                entered_at=now,
                closed_at=now if state.category.ended else None,
                due_at=None if state.category.ended or turn % 4 == 0 else now + (turn % 90 - 45) * 60,
                assignee=next(people),
                department=("engineering", None, "security")[turn % 3],
                priority=turn % 4,
                data=data,
            )
            ticket = ticket._replace(candidates=find_candidates(definition, ticket))
            event = HistoryEvent(seq=1, at=now, kind="open", actor=CLOCK, to=state.name)
            steps.append(Step(before=None, after=ticket, event=event))
            patterns[ticket.id] = definition.numbering
    return list(desk.store.record(steps, patterns))


def may_act(desk: Desk, account: str, ticket: Ticket) -> bool:
    """Whether the transitions of the ticket name one that the person may take."""
    known = desk.people.account(account)
    assert known is not None
    actor = build_actor(known.staff, ticket.site)
    options = desk.engine.list_trigger_options(ticket.site, ticket.id, actor, wallclock.now())
    return any(not option.reasons for option in options)


def test_in_every_state_of_every_process_the_queue_holds_what_the_transitions_allow(
    database: Database, tmp_path: Path, ours: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a substitute, somebody of two sites, and people of several posts; in the order of urgency."""
    now = wallclock.now()
    monkeypatch.setattr(wallclock, "now", lambda: now)
    desk = open_for_tests(database, tmp_path, ours)
    away = Absence(
        site=LAKE,
        staff_id="id-cs-supervisor",
        from_at=now,
        to_at=now + DAY,
        substitute_id="id-repair-worker",
    )
    desk.people.store_absence(away, CLOCK, now)
    app, tickets = create_app(desk), stored_in_every_state(desk)
    opened = [each for each in tickets if each.closed_at is None]
    assert len(opened) > 300
    for account in ("repair-worker", "cs-officer", "both", "office-director"):
        who = caller(app, desk, account)
        sites = (LAKE, HILL) if account == "both" else (LAKE,)
        shown = pages(who)
        expected = {each.id for each in opened if each.site in sites and may_act(desk, account, each)}
        assert {each["id"] for each in shown} == expected, account
        assert len(shown) == len(expected) > 3, account
        order = [
            (each["due_at"] is None, each["due_at"], -PRIORITIES[each["priority"]], each["opened_at"])
            for each in shown
        ]
        assert order == sorted(order, key=lambda place: (place[0], place[1] or "", *place[2:]))


PRIORITIES = {"low": 0, "normal": 1, "high": 2, "urgent": 3}


def test_what_becomes_of_a_ticket_moves_it_from_queue_to_queue(call: Call) -> None:
    """An assignment, a step, an end: each of them in the transaction that does it."""
    officer, worker = call("cs-officer"), call("repair-worker")
    ticket = call("receptionist").open("complaint", COMPLAINT)
    assert ticket["number"] in numbers(officer)
    assert ticket["number"] not in numbers(worker)
    officer.fire(ticket, "withdraw", {"reason": "x"})
    assert ticket["number"] not in numbers(officer)


def test_a_post_that_is_given_or_taken_counts_at_once(call: Call, desk: Desk) -> None:
    ticket = call("receptionist").open("complaint", COMPLAINT)
    worker = call("repair-worker")
    assert ticket["number"] not in numbers(worker)
    desk.people.set_posts("id-repair-worker", [Membership(LAKE, "cs-officer")])
    assert ticket["number"] in numbers(call("repair-worker"))


def test_a_substitute_has_the_queue_of_who_is_away_as_long_as_the_absence_lasts(
    call: Call, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = wallclock.now()
    ticket = call("receptionist").open("complaint", COMPLAINT)
    away = Absence(
        site=LAKE, staff_id="id-cs-officer", from_at=now, to_at=now + 60, substitute_id="id-repair-worker"
    )
    desk.people.store_absence(away, CLOCK, now)
    worker = call("repair-worker")
    assert ticket["number"] in numbers(worker)
    monkeypatch.setattr(wallclock, "now", lambda: now + 60)
    assert ticket["number"] not in numbers(worker)


def test_a_new_version_of_a_process_leaves_the_queue_of_open_tickets_as_it_is(call: Call, desk: Desk) -> None:
    """Each ticket is measured by its own version."""
    ticket = call("receptionist").open("complaint", COMPLAINT)
    text = desk.definitions.text("complaint", 1).replace("[cs-officer, cs-supervisor", "[cs-supervisor")
    desk.definitions.publish_text(text, "complaint.yaml", wallclock.now(), "tests")
    assert ticket["number"] in numbers(call("cs-officer"))


def test_the_queue_can_be_narrowed(call: Call) -> None:
    receptionist, officer = call("receptionist"), call("cs-officer")
    complaint = receptionist.open("complaint", COMPLAINT)["number"]
    inquiry = receptionist.open("communicative-complaint", INQUIRY)["number"]
    assert set(numbers(officer)) >= {complaint, inquiry}
    assert numbers(officer, "&workflow=complaint") == [complaint]
    assert numbers(officer, "&q=清扫") == [complaint]
    assert numbers(officer, f"&q={complaint}") == [complaint]
    assert numbers(officer, "&category=waiting&workflow=complaint") == []
    assert numbers(officer, "&category=ended") == []
    assert numbers(officer, "&priority=urgent") == numbers(officer, "&overdue=true") == []


def test_a_page_examines_a_bounded_number_of_tickets_and_says_where_to_go_on(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MAX_PASSED_OVER", 2)
    monkeypatch.setattr(queue, "FEW", 1)
    officer = call("cs-officer")
    opened = [officer.open("complaint", COMPLAINT)["number"] for _ in range(5)]
    ticket = officer.get(f"/api/tickets/{opened[4]}").json
    officer.post(f"/api/tickets/{ticket['id']}/claim", If_Match='"1"')
    first = officer.get("/api/tickets?view=queue&limit=1&category=open").json
    assert (len(first["items"]), first["next"] is None) == (1, False)
    found = pages(officer, "&category=open", 1)
    assert sorted(each["number"] for each in found) == opened
    assert numbers(officer, "&assignee=me") == [opened[4]]


def test_counts_are_those_of_the_queue(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = call("cs-officer")
    empty = call("elsewhere").get("/api/queue/counts").json
    assert empty == {"total": 0, "overdue": 0, "assigned": 0, "more": False}
    first, *_ = [officer.open("complaint", COMPLAINT) for _ in range(3)]
    officer.post(f"/api/tickets/{first['id']}/claim", If_Match='"1"')
    assert officer.get("/api/queue/counts").json == {
        "total": 3,
        "overdue": 0,
        "assigned": 1,
        "more": False,
    }
    due = parse_rfc3339(first["due_at"])
    monkeypatch.setattr(wallclock, "now", lambda: due + 1)
    assert call("cs-officer").get("/api/queue/counts").json["overdue"] == 3
    monkeypatch.setattr("service.api.tickets.lists.MAX_COUNTED", 2)
    many = call("cs-officer").get("/api/queue/counts").json
    assert (many["total"], many["more"]) == (2, True)


@pytest.mark.parametrize("cursor", ["nonsense", "WzEsIjEiLGZhbHNlXQ", "WyJxdWV1ZSIsMSwyXQ"])
def test_a_cursor_of_another_list_is_refused(call: Call, cursor: str) -> None:
    answer = call("cs-officer").get(f"/api/tickets?view=queue&cursor={cursor}")
    assert (answer.status_code, codes(answer)) == (422, ["bad-cursor"])


def test_tickets_that_were_stored_without_candidates_come_into_the_queue_by_the_clock(
    call: Call, desk: Desk
) -> None:
    """As those of a database that was upgraded do."""
    officer = call("cs-officer")
    ticket = officer.open("complaint", COMPLAINT)
    with desk.database.transaction() as session:
        session.run("UPDATE tickets SET candidates = NULL")
    assert numbers(officer) == []
    assert desk.queue.fill_candidates() == 1
    assert numbers(officer) == [ticket["number"]]
    assert desk.queue.fill_candidates() == 0


def test_a_ticket_says_who_has_the_next_move(call: Call) -> None:
    officer = call("cs-officer")
    ticket = officer.open("complaint", COMPLAINT)
    owners = ticket["next"]
    assert (owners["roles"], owners["assignee"], owners["since"]) == (
        ["cs-officer"],
        None,
        ticket["opened_at"],
    )
    assert {each["account"] for each in owners["people"]} >= {"cs-officer", "cs-officer-2"}
    (line,) = officer.get("/api/tickets").json["items"]
    assert line["next"] == owners
    officer.post(f"/api/tickets/{ticket['id']}/claim", If_Match='"1"')
    (line,) = officer.get("/api/tickets").json["items"]
    assert line["next"]["assignee"] == "id-cs-officer"
    ended = officer.fire({**ticket, "seq": 2}, "withdraw", {"reason": "x"})
    assert ended.json["next"] is None


def test_the_next_move_names_the_substitute_of_who_is_away(call: Call, desk: Desk) -> None:
    now = wallclock.now()
    away = Absence(
        site=LAKE, staff_id="id-cs-officer", from_at=now, to_at=now + DAY, substitute_id="id-cs-officer-2"
    )
    desk.people.store_absence(away, CLOCK, now)
    people = call("receptionist").open("complaint", COMPLAINT)["next"]["people"]
    assert {each["account"]: each["substitute"] for each in people}["cs-officer"] == "id-cs-officer-2"


def test_a_list_says_who_is_next_without_asking_the_database_for_each(call: Call, desk: Desk) -> None:
    officer = call("cs-officer")
    costs = []
    for _ in range(2):
        for _ in range(4):
            officer.open("complaint", COMPLAINT)
        for query in ("", "view=queue"):
            officer.get(f"/api/tickets?{query}")
        before = executed.total
        officer.get("/api/tickets")
        listed = executed.total - before
        officer.get("/api/tickets?view=queue")
        costs.append((listed, executed.total - before - listed))
    assert costs[0] == costs[1]
    assert max(costs[0]) < 12
