"""How much of a promise is used up, and when a given part of it is."""

from __future__ import annotations

from workflows.timing.calendars import Calendar
from workflows.timing.clock import Basis, Clock, Stretch
from workflows.timing.instants import Instant


def spent(clock: Clock, calendar: Calendar, until: Instant) -> int:
    """Seconds of the basis that have counted up to `until`; more than the budget once overdue."""
    consumed = 0
    for begin, end in _counting(clock):
        consumed += _counted(clock, calendar, begin, until if end is None else min(end, until))
    return consumed


def runs_out(clock: Clock, calendar: Calendar) -> Instant | None:
    """When the promise falls due: None when it has not yet and the clock is not running.

    A promise that fell due before a pause stays due at that moment.
    """
    return reached(clock, calendar, clock.budget, clock.slack)


def reached(clock: Clock, calendar: Calendar, seconds: int, slack: int = 0) -> Instant | None:
    """When `seconds` of the basis have counted, and up to `slack` more of closed time have passed.

    None when that has not happened yet and the clock is not running.
    """
    for begin, end in _counting(clock):
        used_up, due = _reach(clock, calendar, begin, seconds, slack)
        if end is None or due < end:
            return due
        if used_up <= end:
            slack = due - end
        seconds -= _counted(clock, calendar, begin, end)
    return None


def _counting(clock: Clock) -> list[Stretch]:
    """The stretches in which time counts: a fixed moment comes nearer during a pause as well."""
    runs = clock.stretches
    return [(clock.started_at, runs[-1][1])] if clock.basis is Basis.FIXED else runs


def _counted(clock: Clock, calendar: Calendar, begin: Instant, end: Instant) -> int:
    return calendar.counted(begin, end) if clock.basis is Basis.WORKING else max(0, end - begin)


def _reach(
    clock: Clock, calendar: Calendar, begin: Instant, seconds: int, slack: int
) -> tuple[Instant, Instant]:
    """When `seconds` have counted from `begin` on, and that with the slack, which no opening time may eat."""
    if clock.basis is not Basis.WORKING:
        return begin + seconds, begin + seconds
    used_up = calendar.add(begin, seconds)
    return used_up, min(used_up + slack, calendar.next_opening(used_up)) if slack else used_up
