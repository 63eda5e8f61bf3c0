"""A deadline that moves is watched again: on both databases, however many clocks sweep meanwhile."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from engine_desk import HOUR, MONDAY, SITE, Desk, T, folder_of

from workflows.core.commands import CLOCK, Amend, Tick
from workflows.core.decision import decide
from workflows.storage.audit.verify import verify
from workflows.storage.database import Database
from workflows.timing.instants import rfc3339

FIRST, SECOND = MONDAY + 2 * HOUR, MONDAY + 50 * HOUR
VISIT = f"""
workflow: visit
title: {T}
purpose: Somebody comes at an hour that was agreed.
numbering: 'V-{{seq:4}}'
calendar: office
fields:
  appointment: {{type: datetime, title: {T}}}
  haste:
    type: choice
    title: {T}
    options: {{calm: {T}, hasty: {T}}}
    value: "ticket.priority == 'normal' ? 'calm' : 'hasty'"
start: {{state: agreed, roles: [clerk], requires: [appointment]}}
states:
  agreed: {{title: {T}, owner: {{role: clerk}}, due: {{at: appointment}}, escalation: standard}}
  done: {{title: {T}, category: closed}}
transitions:
  - {{trigger: move, title: {T}, from: agreed, roles: [clerk], requires: [appointment]}}
  - {{trigger: finish, title: {T}, from: agreed, to: done, roles: [clerk]}}
clocks:
  whole:
    title: {T}
    starts: agreed
    stops: done
    within: {{calm: 8 working hours, hasty: 4 working hours}}
    by: haste
"""
ROUND = f"""
workflow: round
title: {T}
purpose: Several visits on one day.
numbering: 'W-{{seq:4}}'
calendar: office
fields: {{appointment: {{type: datetime, title: {T}}}}}
start:
  state: going
  roles: [clerk]
  requires: [appointment]
  effects: [{{open: visit, with: {{appointment: appointment}}, as: visits}}]
states:
  going: {{title: {T}, owner: {{role: clerk}}, due: 3 days}}
  done: {{title: {T}, category: closed}}
transitions:
  - trigger: move
    title: {T}
    from: going
    roles: [clerk]
    requires: [appointment]
    effects: [{{amend: visits, with: {{appointment: appointment}}}}]
  - {{trigger: finish, title: {T}, from: going, to: done, roles: [clerk]}}
"""


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """A desk that agrees on visits."""
    folder = tmp_path / "definitions"
    folder.mkdir()
    found = folder_of(folder, visit=VISIT, round=ROUND)
    assert not found.errors, found.errors
    return Desk.on(database, found)


def sweep(desk: Desk, now: int) -> int:
    dealt = 0
    while found := desk.engine.sweep(now):
        dealt += found
    return dealt


def fired(desk: Desk, ticket: str) -> list[tuple[object, object]]:
    """(level, deadline) of every level that was fired for the appointment."""
    return [
        (entry.data["level"], entry.data["due_at"])
        for entry in desk.queries.history(SITE, ticket, limit=500)
        if entry.kind == "tick" and entry.data["clock"] == "state.agreed"
    ]


def told(desk: Desk) -> int:
    assert desk.rows("SELECT count(*) FROM outbox") == desk.rows("SELECT count(DISTINCT id) FROM outbox")
    return int(desk.rows("SELECT count(*) FROM outbox")[0][0])


def both(moment: int) -> list[tuple[int, int]]:
    return [(1, moment), (2, moment)]


def test_every_level_is_told_once_for_each_deadline(desk: Desk):
    ticket = desk.open("visit", appointment=rfc3339(FIRST)).ticket
    assert ticket is not None
    sweep(desk, FIRST + HOUR)
    first = told(desk)
    desk.engine.do(
        Amend(site=SITE, ticket=ticket.id, actor=desk.actor(), data={"appointment": rfc3339(SECOND)}),
        FIRST + HOUR,
    )
    sweep(desk, FIRST + HOUR)
    sweep(desk, SECOND + HOUR)
    assert fired(desk, ticket.id) == both(FIRST) + both(SECOND)
    assert told(desk) == 2 * first, "neither swallowed nor doubled"
    assert list(verify(desk.database)) == []


def test_a_parent_that_moves_its_children_has_them_watched_anew(desk: Desk):
    parent = desk.open("round", appointment=rfc3339(FIRST)).ticket
    assert parent is not None
    (child,) = desk.store.children(SITE, parent.id)
    sweep(desk, FIRST + HOUR)
    desk.fire(parent, "move", FIRST + HOUR, appointment=rfc3339(SECOND))
    sweep(desk, SECOND + HOUR)
    assert fired(desk, child.id) == both(FIRST) + both(SECOND)


def test_a_level_that_raises_the_priority_moves_what_hangs_on_it(desk: Desk):
    ticket = desk.open("visit", appointment=rfc3339(FIRST)).ticket
    assert ticket is not None
    sweep(desk, FIRST)
    seen = desk.engine.look(SITE, ticket.id, None)
    assert seen.ticket is not None
    assert seen.ticket.data["haste"] == "hasty"
    assert {clock.name: clock.due_at for clock in seen.clocks}["whole"] == MONDAY + 4 * HOUR
    assert list(verify(desk.database)) == []


def test_a_batch_that_was_read_before_the_move_fires_nothing_of_the_old_deadline(desk: Desk):
    if desk.database.postgres:
        pytest.skip("there a batch holds the lock of its tickets, and the move waits for it")
    ticket = desk.open("visit", appointment=rfc3339(FIRST)).ticket
    assert ticket is not None
    with desk.store.sweep(FIRST, 10) as batch:
        (due,) = batch.due
        level = Tick(site=SITE, ticket=ticket.id, actor=CLOCK, clock=due.clock.name, level=due.clock.level)
        step = decide(desk.engine.look(SITE, ticket.id, None), level, FIRST)
        assert step is not None
        desk.fire(ticket, "move", FIRST, appointment=rfc3339(SECOND))
        assert batch.record([step]) == ()
    assert sweep(desk, SECOND) == 2
    assert fired(desk, ticket.id) == both(SECOND)


def test_many_clocks_and_a_deadline_that_moves_on_and_on(desk: Desk):
    """Each level of each deadline at most once, and of the last one exactly once."""
    tickets = [desk.open("visit", appointment=rfc3339(FIRST)).ticket for _ in range(4)]
    failed: list[BaseException] = []
    over = threading.Event()

    def clock() -> None:
        try:
            while not over.is_set():
                desk.engine.sweep(MONDAY + 9 * HOUR)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=clock) for _ in range(3)]
    for thread in threads:
        thread.start()
    moments = [FIRST + minute * 60 for minute in range(1, 7)]
    for moment in moments:
        for ticket in tickets:
            assert ticket is not None
            desk.fire(ticket, "move", MONDAY + HOUR, appointment=rfc3339(moment))
    over.set()
    for thread in threads:
        thread.join()
    assert failed == []
    sweep(desk, MONDAY + 9 * HOUR)
    for ticket in tickets:
        assert ticket is not None
        found = fired(desk, ticket.id)
        assert len(found) == len(set(found))
        assert found[-2:] == both(moments[-1])
    assert list(verify(desk.database)) == []
