"""Watches the schedules of all sites: what comes due becomes a run, and every run is opened once.

`tick` is the clock's. `due_between` and `open_between` are for whoever rehearses a stretch of time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflows.core.scheduling import Occurrence, missed, recurring
from workflows.language.schedule import Schedule
from workflows.library import Library
from workflows.scheduling.foresight import Foresight
from workflows.scheduling.opener import Opener, Outcome
from workflows.storage.people import People
from workflows.storage.runs import Run, Runs
from workflows.timing.durations import SECONDS_IN, Unit
from workflows.timing.instants import Instant
from workflows.timing.problems import CalendarError
from workflows.timing.recurrence import Recurrence

BATCH = 100
_DAY = SECONDS_IN[Unit.DAYS]
_AHEAD = 800 * _DAY  # longer than any lead


class Schedules:
    """The schedules of a desk. Moments are epoch seconds, UTC; stretches of time are half-open."""

    def __init__(self, library: Library, people: People, runs: Runs, opener: Opener) -> None:
        self._library, self._people, self._runs, self._opener = library, people, runs, opener
        self._foresight = Foresight()

    def due_between(
        self, start: Instant, end: Instant, sites: Iterable[str] | None = None
    ) -> list[Occurrence]:
        """What recurrences open in [start, end) at these sites, or at all, in order. Nothing is done."""
        places = self._sites(sites)
        found = [
            each
            for schedule in self._library.plan().schedules.values()
            for site in places
            if schedule.at(site)
            for each in self._foresight.between(schedule, site, start, end)
        ]
        return sorted(found, key=lambda each: (each.opens_at, each.site, each.schedule, each.at))

    def open_between(
        self, start: Instant, end: Instant, sites: Iterable[str] | None = None
    ) -> Iterator[Outcome]:
        """Open what is due in [start, end), each at its own moment, also what waits since an event.

        What was opened before is not opened again.
        """
        self._runs.add([Run(each) for each in self.due_between(start, end, sites)])
        while waiting := self._runs.waiting(end, BATCH):
            for run in waiting:
                yield self._opener.open(run, max(start, run.occurrence.opens_at))

    def upcoming(self, schedule: Schedule, site: str, after: Instant, count: int) -> list[Occurrence]:
        """The next times that a schedule opens at a site by its recurrence."""
        if not isinstance(schedule.when, Recurrence) or not schedule.at(site):
            return []
        slots = schedule.when.upcoming(after, count)
        return [Occurrence(site, schedule.name, *slot) for slot in slots]

    def tick(self, now: Instant) -> int:
        """Make runs of what has come due by now and open those that wait, a batch; how many were dealt with.

        A schedule that its calendar cannot work out is raised when the others have been seen to.
        """
        trouble: CalendarError | None = None
        marks, places, dealt = self._runs.marks(), self._sites(None), 0
        for schedule in self._library.plan().schedules.values():
            for site in places:
                try:
                    dealt += self._note(schedule, site, marks.get((site, schedule.name)), now)
                except CalendarError as error:
                    trouble = error
        waiting = self._runs.waiting(now + 1, BATCH)
        for run in waiting:
            self._opener.open(run, now)
        if trouble is not None:
            raise trouble
        return dealt + len(waiting)

    def _sites(self, named: Iterable[str] | None) -> list[str]:
        return list(named) if named is not None else [site.id for site in self._people.sites()]

    def _note(self, schedule: Schedule, site: str, seen: Instant | None, now: Instant) -> int:
        """Make runs of the slots that have come due since the mark; how many will not be opened any more."""
        if not isinstance(schedule.when, Recurrence) or not schedule.at(site):
            return 0
        if (
            seen is None
        ):  # it is new here: what should have been opened before and still lies ahead, is opened
            found = [each for each in recurring(schedule, site, now - _AHEAD, now + 1) if each.at > now]
        else:
            found = self._foresight.between(schedule, site, seen, now + 1)
            if not found:
                return 0
        gone = missed(schedule, found, now)
        runs = [Run(each, "missed", ran_at=now) if each.key in gone else Run(each) for each in found]
        self._runs.advance(site, schedule.name, seen, now + 1, runs)
        return len(gone)
