"""What a step does to the clocks of its ticket."""

import pytest
from core_desk import Desk, process, refused, shown

DEFINITION = process("""
fields:
  severity: {type: choice, options: {low: {en: Low}, high: {en: High}, top: {en: Top}}}
  visit: {type: datetime}
  day: {type: date}
start: {state: new, roles: [clerk], accepts: [severity, visit, day]}
states:
  new: {owner: {role: clerk}, due: 2 working hours, escalation: standard}
  handling: {owner: {role: clerk}, due: {at: visit, grace: 30 minutes}}
  dozing: {category: waiting, owner: {role: clerk}, due: 3 working days}
  solved: {owner: {role: clerk}}
  done: {category: closed}
transitions:
  - {trigger: begin, from: [new, dozing, solved], to: handling, roles: [clerk], accepts: [severity, visit]}
  - {trigger: mark, from: open, roles: [clerk], accepts: [severity, visit, day]}
  - {trigger: again, from: [new, handling], roles: [clerk], to: new, accepts: [visit]}
  - {trigger: rework, from: handling, to: handling, roles: [clerk], accepts: [visit]}
  - {trigger: doze, from: open, to: dozing, roles: [clerk]}
  - {trigger: solve, from: open, to: solved, roles: [clerk]}
  - {trigger: finish, from: open, to: done, roles: [clerk]}
  - {trigger: reopen, from: done, to: handling, roles: [clerk], accepts: [severity]}
  - {trigger: renew, from: done, to: new, roles: [clerk]}
clocks:
  response: {title: {en: R}, starts: new, stops: [handling, solved], within: 4 working hours}
  resolution:
    title: {en: S}
    starts: new
    stops: solved
    within: {high: 1 working day, top: 1 working day, otherwise: 3 working days}
    by: severity
    escalation: standard
  wall: {title: {en: W}, starts: new, stops: done, within: 10 days, pauses: false}
  anew: {title: {en: A}, starts: new, stops: done, within: 8 working hours, on_reopen: restart}
  arrival: {title: {en: V}, starts: handling, stops: done, due: {before: visit, by: 1 hour}}
  promised: {title: {en: P}, starts: new, stops: solved, due: {at: day}}
""")


def desk(**data: object) -> Desk:
    return Desk(DEFINITION).open(**data)


def due(found: Desk, name: str) -> str | None:
    return shown(found.clock(name).due_at)


def names(found: Desk) -> set[str]:
    return {clock.name for clock in found.clocks}


class TestOfAState:
    def test_it_starts_when_the_state_is_entered_and_stops_when_it_is_left(self):
        found = desk()
        assert due(found, "state.new") == "03-02 11:00"
        found.wait_until("2026-03-02 10:00").fire("begin")
        assert shown(found.clock("state.new").stopped_at) == "03-02 10:00"
        assert found.clock("state.new").status(found.now) == "met"

    def test_it_restarts_on_each_entry(self):
        found = (
            desk().wait_until("2026-03-02 10:00").fire("begin").wait_until("2026-03-02 14:00").fire("again")
        )
        clock = found.clock("state.new")
        assert (shown(clock.started_at), due(found, "state.new"), clock.level) == (
            "03-02 14:00",
            "03-02 16:00",
            0,
        )

    @pytest.mark.parametrize("moment", ["2026-03-02 09:00", "2026-03-02 10:00"])
    def test_it_restarts_on_an_entry_from_itself_even_in_the_same_second(self, moment):
        found = desk().wait_until(moment).fire("again")
        assert [event for _, event in found.clock("state.new").ledger] == ["start", "restart"]
        assert found.clock("state.new").started_at == found.now

    def test_it_runs_on_when_the_ticket_stays(self):
        found = desk().wait_until("2026-03-02 10:00").fire("mark")
        assert found.clock("state.new").ledger == ((found.here.opened_at, "start"),)
        assert not found.step.clocks

    def test_it_never_rests(self):
        found = desk().fire("doze")
        assert found.clock("state.dozing").running
        assert due(found, "state.dozing") == "03-05 18:00"


class TestOnAField:
    def test_it_starts_when_the_field_is_filled(self):
        found = desk().fire("begin")
        assert "state.handling" not in names(found)
        found.fire("mark", visit="2026-03-04T02:00:00Z")
        assert due(found, "state.handling") == "03-04 10:30"
        assert due(found, "arrival") == "03-04 09:00"

    def test_it_moves_when_the_field_is_changed(self):
        found = desk(visit="2026-03-04T02:00:00Z").fire("begin").fire("mark", visit="2026-03-05T02:00:00Z")
        assert (due(found, "state.handling"), due(found, "arrival")) == ("03-05 10:30", "03-05 09:00")
        assert [event for _, event in found.clock("arrival").ledger] == ["start", "replan"]

    def test_putting_the_field_right_moves_it_too(self):
        found = desk(visit="2026-03-04T02:00:00Z").fire("begin").amend(visit="2026-03-05T02:00:00Z")
        assert due(found, "arrival") == "03-05 09:00"

    def test_writing_the_same_again_moves_nothing(self):
        found = desk(visit="2026-03-04T02:00:00Z").fire("begin").fire("mark", visit="2026-03-04T02:00:00Z")
        assert not found.step.clocks

    def test_an_answer_with_the_same_promise_moves_nothing(self):
        found = desk(severity="high").fire("mark", severity="top")
        assert not found.step.clocks

    def test_emptying_the_field_leaves_the_promise(self):
        found = desk(visit="2026-03-04T02:00:00Z").fire("begin").amend(visit=None)
        assert due(found, "arrival") == "03-04 09:00"

    def test_a_state_entered_again_while_the_field_is_new_has_its_clock(self):
        found = desk(visit="2026-03-04T02:00:00Z").fire("begin").amend(visit=None).fire("solve").fire("begin")
        assert found.clock("state.handling").stopped
        found.fire("mark", visit="2026-03-06T02:00:00Z")
        assert due(found, "state.handling") == "03-06 10:30"

    def test_the_choice_decides_how_long(self):
        assert due(desk(severity="high"), "resolution") == "03-03 18:00"
        assert due(desk(), "resolution") == "03-05 18:00"

    def test_another_choice_keeps_what_was_consumed(self):
        found = desk(severity="low").wait_until("2026-03-02 16:00").fire("mark", severity="high")
        assert due(found, "resolution") == "03-03 18:00"
        assert shown(found.clock("resolution").started_at) == "03-02 09:00"

    def test_a_date_means_the_close_of_that_day(self):
        assert due(desk(day="2026-03-06"), "promised") == "03-06 18:00"

    def test_a_moment_beyond_the_calendar_is_refused_and_not_an_error(self):
        assert set(refused(desk, day="1950-01-01")) == {"bad-value day"}

    def test_a_promise_that_ends_beyond_the_calendar_is_refused(self):
        assert set(refused(desk().wait_until("2200-12-31 17:00").fire, "doze")) == {"bad-value"}

    def test_filled_after_it_should_have_stopped_it_does_not_start(self):
        found = desk().fire("solve").fire("begin").fire("mark", day="2026-03-06")
        assert "promised" not in names(found)


class TestWaiting:
    def test_named_clocks_rest_while_the_ticket_waits(self):
        found = desk().wait_until("2026-03-02 10:00").fire("doze")
        assert found.clock("resolution").paused
        assert due(found, "resolution") is None

    def test_but_not_those_that_never_rest(self):
        assert desk().fire("doze").clock("wall").running

    def test_what_was_left_is_left_afterwards(self):
        found = desk(severity="high").wait_until("2026-03-02 10:00").fire("doze")
        found.wait_until("2026-03-04 10:00").fire("begin")
        assert due(found, "resolution") == "03-05 18:00"

    def test_the_ticket_is_due_with_the_earliest_running_clock(self):
        found = desk()
        assert shown(found.here.due_at) == "03-02 11:00"
        found.fire("doze")
        assert shown(found.here.due_at) == "03-05 18:00"
        found.fire("finish")
        assert found.here.due_at is None

    def test_a_choice_made_while_waiting_counts_afterwards(self):
        found = desk(severity="low").wait_until("2026-03-02 10:00").fire("doze").fire("mark", severity="high")
        assert due(found, "resolution") is None
        assert due(found.fire("begin"), "resolution") == "03-03 18:00"


class TestEnding:
    def test_an_end_stops_everything(self):
        found = desk(visit="2026-03-04T02:00:00Z").fire("begin").fire("finish")
        assert not [clock.name for clock in found.clocks if not clock.stopped]

    def test_a_stop_settles_only_its_clock(self):
        found = desk().fire("solve")
        assert found.clock("resolution").stopped
        assert found.clock("wall").running

    def test_reopened_it_goes_on_with_what_was_consumed(self):
        found = desk(severity="high").wait_until("2026-03-02 18:00").fire("finish")
        found.wait_until("2026-03-04 09:00").fire("reopen")
        clock = found.clock("resolution")
        assert clock.running
        assert clock.consumed == 7.5 * 3600
        assert due(found, "resolution") == "03-04 18:00"

    def test_what_was_settled_long_before_stays_settled(self):
        found = desk().fire("begin").wait_until("2026-03-02 12:00").fire("finish").fire("reopen")
        assert found.clock("response").stopped

    def test_back_at_its_start_it_goes_on(self):
        found = desk().fire("begin").wait_until("2026-03-02 10:00").fire("again")
        assert found.clock("response").running

    def test_or_begins_anew_if_it_says_so(self):
        found = desk().wait_until("2026-03-02 12:00").fire("finish")
        found.wait_until("2026-03-04 09:00").fire("reopen")
        clock = found.clock("anew")
        assert (shown(clock.started_at), clock.consumed, due(found, "anew")) == (
            "03-04 09:00",
            0,
            "03-05 09:30",
        )

    def test_an_answer_given_while_reopening_counts(self):
        found = desk(severity="low").wait_until("2026-03-02 18:00").fire("finish")
        found.wait_until("2026-03-04 09:00").fire("reopen", severity="high")
        assert found.clock("resolution").promise == "1 working day"

    def test_solved_and_taken_up_again_it_stays_settled(self):
        assert desk().fire("solve").fire("begin").clock("resolution").stopped


def test_nothing_that_has_not_changed_is_written():
    found = desk().fire("begin")
    assert {clock.name for clock in found.step.clocks} == {"state.new", "response"}
