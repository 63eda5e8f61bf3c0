"""A deadline that moves is a new promise: all its levels are to come, each once."""

from __future__ import annotations

from itertools import pairwise

import pytest
from core_desk import MONDAY, Desk, at, process, shown
from hypothesis import assume, given
from hypothesis import strategies as st

from workflows.core.step import Step
from workflows.timing.instants import rfc3339

TEN, WEDNESDAY = "2026-03-03T02:00:00Z", "2026-03-04T02:00:00Z"  # at ten in the office
DEFINITION = process("""
fields:
  visit: {type: datetime}
  start_at: {type: datetime}
  worked_out: {type: datetime, value: start_at + duration("1h")}
  kind: {type: choice, options: {short: {en: S}, long: {en: L}}}
start: {state: new, roles: [clerk], accepts: [visit, kind, start_at]}
states:
  new: {owner: {role: clerk}, due: {at: visit}, escalation: standard}
  other: {owner: {role: clerk}}
  dozing: {category: waiting, owner: {role: clerk}}
  settled: {owner: {role: clerk}}
  done: {category: closed}
transitions:
  - {trigger: move, from: open, roles: [clerk], accepts: [visit, kind, start_at]}
  - {trigger: push, from: open, roles: [clerk], effects: [{set: visit, value: now + duration("24h")}]}
  - {trigger: doze, from: open, to: dozing, roles: [clerk]}
  - {trigger: leave, from: open, to: other, roles: [clerk], accepts: [visit]}
  - {trigger: settle, from: open, to: settled, roles: [clerk], accepts: [visit]}
  - {trigger: finish, from: open, to: done, roles: [clerk], accepts: [visit]}
  - {trigger: back, from: settled, to: new, roles: [clerk]}
clocks:
  named: {title: {en: N}, starts: new, stops: settled, due: {at: visit}, escalation: standard}
  computed: {title: {en: C}, starts: new, stops: done, due: {at: worked_out}, escalation: standard}
  chosen:
    title: {en: K}
    starts: new
    stops: done
    within: {short: 1 hour, long: 2 hours}
    by: kind
    escalation: standard
""")
HASTY = process("""
fields:
  haste:
    type: choice
    options: {calm: {en: C}, hasty: {en: H}}
    value: "ticket.priority == 'normal' ? 'calm' : 'hasty'"
start: {state: new, roles: [clerk]}
states: {new: {owner: {role: clerk}}, done: {category: closed}}
transitions: [{trigger: finish, from: open, to: done, roles: [clerk]}]
clocks:
  first: {title: {en: F}, starts: new, stops: done, within: 1 working hour, escalation: loud}
  whole:
    title: {en: W}
    starts: new
    stops: done
    within: {calm: 4 working hours, hasty: 2 working hours}
    by: haste
    escalation: standard
""")


def swept(desk: Desk, moment: str | int, *clocks: str) -> list[Step]:
    """The levels that fire by this moment, each at its own time."""
    until, found = at(moment) if isinstance(moment, str) else moment, []
    while True:
        due = [
            (clock.next_level_at, clock.name)
            for clock in desk.clocks
            if clock.next_level_at is not None and clock.name in (clocks or (clock.name,))
        ]
        if not due or min(due)[0] > until:
            desk.now = max(desk.now, until)
            return found
        next_at, name = min(due)
        desk.now = max(desk.now, next_at)
        found.append(desk.tick(name).step)


def fired(steps: list[Step]) -> list[tuple[object, str | None]]:
    """Which level fired, and for which deadline."""
    return [(step.event.data["level"], shown(step.event.data["due_at"])) for step in steps]


MOVES = {
    "amended": lambda desk: desk.amend(visit=WEDNESDAY),
    "moved by a step": lambda desk: desk.fire("move", visit=WEDNESDAY),
    "set by an effect": lambda desk: desk.fire("push"),
}


@pytest.mark.parametrize("clock", ["state.new", "named"])
@pytest.mark.parametrize("way", MOVES)
def test_the_second_missed_appointment_is_told_too(way: str, clock: str):
    desk = Desk(DEFINITION).open(visit=TEN)
    assert fired(swept(desk, "2026-03-03 10:00", clock)) == [(1, "03-03 10:00"), (2, "03-03 10:00")]
    MOVES[way](desk)
    assert fired(swept(desk, "2026-03-06 10:00", clock)) == [(1, "03-04 10:00"), (2, "03-04 10:00")]
    assert desk.clock(clock).status(desk.now) == "overdue"


def test_a_computed_deadline_has_its_levels_anew_when_a_part_of_it_is_written():
    desk = Desk(DEFINITION).open(start_at=TEN)
    assert len(swept(desk, "2026-03-03 12:00", "computed")) == 2
    desk.fire("move", start_at=WEDNESDAY)
    assert fired(swept(desk, "2026-03-06 12:00", "computed")) == [(1, "03-04 11:00"), (2, "03-04 11:00")]


def test_a_longer_time_by_another_answer_has_its_levels_anew():
    desk = Desk(DEFINITION).open(kind="short")
    assert len(swept(desk, "2026-03-02 10:30", "chosen")) == 2
    desk.fire("move", kind="long")
    assert fired(swept(desk, "2026-03-02 12:00", "chosen")) == [(1, "03-02 11:00"), (2, "03-02 11:00")]


def test_moved_earlier_what_is_past_fires_at_once():
    desk = Desk(DEFINITION).open(visit=WEDNESDAY)
    desk.wait_until("2026-03-03 09:00").fire("move", visit=TEN)
    assert shown(desk.clock("named").next_level_at) == "03-02 21:30"
    assert fired(swept(desk, "2026-03-03 09:00", "named")) == [(1, "03-03 10:00")]


def test_moved_and_still_overdue_the_new_deadline_is_told_as_missed_at_once():
    desk = Desk(DEFINITION).open(visit=TEN)
    swept(desk, "2026-03-04 17:00", "named")
    desk.fire("move", visit=WEDNESDAY)
    assert fired(swept(desk, "2026-03-04 17:00", "named")) == [(1, "03-04 10:00"), (2, "03-04 10:00")]
    assert not swept(desk, "2026-03-09 10:00", "named")


def test_moved_and_moved_back_it_is_promised_anew():
    desk = Desk(DEFINITION).open(visit=WEDNESDAY)
    assert len(swept(desk, "2026-03-03 17:00", "named")) == 1
    desk.fire("move", visit="2026-03-09T02:00:00Z").fire("move", visit=WEDNESDAY)
    assert fired(swept(desk, "2026-03-05 10:00", "named")) == [(1, "03-04 10:00"), (2, "03-04 10:00")]


def test_the_same_moment_written_in_another_zone_moves_nothing():
    desk = Desk(DEFINITION).open(visit=TEN)
    assert len(swept(desk, "2026-03-03 12:00", "named")) == 2
    desk.fire("move", visit="2026-03-03T10:00:00+08:00")
    assert not desk.step.clocks
    assert not swept(desk, "2026-03-09 12:00", "named")


def test_moved_while_the_ticket_waits_it_is_watched_when_the_wait_is_over():
    desk = Desk(DEFINITION).open(visit=TEN)
    assert len(swept(desk, "2026-03-03 12:00", "named")) == 2
    desk.fire("doze").fire("move", visit=WEDNESDAY)
    assert not swept(desk, "2026-03-05 09:00", "named")
    desk.fire("leave")
    assert fired(swept(desk, "2026-03-05 09:00", "named")) == [(1, "03-04 10:00"), (2, "03-04 10:00")]


def test_moved_while_it_is_settled_it_is_watched_when_the_ticket_is_back():
    desk = Desk(DEFINITION).open(visit=TEN)
    desk.fire("settle").fire("move", visit=WEDNESDAY)
    assert not swept(desk, "2026-03-03 17:00", "named")
    desk.fire("back")
    assert fired(swept(desk, "2026-03-06 10:00", "named")) == [(1, "03-04 10:00"), (2, "03-04 10:00")]


def test_moved_while_the_clock_is_parked_it_is_taken_up_again():
    desk = Desk(DEFINITION).open(visit=TEN)
    desk.clocks = tuple(clock._replace(parked="what is this?") for clock in desk.clocks)
    desk.fire("move", visit=WEDNESDAY)
    assert desk.clock("named").parked is None


@pytest.mark.parametrize(
    ("trigger", "clock"), [("leave", "state.new"), ("settle", "named"), ("finish", "named")]
)
def test_the_step_that_settles_a_promise_does_not_move_it(trigger: str, clock: str):
    """Or everybody could finish in time by writing a later date while finishing."""
    desk = Desk(DEFINITION).open(visit=TEN).wait_until("2026-03-03 17:00").fire(trigger, visit=WEDNESDAY)
    assert (shown(desk.clock(clock).due_at), desk.clock(clock).status(desk.now)) == ("03-03 10:00", "missed")


def test_a_step_that_leaves_one_state_and_moves_a_promise_that_goes_on_moves_it():
    desk = Desk(DEFINITION).open(visit=TEN).fire("leave", visit=WEDNESDAY)
    assert shown(desk.clock("named").due_at) == "03-04 10:00"


class TestOfThePriority:
    def test_a_level_that_raises_it_moves_the_deadline_that_hangs_on_it(self):
        desk = Desk(HASTY).open()
        assert shown(desk.clock("whole").due_at) == "03-02 14:30"
        (step,) = swept(desk, "2026-03-02 10:00", "first")
        assert (desk.here.data["haste"], shown(desk.clock("whole").due_at)) == ("hasty", "03-02 11:00")
        assert step.event.data == {
            "haste": "hasty",
            "clock": "first",
            "level": 1,
            "due_at": at("2026-03-02 10:00"),
        }
        assert {clock.name for clock in step.clocks} == {"first", "whole"}

    def test_and_the_new_deadline_is_watched(self):
        desk = Desk(HASTY).open()
        swept(desk, "2026-03-02 10:00", "first")
        assert fired(swept(desk, "2026-03-02 14:30", "whole")) == [(1, "03-02 11:00"), (2, "03-02 11:00")]


MOMENTS = st.integers(0, 14 * 86_400).map(lambda seconds: MONDAY + seconds)
MOVED = st.lists(st.tuples(st.integers(0, 3 * 86_400), MOMENTS, st.booleans()), min_size=1, max_size=6)


@given(MOMENTS, MOVED)
def test_a_deadline_moved_again_and_again_is_watched_for_the_last_one_each_level_once(
    first: int, moves: list[tuple[int, int, bool]]
):
    """Whatever has fired for those before; and of none does a level fire twice while it stands."""
    moments = [first, *(moment for _, moment, _ in moves)]
    assume(all(one != other for one, other in pairwise(moments)))  # said again, it is the same promise
    desk = Desk(DEFINITION).open(visit=rfc3339(first))
    for wait, moment, by_step in moves:
        levels = [step.event.data["level"] for step in swept(desk, desk.now + wait, "named")]
        assert levels == sorted(set(levels))
        if by_step:
            desk.fire("move", visit=rfc3339(moment))
        else:
            desk.amend(visit=rfc3339(moment))
    moved_at, due_at = desk.now, max(MONDAY, moments[-1])
    steps = swept(desk, moved_at + 30 * 86_400, "named")
    assert [(step.event.data["level"], step.event.data["due_at"]) for step in steps] == [
        (1, due_at),
        (2, due_at),
    ]
    assert steps[-1].event.at == max(due_at, moved_at)
