"""How long cases wait for their next step, in opening hours, and the promise that most of them would keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil

from workflows.mining.event_log import EventLog
from workflows.timing.calendars import Calendar
from workflows.timing.durations import Duration, Unit

KEPT = 80  # of a hundred cases keep a promise that is found in a log
LONG = 60  # working days; of a longer promise `check` asks whether it is meant
_STEP = 5  # minutes to which short promises are rounded
_HOUR = 3_600


def find_waiting_times(log: EventLog, calendar: Calendar) -> dict[str, list[int]]:
    """Activity -> the open seconds until the next one of the same case, from the shortest on."""
    found: dict[str, list[int]] = {}
    for trace in log.traces:
        for event, following in pairwise(trace):
            waited = calendar.count_open_seconds(event.at, following.at)
            found.setdefault(event.activity, []).append(waited)
    return {activity: sorted(each) for activity, each in found.items()}


def promise_of(waited: Sequence[int], calendar: Calendar) -> Duration:
    """The length that `KEPT` of a hundred of the sorted times keep (nearest rank), rounded up: below an
    hour to five minutes, below a working day to hours, else to working days."""
    seconds = waited[ceil(len(waited) * KEPT / 100) - 1]
    day = _usual_day(calendar)
    if seconds <= _HOUR - _STEP * 60:
        return Duration(max(ceil(seconds / 60 / _STEP), 1) * _STEP, Unit.WORKING_MINUTES)
    if seconds <= day - _HOUR:
        return Duration(ceil(seconds / _HOUR), Unit.WORKING_HOURS)
    return Duration(ceil(seconds / day), Unit.WORKING_DAYS)


def is_long(promise: Duration) -> bool:
    """Whether `check` would ask whether so long a promise is meant."""
    return promise.unit is Unit.WORKING_DAYS and promise.amount > LONG


def _usual_day(calendar: Calendar) -> float:
    """The open seconds of a day on which it is open, on average."""
    days: Mapping[int, Sequence[object]] = {day: windows for day, windows in calendar.week.items() if windows}
    seconds = sum(each.closes_second - each.opens_second for day in days for each in calendar.week[day])
    return seconds / len(days) if days else 24 * _HOUR
