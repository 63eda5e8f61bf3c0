"""Levels that have come due: each fires once, whoever sweeps, and one that throws does not stop the rest."""

from __future__ import annotations

import threading

import pytest
from engine_desk import HOUR, MONDAY, SITE, Desk

from workflows.core import decision
from workflows.core.commands import Unpark
from workflows.core.handlers import escalate
from workflows.storage.audit.verify import verify
from workflows.storage.errors import Conflict, StorageError

LATE = MONDAY + 8 * HOUR  # both levels of the state's clock are due, the whole repair's not yet
MUCH_LATER = MONDAY + 10 * 24 * HOUR


def ticks(desk: Desk) -> list[tuple[str, object, object]]:
    """(ticket, clock, level) of everything that was fired."""
    tickets = [row[0] for row in desk.rows("SELECT id FROM tickets")]
    return [
        (ticket, entry.data["clock"], entry.data["level"])
        for ticket in tickets
        for entry in desk.queries.history(SITE, ticket, limit=500)
        if entry.kind == "tick"
    ]


def sweep(desk: Desk, now: int) -> int:
    dealt = 0
    while found := desk.engine.sweep(now):
        dealt += found
    return dealt


def test_each_level_fires_once_and_in_order(desk):
    for number in range(4):
        desk.open("repair", content=str(number))
    assert sweep(desk, LATE) == 8
    assert sweep(desk, LATE) == 0
    found = ticks(desk)
    assert len(found) == len(set(found)) == 8
    assert {row[0] for row in desk.rows("SELECT priority FROM tickets")} == {2}
    assert list(verify(desk.database)) == []


def test_nothing_is_fired_early(desk):
    desk.open("repair", content="x")
    assert desk.engine.sweep(MONDAY + HOUR - 1) == 0
    assert desk.engine.sweep(MONDAY + HOUR) == 1


def test_two_who_sweep_at_once_fire_each_level_once(desk):
    for number in range(12):
        desk.open("repair", content=str(number))
    barrier, failed = threading.Barrier(2), []

    def work() -> None:
        barrier.wait()
        try:
            sweep(desk, LATE)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    sweep(desk, LATE)
    found = ticks(desk)
    assert len(found) == len(set(found)) == 24
    assert desk.rows("SELECT count(*) FROM outbox")[0][0] == 12 * 3  # both clerks, then the chief
    assert list(verify(desk.database)) == []


def test_a_level_moves_the_ticket_and_its_parent_hears(desk):
    opened = desk.open("repair", content="x").ticket
    sweep(desk, MUCH_LATER)
    ticket = desk.now_of(opened)
    assert ticket.state == "lapsed"
    assert [kind for kind in (e.kind for e in desk.queries.history(SITE, opened.id)) if kind == "fire"] == [
        "fire"
    ]


def test_one_that_throws_is_parked_and_the_others_fire(desk, monkeypatch):
    first, second = (desk.open("repair", content=name).ticket for name in "ab")
    ticked = escalate.fire_level

    def throwing(context, command, now):
        if command.ticket == first.id:
            raise ZeroDivisionError("no such luck")
        return ticked(context, command, now)

    monkeypatch.setattr(decision.escalate, "fire_level", throwing)
    assert sweep(desk, LATE) == 3
    assert {ticket for ticket, _, _ in ticks(desk)} == {second.id}
    (parked,) = desk.queries.parked_clocks()
    assert parked.ticket == first.id
    assert parked.reason.startswith("ZeroDivisionError in test_engine_sweep.py:")
    monkeypatch.undo()
    again = Unpark(
        site=SITE, ticket=first.id, actor=desk.actor("chen"), clock="state.open-job", note="mended"
    )
    desk.engine.do(again, LATE)
    assert sweep(desk, LATE) == 2


def test_one_that_is_refused_is_parked_with_every_reason(desk, monkeypatch):
    opened = desk.open("repair", content="x").ticket
    sweep(desk, LATE)
    monkeypatch.setattr("workflows.core.access.permissions.has_any_role", lambda *_: False)
    sweep(desk, MUCH_LATER)
    (parked,) = desk.queries.parked_clocks()
    assert (parked.clock, parked.reason) == ("whole", "this is for: clock")
    assert desk.now_of(opened).state == "open-job"


def test_a_clock_that_starts_afresh_is_no_longer_parked(desk):
    opened = desk.open("repair", content="x").ticket
    desk.store.park(SITE, opened.id, "state.open-job", "because")
    assert sweep(desk, LATE) == 0
    desk.fire(opened, "again", LATE)
    assert desk.queries.parked_clocks() == ()
    assert sweep(desk, LATE + 24 * HOUR) == 2


def test_a_lost_race_is_left_to_the_next_sweep(desk, monkeypatch):
    desk.open("repair", content="x")
    sweep(desk, LATE)
    record = desk.store.record

    def lost(*_, **__):
        raise Conflict("somebody was quicker")

    monkeypatch.setattr(desk.store, "record", lost)
    assert desk.engine.sweep(MUCH_LATER) == 0
    assert desk.queries.parked_clocks() == ()
    monkeypatch.setattr(desk.store, "record", record)
    assert sweep(desk, MUCH_LATER) > 0


def test_one_that_spoils_the_batch_does_not_keep_the_others(desk, monkeypatch):
    for name in "ab":
        desk.open("repair", content=name)

    def spoiled(*_, **__):
        raise Conflict("one of them has moved on")

    monkeypatch.setattr("workflows.storage.tickets.sweep.Sweeper.record", spoiled)
    assert desk.engine.sweep(LATE) == 2
    assert len(ticks(desk)) == 2


def test_a_database_that_does_not_answer_parks_nothing(desk, monkeypatch):
    desk.open("repair", content="x")

    def silent(*_):
        raise StorageError("no answer")

    monkeypatch.setattr(desk.people, "directory", silent)
    with pytest.raises(StorageError):
        desk.engine.sweep(LATE)
    monkeypatch.undo()
    assert desk.queries.parked_clocks() == ()
    assert sweep(desk, LATE) == 2
