"""The calendars of each site: the company's calendar of a role, with the site's own settings over it.

A definition names a role (`office`); each site sets the hours, zone and holidays behind it. Changes apply to
open tickets as well, so a definition version does not include them.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

from workflows.core.people import Directory
from workflows.definitions import Definitions
from workflows.language.schedule_spec import Schedule
from workflows.language.schemas.calendars import read_calendar
from workflows.language.schemas.fields import unknown_key
from workflows.language.schemas.load import SpecError
from workflows.storage.people.people import People
from workflows.timing.calendars import Calendar
from workflows.timing.instants import Instant, to_datetime
from workflows.timing.recurrence import Recurrence
from workflows.timing.site_calendar import SITE_KEYS, CalendarSpec, merge_site_spec


class SiteCalendars:
    """Finds the calendar of a role at a site. Results are kept until the site's directory changes.

    Without `zoned` each calendar keeps its own time zone, whatever the site's: for rehearsals.
    """

    def __init__(self, definitions: Definitions, people: People, *, zoned: bool = True) -> None:
        self._definitions, self._people, self._zoned = definitions, people, zoned
        self._known: dict[str, tuple[int, dict[str, Calendar]]] = {}
        self._schedules: dict[tuple[str, str], tuple[Schedule, Calendar, Schedule]] = {}

    def at(self, directory: Directory, named: Calendar) -> Calendar:
        """The site's calendar of the role `named.name`. For a role that the company has dropped, `named`
        is the base."""
        revision, by_role = self._known.get(directory.site, _NOT_YET)
        if revision != directory.revision:
            by_role = {}
            self._known[directory.site] = (directory.revision, by_role)
        calendar = by_role.get(named.name)
        if calendar is None:
            company = self._definitions.company().calendars.get(named.name, named)
            statement = find_statement(directory, named.name)
            calendar = resolve_calendar(company, statement.spec, directory.zone if self._zoned else "")
            by_role[named.name] = calendar = calendar.with_since(max(company.since, statement.since))
        return calendar

    def schedule(self, site: str, schedule: Schedule) -> Schedule:
        """The schedule with the site's calendar; the same object as long as neither changes."""
        key, calendar = (site, schedule.name), self.at(self._people.directory(site), schedule.calendar)
        cached = self._schedules.get(key)
        if cached is None or cached[0] is not schedule or cached[1].seal != calendar.seal:
            cached = self._schedules[key] = (schedule, calendar, _set_calendar(schedule, calendar))
        return cached[2]

    def find_unknown_years(
        self, now: Instant, sites: Collection[str] | None = None
    ) -> tuple[UnknownYear, ...]:
        """For each of these sites, or of all, the years within reach whose make-up working days are not
        known."""
        company = self._definitions.company().calendars.values()
        named_sites = [site.id for site in self._people.sites()] if sites is None else sites
        return tuple(
            UnknownYear(site, calendar.name, year)
            for site in named_sites
            for named in company
            for calendar in (self.at(self._people.directory(site), named),)
            for year in calendar.unknown_years(to_datetime(now, calendar.zone).date())
        )


_NOTHING: CalendarSpec = {}
_NOT_YET: tuple[int, dict[str, Calendar]] = (-1, {})  # no directory has this revision


class UnknownYear(NamedTuple):
    """A year whose make-up working days a site's calendar does not know yet: deadlines in it may move."""

    site: str
    calendar: str
    year: int


class CalendarStatement(NamedTuple):
    """What a site sets for one calendar, and since when."""

    spec: CalendarSpec = _NOTHING
    since: Instant = 0


def find_statement(directory: Directory, role: str) -> CalendarStatement:
    """The site's settings of the calendar of this role; empty ones by default."""
    stored: Any = directory.calendars.get(role)
    return CalendarStatement(stored["said"], stored["since"]) if stored else CalendarStatement()


def resolve_calendar(company: Calendar, statement: CalendarSpec, zone: str) -> Calendar:
    """The calendar of a site. Settings that no longer fit the company's calendar are ignored."""
    try:
        return check_calendar(company, statement, zone)
    except SpecError:
        return check_calendar(company, {}, zone)


def check_calendar(company: Calendar, statement: Mapping[str, object], zone: str) -> Calendar:
    """The calendar of a site with new settings. Raises SpecError with every problem in them."""
    if unknown := [key for key in statement if key not in SITE_KEYS]:
        raise SpecError([((key,), unknown_key(key, SITE_KEYS)) for key in unknown])
    if not company.spec or (not statement and zone in ("", company.zone.key)):
        return company
    spec = json.dumps(merge_site_spec(company.spec, statement, zone), sort_keys=True, default=str)
    return _build_calendar(company.name, spec, company.version)


@lru_cache(maxsize=1024)
def _build_calendar(name: str, spec: str, version: int) -> Calendar:
    """Sites with equal settings share one calendar object, and so the years that it has computed."""
    return read_calendar(name, json.loads(spec), version)


def _set_calendar(schedule: Schedule, calendar: Calendar) -> Schedule:
    if calendar is schedule.calendar:
        return schedule
    when = schedule.when
    if isinstance(when, Recurrence):
        when = replace(when, calendar=calendar)
    return replace(schedule, calendar=calendar, when=when)
