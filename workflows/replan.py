"""Replans open promises after a site's opening hours or holidays have changed.

There is no queue: a clock carries the seal of the calendar that it was planned by, and each run looks for
clocks with another seal than the one in force. So an interrupted run continues where it stopped, two
processes at once do nothing twice, and without changes a run costs one index lookup. Before it moves
anything, a process checks that its calendar is still in force, and each step names the seq it saw: a process
with old data moves nothing back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from workflows.core.commands import CLOCK, Replan
from workflows.core.handlers.replan import ReplannedClock, replan_clocks
from workflows.core.people import Directory
from workflows.core.ticket import StepContext, Ticket
from workflows.definitions import Definitions
from workflows.engine import Engine
from workflows.errors import Refusal, Stale
from workflows.site_calendars import SiteCalendars, check_calendar, find_statement, resolve_calendar
from workflows.storage.definitions import PublishedVersion
from workflows.storage.people.people import People
from workflows.storage.people.setting_changes import SettingChange
from workflows.storage.people.sites import CALENDAR_PREFIX
from workflows.storage.tickets.planned_clocks import OpenClock
from workflows.storage.tickets.store import Store
from workflows.timing.calendars import Calendar, CalendarError
from workflows.timing.instants import Instant, rfc3339
from workflows.timing.site_calendar import CalendarSpec, describe_changes

BATCH = 500
_RECHECK_AFTER = 300  # seconds until a calendar without open clocks of other seals is checked again
_Checked = tuple[str, Instant]


class MovedPromise(NamedTuple):
    """A promise whose due would move."""

    ticket: Ticket
    replanned: ReplannedClock


class Replanner:
    """Replans the open promises of all sites."""

    def __init__(
        self, engine: Engine, definitions: Definitions, people: People, store: Store, calendars: SiteCalendars
    ) -> None:
        self._engine, self._definitions, self._people = engine, definitions, people
        self._store, self._calendars = store, calendars
        self._checked: dict[tuple[str, str], _Checked] = {}

    def replan(self, now: Instant, limit: int = BATCH) -> int:
        """Replan clocks with an old seal, at most `limit` per calendar and site; how many were found."""
        company = self._definitions.company().calendars.values()
        return sum(
            self._replan_calendar(self._people.directory(site.id), calendar, now, limit)
            for site in self._people.sites()
            for calendar in company
        )

    def replan_site(self, site: str, role: str, now: Instant) -> int:
        """Replan clocks of one calendar of one site; returns how many were found."""
        return self._replan_calendar(
            self._people.directory(site), self._definitions.company().calendars[role], now, BATCH
        )

    def preview(self, site: str, role: str, statement: CalendarSpec, now: Instant) -> Iterator[MovedPromise]:
        """The promises that would move if the site set this for its calendar from `now` on. Changes nothing.

        Raises SpecError with every problem in the settings.
        """
        directory = self._people.directory(site)
        company = self._definitions.company().calendars[role]
        return self._find_moved(directory, check_calendar(company, statement, directory.zone), now)

    def preview_company(self, company: Calendar, now: Instant) -> Iterator[MovedPromise]:
        """The promises of all sites that would move with this company calendar. Changes nothing."""
        for site in self._people.sites():
            directory = self._people.directory(site.id)
            calendar = resolve_calendar(company, find_statement(directory, company.name).spec, directory.zone)
            if calendar.seal != self._calendars.at(directory, company).seal:
                yield from self._find_moved(directory, calendar, now)

    def _find_moved(self, directory: Directory, calendar: Calendar, now: Instant) -> Iterator[MovedPromise]:
        site, role, calendar = directory.site, calendar.name, calendar.with_since(now)
        for promise in self._store.open_clocks.all(site, role):
            replanned = self._replan_promise(directory, calendar, promise, now)
            if replanned is not None and replanned.moved:
                yield MovedPromise(promise.ticket, replanned)

    def _replan_calendar(
        self, directory: Directory, company_calendar: Calendar, now: Instant, limit: int
    ) -> int:
        site, calendar = directory.site, self._calendars.at(directory, company_calendar)
        seal, since = self._checked.get((site, company_calendar.name), ("", 0))
        if seal == calendar.seal and now - since < _RECHECK_AFTER:
            return 0
        outdated = self._store.open_clocks.planned_by_others(
            site, company_calendar.name, calendar.seal, limit
        )
        if not outdated:
            self._checked[site, company_calendar.name] = (calendar.seal, now)
            return 0
        if self._people.revision() != directory.revision:  # after the search: old data moves nothing back
            return len(outdated)
        self._replan_promises(directory, calendar, outdated, now)
        return len(outdated)

    def _replan_promises(
        self, directory: Directory, calendar: Calendar, outdated: Sequence[OpenClock], now: Instant
    ) -> None:
        unchanged, moving = [], {}
        for promise in outdated:
            replanned = self._replan_promise(directory, calendar, promise, now)
            if replanned is None or replanned.changed:
                moving[promise.ticket.id] = promise
            else:
                unchanged.append((promise, replanned.after))
        self._store.open_clocks.mark_up_to_date(directory.site, unchanged)
        change = self._people.last_change(directory.site, CALENDAR_PREFIX + calendar.name) if moving else None
        published = self._definitions.calendar_versions() if moving else ()
        for promise in moving.values():
            own = change if change is not None and change.at >= promise.clock.planned_at else None
            why = (
                self._describe_publication(calendar.name, published, promise.clock.planned_at)
                if own is None
                else _describe_change(calendar, own)
            )
            self._take_step(directory.site, calendar, promise, why, now)

    def _describe_publication(
        self, name: str, published: Sequence[tuple[PublishedVersion, str]], planned_at: Instant
    ) -> str:
        """The note for the history: which days and hours the company has changed since, who, and why."""
        since = [each for each in published if each[0].published_at >= planned_at]
        if not since or len(since) == len(published):
            return f"{name}: the company's days and hours were published anew"
        versions = (published[-len(since) - 1][0].version, published[-1][0].version)
        old, new = (self._definitions.calendar_at(name, each) for each in versions)
        what = describe_changes(old.spec if old else {}, new.spec if new else {})
        last, author = published[-1]
        reason = f": {last.reason}" if last.reason else ""
        return f"{name}: {what} ({author}, {rfc3339(last.published_at)}{reason})"

    def _replan_promise(
        self, directory: Directory, calendar: Calendar, promise: OpenClock, now: Instant
    ) -> ReplannedClock | None:
        """The clock by the calendar in force; None where it cannot be computed."""
        with suppress(CalendarError, Refusal):
            ticket = promise.ticket
            context = StepContext(
                definition=self._definitions.get(ticket.workflow, ticket.version),
                directory=directory,
                ticket=ticket,
                clocks=(promise.clock,),
                calendar=calendar,
            )
            return next(iter(replan_clocks(context, max(now, ticket.changed_at))), None)
        return None

    def _take_step(self, site: str, calendar: Calendar, promise: OpenClock, why: str, now: Instant) -> None:
        """Take the replan step. A clock that can never be planned is parked, and not found again."""
        ticket = promise.ticket
        try:
            command = Replan(site=site, ticket=ticket.id, actor=CLOCK, note=why, expected=ticket.seq)
            context = self._engine.do(command, now)
            # Clocks that did not move get the new seal, or every run would find them again.
            unmoved = [(OpenClock(ticket, each.before), each.after) for each in replan_clocks(context, now)]
            self._store.open_clocks.mark_up_to_date(site, unmoved)
        except Stale:  # somebody else is moving it; the next run tries again
            return
        except Refusal as refusal:
            self._store.park(site, ticket.id, promise.clock.name, str(refusal))
            self._store.open_clocks.mark_up_to_date(
                site, [(promise, promise.clock._replace(seal=calendar.seal))]
            )


def _describe_change(calendar: Calendar, change: SettingChange) -> str:
    """The note for the history: what the site has changed since the promise was planned, and by whom."""
    what = describe_changes(_read_spec(change.before), _read_spec(change.after))
    return f"{calendar.name}: {what} ({change.actor_name}, {rfc3339(change.at)})"


def _read_spec(value: object) -> CalendarSpec:
    return value if isinstance(value, Mapping) else {}
