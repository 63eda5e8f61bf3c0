"""How much of a promise's budget is consumed, and when a given part of it is."""

from __future__ import annotations

from workflows.timing.calendars import Calendar
from workflows.timing.clock import Basis, Clock, Interval
from workflows.timing.instants import Instant


def count_consumed(clock: Clock, calendar: Calendar, until: Instant) -> int:
    """Seconds of the basis counted up to `until`; more than the budget once overdue."""
    consumed = 0
    for begin, end in _counting_intervals(clock):
        consumed += _count_seconds(clock, calendar, begin, until if end is None else min(end, until))
    return consumed


def compute_due_at(clock: Clock, calendar: Calendar) -> Instant | None:
    """The instant at which the promise is due; None if the clock is not running and was not due before."""
    return compute_consumed_at(clock, calendar, clock.budget, clock.slack)


def compute_consumed_at(clock: Clock, calendar: Calendar, seconds: int, slack: int = 0) -> Instant | None:
    """The instant at which `seconds` of the basis have counted, plus up to `slack` seconds of closed time.

    None if that has not happened yet and the clock is not running.
    """
    for begin, end in _counting_intervals(clock):
        used_up, due = _find_consumption_end(clock, calendar, begin, seconds, slack)
        if end is None or due < end:
            return due
        if used_up <= end:
            slack = due - end
        seconds -= _count_seconds(clock, calendar, begin, end)
    return None


def _counting_intervals(clock: Clock) -> list[Interval]:
    """The intervals in which time counts; for a fixed instant pauses count as well."""
    runs = clock.running_intervals
    return [(clock.started_at, runs[-1][1])] if clock.basis is Basis.FIXED else runs


def _count_seconds(clock: Clock, calendar: Calendar, begin: Instant, end: Instant) -> int:
    return calendar.count_open_seconds(begin, end) if clock.basis is Basis.WORKING else max(0, end - begin)


def _find_consumption_end(
    clock: Clock, calendar: Calendar, begin: Instant, seconds: int, slack: int
) -> tuple[Instant, Instant]:
    """The instant at which `seconds` have counted from `begin`; and with slack, which ends at an opening."""
    if clock.basis is not Basis.WORKING:
        return begin + seconds, begin + seconds
    used_up = calendar.add_open_seconds(begin, seconds)
    return used_up, min(used_up + slack, calendar.next_opening(used_up)) if slack else used_up
