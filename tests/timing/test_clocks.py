"""What happens to a promise, seen from outside. Numbers in brackets are those of the field notes."""

from offices import BOSTON, SHANGHAI, at, policy_of, shown

from workflows.language.schemas.calendars import read_calendar
from workflows.timing import clock_operations
from workflows.timing.calendars import Calendar
from workflows.timing.clock import Basis, Clock
from workflows.timing.durations import Duration
from workflows.timing.progress import count_consumed

HOUR = 3600
POLICY = policy_of({"at": "50%"}, {"at": "100%"}, {"after": "1 working day"})
MONDAY = at("2026-03-02 09:00")


def begun(
    promise: str = "4 working hours", start: str = "2026-03-02 09:00", office: Calendar = SHANGHAI
) -> Clock:
    return clock_operations.start(
        "due", "registered", Duration.parse(promise), at(start, office), office, POLICY
    )


def paused(clock: Clock, since: str) -> Clock:
    return clock_operations.pause(clock, at(since), SHANGHAI)


def resumed(clock: Clock, when: str) -> Clock:
    return clock_operations.resume(clock, at(when), SHANGHAI, POLICY)


def stopped(clock: Clock, when: str) -> Clock:
    return clock_operations.stop(clock, at(when), SHANGHAI)


def due(clock: Clock, office: Calendar = SHANGHAI) -> str:
    assert clock.due_at is not None
    return shown(clock.due_at, office)


def fixed(moment: str, start: str = "2026-03-02 09:00") -> Clock:
    return clock_operations.start("visit", None, at(moment), at(start), SHANGHAI, POLICY)


class TestStart:
    def test_a_working_promise_counts_opening_time(self):
        clock = begun("2 working days")
        assert (clock.basis, clock.promise, due(clock)) == (
            Basis.WORKING,
            "2 working days",
            "2026-03-04 18:00",
        )
        assert clock.budget == 3 * 7.5 * HOUR

    def test_an_elapsed_promise_counts_the_wall(self):
        clock = begun("30 hours")
        assert (clock.basis, clock.budget, due(clock)) == (Basis.ELAPSED, 30 * HOUR, "2026-03-03 15:00")

    def test_a_fixed_promise_is_the_moment(self):
        clock = fixed("2026-03-05 14:00")
        assert (clock.basis, due(clock)) == (Basis.FIXED, "2026-03-05 14:00")
        assert clock.promise == "2026-03-05T06:00:00Z"

    def test_a_moment_that_has_passed_is_due_at_once(self):
        assert due(fixed("2026-02-01 14:00")) == "2026-03-02 09:00"

    def test_the_first_level_is_next(self):
        clock = begun()
        assert (clock.level, clock.policy) == (0, "standard")
        assert clock.next_level_at == at("2026-03-02 11:00")

    def test_a_clock_without_a_policy_has_no_level(self):
        clock = clock_operations.start("due", None, Duration.parse("1 hour"), MONDAY, SHANGHAI, None)
        assert (clock.policy, clock.next_level_at) == (None, None)


class TestVerdict:
    def test_it_is_late_after_the_moment_not_at_it(self):
        clock = begun("1 hour")
        assert clock.status(at("2026-03-02 10:00")) == "running"
        assert clock.status(at("2026-03-02 10:00") + 1) == "overdue"

    def test_stopped_in_time_is_met_forever(self):
        """[15]"""
        clock = stopped(begun("1 hour"), "2026-03-02 10:00")
        assert clock.status(at("2030-01-01 00:00")) == "met"
        assert due(clock) == "2026-03-02 10:00"

    def test_stopped_late_is_missed(self):
        assert stopped(begun("1 hour"), "2026-03-02 10:01").status(0) == "missed"

    def test_late_and_then_paused_and_stopped_is_missed(self):
        clock = paused(begun("1 hour"), "2026-03-02 11:00")
        assert clock.status(at("2026-03-02 12:00")) == "paused"
        assert stopped(clock, "2026-03-02 12:00").status(0) == "missed"

    def test_a_fixed_moment_that_passes_during_a_pause_is_not_missed(self):
        clock = stopped(paused(fixed("2026-03-02 12:00"), "2026-03-02 10:00"), "2026-03-02 15:00")
        assert clock.status(0) == "met"


class TestPause:
    def test_a_paused_clock_has_no_deadline_and_is_never_late(self):
        """[2, 6, 18]"""
        clock = paused(begun(), "2026-03-02 10:00")
        assert (clock.due_at, clock.next_level_at, clock.running_since) == (None, None, None)
        assert clock.status(at("2036-01-01 00:00")) == "paused"
        assert clock.consumed == HOUR

    def test_what_was_left_is_left_after_the_pause(self):
        """[1, 19]"""
        clock = resumed(paused(begun(), "2026-03-02 10:00"), "2026-03-05 17:00")
        assert due(clock) == "2026-03-06 11:00"
        assert clock.consumed == HOUR

    def test_many_pauses_add_up(self):
        clock = begun("4 hours")
        for since, until in (("09:30", "10:00"), ("11:00", "15:00"), ("15:10", "15:20")):
            clock = resumed(paused(clock, f"2026-03-02 {since}"), f"2026-03-02 {until}")
        assert due(clock) == "2026-03-02 17:40"

    def test_pausing_twice_is_pausing_once(self):
        clock = paused(begun(), "2026-03-02 10:00")
        assert paused(clock, "2026-03-02 11:00") is clock

    def test_resuming_what_runs_changes_nothing(self):
        clock = begun()
        assert resumed(clock, "2026-03-02 11:00") is clock

    def test_a_promise_broken_before_the_pause_stays_broken_then(self):
        clock = resumed(paused(begun("1 hour"), "2026-03-02 11:00"), "2026-03-03 09:00")
        assert due(clock) == "2026-03-02 10:00"

    def test_a_promise_paused_at_the_last_second_is_not_broken_by_the_pause(self):
        clock = resumed(paused(begun("1 hour"), "2026-03-02 10:00"), "2026-03-05 09:00")
        assert clock.status(at("2026-03-05 09:00")) == "running"

    def test_a_fixed_moment_comes_back_unchanged(self):
        clock = paused(fixed("2026-03-05 14:00"), "2026-03-03 14:00")
        assert clock.due_at is None
        assert due(resumed(clock, "2026-03-04 14:00")) == "2026-03-05 14:00"

    def test_a_time_before_the_last_event_is_taken_as_that_event(self):
        clock = paused(begun(), "2026-03-01 10:00")
        assert clock.consumed == 0
        assert clock.ledger == ((MONDAY, "start"), (MONDAY, "pause"))


class TestTimeOfDay:
    """Boston promises end at a time of day, also at night, where no opening time is counted."""

    def test_a_pause_of_no_length_keeps_the_time_of_day(self):
        clock = begun("1 working day", "2011-07-04 01:32", BOSTON)
        at_noon = at("2011-07-04 12:00", BOSTON)
        again = clock_operations.resume(
            clock_operations.pause(clock, at_noon, BOSTON), at_noon, BOSTON, POLICY
        )
        assert due(clock, BOSTON) == due(again, BOSTON) == "2011-07-05 01:32"

    def test_a_pause_over_a_day_moves_it_by_a_day(self):
        clock = begun("1 working day", "2011-07-04 01:32", BOSTON)
        held = clock_operations.pause(clock, at("2011-07-04 12:00", BOSTON), BOSTON)
        again = clock_operations.resume(held, at("2011-07-05 12:00", BOSTON), BOSTON, POLICY)
        assert due(again, BOSTON) == "2011-07-06 01:32"

    def test_a_pause_in_the_night_before_it_is_due_keeps_what_was_left_of_the_night(self):
        clock = begun("1 working day", "2011-07-04 01:32", BOSTON)
        held = clock_operations.pause(clock, at("2011-07-05 00:32", BOSTON), BOSTON)
        again = clock_operations.resume(held, at("2011-07-05 02:00", BOSTON), BOSTON, POLICY)
        assert due(again, BOSTON) == "2011-07-05 03:00"

    def test_the_night_never_eats_opening_time(self):
        clock = begun("1 working day", "2011-07-01 01:32", BOSTON)
        held = clock_operations.pause(clock, at("2011-07-01 12:00", BOSTON), BOSTON)
        again = clock_operations.resume(held, at("2011-07-04 12:00", BOSTON), BOSTON, POLICY)
        assert due(again, BOSTON) == "2011-07-05 08:30"


class TestStop:
    def test_nothing_happens_to_a_stopped_clock_but_a_restart(self):
        clock = stopped(begun(), "2026-03-02 10:00")
        assert stopped(clock, "2026-03-02 11:00") is clock
        assert paused(clock, "2026-03-02 11:00") is clock
        assert resumed(clock, "2026-03-02 11:00") is clock
        assert clock_operations.fire(clock, SHANGHAI, POLICY) is clock
        assert clock_operations.replan(clock, Duration.parse("1 hour"), MONDAY, SHANGHAI, POLICY) is clock

    def test_a_stopped_clock_keeps_what_it_consumed(self):
        clock = stopped(begun(), "2026-03-02 10:00")
        assert (clock.consumed, clock.stopped, clock.running, clock.paused) == (HOUR, True, False, False)
        assert clock.next_level_at is None


class TestRestart:
    def test_the_budget_is_whole_again(self):
        """[4, 5]: time spent closed does not count."""
        done = clock_operations.fire(stopped(begun(), "2026-03-02 10:00"), SHANGHAI, POLICY)
        clock = clock_operations.restart(done._replace(level=2), at("2026-03-09 09:00"), SHANGHAI, POLICY)
        assert (clock.consumed, clock.level, clock.stopped_at) == (0, 0, None)
        assert due(clock) == "2026-03-09 14:30"
        assert [event for _, event in clock.ledger] == ["start", "stop", "restart"]

    def test_a_fixed_moment_is_promised_again(self):
        clock = clock_operations.restart(fixed("2026-03-05 14:00"), at("2026-03-03 09:00"), SHANGHAI, POLICY)
        assert due(clock) == "2026-03-05 14:00"

    def test_a_paused_clock_runs_again(self):
        clock = clock_operations.restart(
            paused(begun(), "2026-03-02 10:00"), at("2026-03-02 14:00"), SHANGHAI, POLICY
        )
        assert clock.running
        assert due(clock) == "2026-03-02 18:00"


class TestReplan:
    def test_pauses_taken_are_kept(self):
        """[3]"""
        clock = resumed(paused(begun(), "2026-03-02 10:00"), "2026-03-02 11:00")
        replanned = clock_operations.replan(
            clock, Duration.parse("2 hours"), at("2026-03-02 11:30"), SHANGHAI, POLICY
        )
        assert (replanned.consumed, due(replanned)) == (HOUR, "2026-03-02 12:00")

    def test_a_running_deadline_can_be_extended(self):
        """[17]"""
        clock = clock_operations.replan(
            begun(), Duration.parse("6 working hours"), at("2026-03-02 10:00"), SHANGHAI, POLICY
        )
        assert due(clock) == "2026-03-02 16:30"

    def test_another_promise_has_all_its_levels_to_come(self):
        fired = clock_operations.fire(clock_operations.fire(begun(), SHANGHAI, POLICY), SHANGHAI, POLICY)
        clock = clock_operations.replan(
            fired, Duration.parse("2 days"), at("2026-03-02 15:00"), SHANGHAI, POLICY
        )
        assert (clock.level, shown(clock.next_level_at)) == (0, "2026-03-03 09:00")

    def test_of_the_same_promise_what_is_past_stays_fired(self):
        """A calendar that changes makes nobody hear twice of a moment that lies behind."""
        fired = clock_operations.fire(clock_operations.fire(begun(), SHANGHAI, POLICY), SHANGHAI, POLICY)
        now = at("2026-03-02 15:00")
        same = clock_operations.replan(fired, Duration.parse(fired.promise), now, SHANGHAI, POLICY)
        assert (same.level, same.due_at, same.next_level_at) == (2, fired.due_at, fired.next_level_at)

    def test_of_the_same_promise_what_lies_ahead_again_is_to_come(self):
        fired = clock_operations.fire(clock_operations.fire(begun(), SHANGHAI, POLICY), SHANGHAI, POLICY)
        closed = read_calendar(
            "office", {"zone": "Asia/Shanghai", "hours": {"mon-fri": ["09:00-12:00"]}, "holidays": "CN"}
        )
        promise, now = Duration.parse(fired.promise), at("2026-03-02 15:00")
        clock = clock_operations.replan(fired, promise, now, closed, POLICY)
        assert (clock.level, shown(clock.next_level_at), due(clock)) == (
            1,
            "2026-03-03 10:00",
            "2026-03-03 10:00",
        )

    def test_a_paused_clock_stays_paused(self):
        clock = paused(begun(), "2026-03-02 10:00")
        replanned = clock_operations.replan(
            clock, at("2026-03-09 09:00"), at("2026-03-02 10:30"), SHANGHAI, POLICY
        )
        assert (replanned.paused, replanned.due_at, replanned.basis) == (True, None, Basis.FIXED)
        assert due(resumed(replanned, "2026-03-03 10:00")) == "2026-03-09 09:00"

    def test_a_promise_shorter_than_what_was_consumed_is_broken_in_the_past(self):
        clock = clock_operations.replan(
            begun(), Duration.parse("1 hour"), at("2026-03-02 11:00"), SHANGHAI, POLICY
        )
        assert due(clock) == "2026-03-02 10:00"


class TestFire:
    def test_levels_fire_one_after_another_and_then_no_more(self):
        clock, moments = begun(), []
        while clock.next_level_at is not None:
            moments.append(shown(clock.next_level_at))
            clock = clock_operations.fire(clock, SHANGHAI, POLICY)
        assert moments == ["2026-03-02 11:00", "2026-03-02 14:30", "2026-03-03 18:00"]
        assert clock.level == 3
        assert clock_operations.fire(clock, SHANGHAI, POLICY) is clock

    def test_levels_wait_for_the_end_of_a_pause(self):
        clock = resumed(paused(begun(), "2026-03-02 10:00"), "2026-03-02 15:00")
        assert clock.next_level_at == at("2026-03-02 16:00")


class TestExplain:
    def test_every_stretch_is_named(self):
        clock = resumed(paused(begun(), "2026-03-02 10:00"), "2026-03-02 11:00")
        pieces = clock_operations.explain(clock, SHANGHAI, MONDAY)
        assert [(shown(p.start)[11:], shown(p.end)[11:], p.counted, p.reason) for p in pieces] == [
            ("09:00", "10:00", True, "open"),
            ("10:00", "11:00", False, "paused"),
            ("11:00", "12:00", True, "open"),
            ("12:00", "13:30", False, "lunch break"),
            ("13:30", "15:30", True, "open"),
        ]

    def test_time_on_the_wall_is_named_so(self):
        (piece,) = clock_operations.explain(begun("4 hours"), SHANGHAI, MONDAY)
        assert (piece.reason, piece.rule, piece.counted) == ("elapsed", "4 hours", True)

    def test_a_pause_is_shown_as_far_as_it_went(self):
        pieces = clock_operations.explain(
            paused(begun(), "2026-03-02 10:00"), SHANGHAI, at("2026-03-02 17:00")
        )
        assert [(shown(p.end)[11:], p.reason) for p in pieces] == [("10:00", "open"), ("17:00", "paused")]

    def test_a_stopped_clock_is_explained_up_to_its_stop(self):
        pieces = clock_operations.explain(
            stopped(begun(), "2026-03-02 10:00"), SHANGHAI, at("2026-03-02 17:00")
        )
        assert [shown(p.end)[11:] for p in pieces] == ["10:00"]

    def test_a_clock_stopped_while_paused_shows_the_pause(self):
        clock = stopped(paused(begun(), "2026-03-02 10:00"), "2026-03-02 11:00")
        assert [p.reason for p in clock_operations.explain(clock, SHANGHAI, MONDAY)] == ["open", "paused"]

    def test_a_fixed_moment_comes_nearer_during_a_pause(self):
        clock = resumed(paused(fixed("2026-03-02 18:00"), "2026-03-02 10:00"), "2026-03-02 12:00")
        pieces = clock_operations.explain(clock, SHANGHAI, MONDAY)
        assert [(p.reason, p.counted) for p in pieces] == [
            ("elapsed", True),
            ("paused", True),
            ("elapsed", True),
        ]
        assert count_consumed(clock, SHANGHAI, at("2026-03-02 13:00")) == 4 * HOUR

    def test_only_the_time_since_the_restart_is_explained(self):
        clock = clock_operations.restart(begun(), at("2026-03-03 09:00"), SHANGHAI, POLICY)
        assert clock_operations.explain(clock, SHANGHAI, MONDAY)[0].start == at("2026-03-03 09:00")
