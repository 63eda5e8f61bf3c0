"""Slots worked out some days ahead and kept: a clock asks all the time, and nearly always nothing is due."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from workflows.core.scheduling import Occurrence, recurring
from workflows.language.schedule import Schedule
from workflows.timing.durations import SECONDS_IN, Unit
from workflows.timing.instants import Instant

AHEAD = 8 * SECONDS_IN[Unit.DAYS]


class _Seen(NamedTuple):
    """What a schedule opens in [start, end), wherever it is kept, in order."""

    schedule: Schedule
    start: Instant
    end: Instant
    found: list[Occurrence]

    def covers(self, schedule: Schedule, start: Instant, end: Instant) -> bool:
        """Whether the stretch lies within; a schedule that was published anew is another one."""
        return self.schedule is schedule and self.start <= start and end <= self.end


class Foresight:
    """What schedules will open, worked out once for many looks."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

    def between(self, schedule: Schedule, site: str, start: Instant, end: Instant) -> list[Occurrence]:
        """What a schedule opens at a site in [start, end) by its recurrence, in order."""
        seen = self._seen.get(schedule.name)
        if seen is None or not seen.covers(schedule, start, end):
            found = recurring(schedule, "", start, end + AHEAD)
            seen = self._seen[schedule.name] = _Seen(schedule, start, end + AHEAD, found)
        first = bisect_left(seen.found, start, key=_opening)
        last = bisect_left(seen.found, end, key=_opening)
        return [each._replace(site=site) for each in seen.found[first:last]]


def _opening(occurrence: Occurrence) -> Instant:
    return occurrence.opens_at
