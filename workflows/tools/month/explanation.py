"""Explains why a clock ran out: the promise, the time that counted, and the time that did not."""

from __future__ import annotations

from collections import Counter

from workflows.timing.calendars import Calendar
from workflows.timing.clock import Clock
from workflows.timing.clock_operations import explain
from workflows.timing.instants import Instant, to_datetime

_WEIGHTY = ("holiday", "weekly rest day", "paused", "closed")  # nights and lunch breaks are left out


def explain_clock(clock: Clock, calendar: Calendar, now: Instant) -> str:
    """The promise of a clock and how it was counted, in one line.

    `2 working days from 2026-09-30 10:00, due 2026-10-09 18:00; 16.0 h counted; not counted: holiday 192.0 h`
    """
    segments = explain(clock, calendar, now)
    counted = sum(each.end - each.start for each in segments if each.counted)
    resting: Counter[str] = Counter()
    for each in segments:
        if not each.counted and each.reason in _WEIGHTY:
            resting[each.reason] += each.end - each.start
    due = f"due {_local(clock.due_at, calendar)}" if clock.due_at is not None else "resting"
    line = f"{clock.promise} from {_local(clock.started_at, calendar)}, {due}; {_hours(counted)} counted"
    left_out = ", ".join(f"{why} {_hours(seconds)}" for why, seconds in sorted(resting.items()))
    return f"{line}; not counted: {left_out}" if left_out else line


def _local(at: Instant, calendar: Calendar) -> str:
    return f"{to_datetime(at, calendar.zone):%Y-%m-%d %H:%M}"


def _hours(seconds: int) -> str:
    return f"{seconds / 3_600:.1f} h"
