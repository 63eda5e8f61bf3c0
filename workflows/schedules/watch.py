"""Watches the schedules of all sites: what comes due becomes a run, and each run is opened once.

`tick` serves the running desk; `due_between` and `open_between` serve previews and rehearsals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from workflows.core.schedule_slots import Occurrence, find_missed, find_occurrences
from workflows.definitions import Definitions
from workflows.language.schedule_spec import Schedule
from workflows.schedules.opener import Opener, RunOutcome, Stopped
from workflows.schedules.upcoming import UpcomingSlots
from workflows.storage.people.people import People
from workflows.storage.schedule_runs import ScheduleRun, ScheduleRuns
from workflows.timing.calendars import CalendarError
from workflows.timing.durations import SECONDS_IN, Unit
from workflows.timing.instants import Instant
from workflows.timing.recurrence import Recurrence

BATCH = 100
_DAY = SECONDS_IN[Unit.DAYS]
_AHEAD = 800 * _DAY  # longer than any lead time


class Schedules:
    """The schedules of all sites. Instants are epoch seconds, UTC; periods are half-open."""

    def __init__(self, definitions: Definitions, people: People, runs: ScheduleRuns, opener: Opener) -> None:
        self._definitions, self._people, self._runs, self._opener = definitions, people, runs, opener
        self._calendars = opener.calendars
        self._upcoming = UpcomingSlots()

    def due_between(
        self, start: Instant, end: Instant, sites: Iterable[str] | None = None
    ) -> list[Occurrence]:
        """The occurrences that open in [start, end) by recurrence, in order. `sites` None: at all sites."""
        site_ids = self._sites(sites)
        occurrences = [
            each
            for schedule in self._definitions.plan().schedules.values()
            for site in site_ids
            if schedule.applies_at(site)
            for each in self._upcoming.between(self._calendars.schedule(site, schedule), site, start, end)
        ]
        return sorted(occurrences, key=lambda each: (each.opens_at, each.site, each.schedule, each.at))

    def open_between(
        self, start: Instant, end: Instant, sites: Iterable[str] | None = None
    ) -> Iterator[RunOutcome]:
        """Open what is due in [start, end), each at its own instant, including runs that wait after an event.

        Nothing is opened twice.
        """
        self._runs.add([ScheduleRun(each) for each in self.due_between(start, end, sites)])
        while waiting := self._runs.waiting_runs(end, BATCH):
            for run in waiting:
                yield self._opener.open(run, max(start, run.occurrence.opens_at))

    def upcoming(self, schedule: Schedule, site: str, after: Instant, count: int) -> list[Occurrence]:
        """The next `count` occurrences of a recurring schedule at a site."""
        when = self._calendars.schedule(site, schedule).when
        if not isinstance(when, Recurrence) or not schedule.applies_at(site):
            return []
        slots = when.upcoming(after, count)
        return [Occurrence(site, schedule.name, *slot) for slot in slots]

    def tick(self, now: Instant, stopping: Callable[[], bool] = lambda: False) -> int:
        """Record the runs that are due by now, and open a batch of waiting ones; how many were handled.

        Nothing more is started once `stopping()` is true. A CalendarError is raised after all other
        schedules.
        """
        calendar_error: CalendarError | None = None
        marks, sites, handled = self._runs.read_marks(), self._sites(None), 0
        for schedule in self._definitions.plan().schedules.values():
            for site in sites:
                if stopping():
                    return handled
                try:
                    handled += self._record_due(schedule, site, marks.get((site, schedule.name)), now)
                except CalendarError as error:
                    calendar_error = error
        for run in self._runs.waiting_runs(now + 1, BATCH):
            try:
                self._opener.open(run, now, stopping)
            except Stopped:
                break
            handled += 1
        if calendar_error is not None:
            raise calendar_error
        return handled

    def _sites(self, named: Iterable[str] | None) -> list[str]:
        return list(named) if named is not None else [site.id for site in self._people.sites()]

    def _record_due(self, schedule: Schedule, site: str, seen: Instant | None, now: Instant) -> int:
        """Record runs for slots due since the mark `seen`; returns how many were missed."""
        if not isinstance(schedule.when, Recurrence) or not schedule.applies_at(site):
            return 0
        schedule = self._calendars.schedule(site, schedule)
        if seen is None:  # new here: open what should have been opened already and still lies ahead
            occurrences = [
                each for each in find_occurrences(schedule, site, now - _AHEAD, now + 1) if each.at > now
            ]
        else:
            occurrences = self._upcoming.between(schedule, site, seen, now + 1)
            if not occurrences:
                return 0
        missed = find_missed(schedule, occurrences, now)
        runs = [
            ScheduleRun(each, "missed", ran_at=now) if each.key in missed else ScheduleRun(each)
            for each in occurrences
        ]
        self._runs.advance(site, schedule.name, seen, now + 1, runs)
        return len(missed)
