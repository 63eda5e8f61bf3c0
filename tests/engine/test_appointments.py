"""Children with different lead times before one appointment that moves: everything re-plans itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_desk import HOUR, MONDAY, SITE, Desk, T, folder_of

from workflows.storage.database import Database
from workflows.timing.instants import rfc3339

ARRIVAL = MONDAY + 48 * HOUR  # Wednesday at nine

TOUR = f"""
workflow: tour
title: {T}
purpose: Guests arrive, and before that there is much to be done.
numbering: 'TR-{{seq:3}}'
calendar: office
summary: guests
fields:
  guests: {{type: text, title: {T}}}
  arrival: {{type: datetime, title: {T}}}
start:
  state: preparing
  roles: [clerk]
  requires: [guests, arrival]
  effects:
    - open: tour-task
      rows:
        - {{task: plants, lead: day}}
        - {{task: lobby, lead: hour}}
        - {{task: lifts, lead: moment}}
      with: {{arrival: arrival}}
      as: tasks
states:
  preparing: {{title: {T}, owner: {{role: clerk}}, due: {{at: arrival}}}}
  ready: {{title: {T}, category: closed}}
  off: {{title: {T}, category: cancelled}}
transitions:
  - trigger: move
    title: {T}
    from: preparing
    roles: [clerk]
    requires: [arrival]
    effects: [{{amend: tasks, with: {{arrival: arrival}}}}]
  - {{trigger: join, title: {T}, from: preparing, to: ready, auto: true, guard: "children.tasks.all(c, c.closed)"}}
  - {{trigger: call-off, title: {T}, from: preparing, to: off, roles: [clerk], effects: [{{fire: drop, on: tasks}}]}}
"""  # noqa: E501 - YAML as its authors write it
TASK = f"""
workflow: tour-task
title: {T}
purpose: One thing to be done before they come.
numbering: 'TT-{{seq:3}}'
calendar: office
summary: task
fields:
  task: {{type: text, title: {T}}}
  arrival: {{type: datetime, title: {T}}}
  lead: {{type: choice, title: {T}, options: {{day: {T}, hour: {T}, moment: {T}}}}}
start: {{state: planned, roles: [clerk], requires: [task, arrival, lead]}}
states:
  planned:
    title: {T}
    owner: {{role: clerk}}
    due: {{before: arrival, by: {{day: 1 day, hour: 1 hour, otherwise: 30 minutes}}, per: lead}}
    escalation: standard
  done: {{title: {T}, category: closed}}
  dropped: {{title: {T}, category: cancelled}}
transitions:
  - {{trigger: finish, title: {T}, from: planned, to: done, roles: [clerk]}}
  - {{trigger: drop, title: {T}, from: planned, to: dropped, roles: [parent]}}
"""


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """A desk that receives guests."""
    folder = tmp_path / "definitions"
    folder.mkdir()
    found = folder_of(folder, tour=TOUR, **{"tour-task": TASK})
    assert not found.errors, found.errors
    return Desk.on(database, found)


def dues(desk: Desk, tour: str) -> dict[str, int | None]:
    """Task → when it is due, in hours before the first arrival."""
    found = {}
    for child in desk.store.children(SITE, tour):
        found[child.title] = None if child.due_at is None else (ARRIVAL - child.due_at) / HOUR
    return found


def test_each_is_due_by_its_own_lead_and_all_of_them_follow_the_appointment(desk: Desk):
    tour = desk.open("tour", guests="A delegation", arrival=rfc3339(ARRIVAL)).ticket
    assert tour is not None
    assert dues(desk, tour.id) == {"plants": 24, "lobby": 1, "lifts": 0.5}
    moved = desk.fire(tour, "move", MONDAY + HOUR, arrival=rfc3339(ARRIVAL + 2 * HOUR)).ticket
    assert moved is not None
    assert dues(desk, tour.id) == {"plants": 22, "lobby": -1, "lifts": -1.5}
    assert moved.due_at == ARRIVAL + 2 * HOUR


def test_history_says_so_on_both_sides(desk: Desk):
    tour = desk.open("tour", guests="A delegation", arrival=rfc3339(ARRIVAL)).ticket
    assert tour is not None
    desk.fire(tour, "move", arrival=rfc3339(ARRIVAL + 2 * HOUR))
    assert desk.queries.history(SITE, tour.id)[-1].note == "amends arrival: tasks TT-001, TT-002, TT-003"
    for child in desk.store.children(SITE, tour.id):
        past = desk.queries.history(SITE, child.id)[-1]
        assert (past.kind, past.data, past.note) == (
            "amend",
            {"arrival": rfc3339(ARRIVAL + 2 * HOUR)},
            f"parent {tour.number}",
        )


def test_what_is_done_stays_done(desk: Desk):
    tour = desk.open("tour", guests="A delegation", arrival=rfc3339(ARRIVAL)).ticket
    assert tour is not None
    plants, lobby, lifts = desk.store.children(SITE, tour.id)
    desk.fire(plants.id, "finish")
    desk.fire(tour.id, "move", arrival=rfc3339(ARRIVAL - HOUR))
    assert dues(desk, tour.id) == {"plants": None, "lobby": 2, "lifts": 1.5}
    for child in (lobby, lifts):
        desk.fire(child.id, "finish")
    assert desk.now_of(tour.id).state == "ready"


def test_an_appointment_that_comes_too_near_is_due_at_once(desk: Desk):
    tour = desk.open("tour", guests="A delegation", arrival=rfc3339(ARRIVAL)).ticket
    assert tour is not None
    desk.fire(tour, "move", MONDAY + HOUR, arrival=rfc3339(MONDAY + 3 * HOUR))
    assert desk.engine.sweep(MONDAY + HOUR) == 2, "the plants are late: half of the time and all of it"


def test_called_off_everything_is_dropped(desk: Desk):
    tour = desk.open("tour", guests="A delegation", arrival=rfc3339(ARRIVAL)).ticket
    assert tour is not None
    desk.fire(tour, "call-off")
    assert {child.state for child in desk.store.children(SITE, tour.id)} == {"dropped"}
