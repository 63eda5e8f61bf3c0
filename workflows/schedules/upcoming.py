"""Cached slots: computed some days ahead, because ticks are frequent and slots are rare."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from workflows.core.schedule_slots import Occurrence, find_occurrences
from workflows.language.schedule_spec import Schedule
from workflows.timing.durations import SECONDS_IN, Unit
from workflows.timing.instants import Instant

AHEAD = 8 * SECONDS_IN[Unit.DAYS]


class _Window(NamedTuple):
    """The occurrences of a schedule that open in [start, end) at a site, in order."""

    schedule: Schedule
    start: Instant
    end: Instant
    occurrences: list[Occurrence]

    def covers(self, schedule: Schedule, start: Instant, end: Instant) -> bool:
        """Whether [start, end) lies inside, for this very schedule object (it changes with its calendar)."""
        return self.schedule is schedule and self.start <= start and end <= self.end


class UpcomingSlots:
    """Caches occurrences per site and schedule."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], _Window] = {}

    def between(self, schedule: Schedule, site: str, start: Instant, end: Instant) -> list[Occurrence]:
        """The occurrences of a recurring schedule that open in [start, end) at a site, in order."""
        window = self._seen.get((site, schedule.name))
        if window is None or not window.covers(schedule, start, end):
            occurrences = find_occurrences(schedule, site, start, end + AHEAD)
            window = self._seen[site, schedule.name] = _Window(schedule, start, end + AHEAD, occurrences)
        first = bisect_left(window.occurrences, start, key=_opens_at)
        last = bisect_left(window.occurrences, end, key=_opens_at)
        return window.occurrences[first:last]


def _opens_at(occurrence: Occurrence) -> Instant:
    return occurrence.opens_at
