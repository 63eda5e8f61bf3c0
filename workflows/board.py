"""The board: what is overdue or soon due, for those who direct the work.

Somebody who looks after the desk sees everything at the site that is visible to them, and the head of a
department everything that it has; whoever else leads others sees what they stand above. That is asked of the
engine's own rule, once for each group of tickets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflows.core.access import delegation
from workflows.core.access.permissions import DEPARTMENT_HEAD, build_actor, stands_above
from workflows.core.access.visibility import Viewer
from workflows.core.commands import Actor
from workflows.core.people import Staff
from workflows.core.ticket import Ticket
from workflows.definitions import Definitions
from workflows.errors import Forbidden, Reason
from workflows.site_calendars import SiteCalendars
from workflows.storage.people.people import People
from workflows.storage.queries.board_rows import BoardFilter, BoardGroup, BoardReader, DayCounts, DayFilter
from workflows.timing.calendars import Calendar
from workflows.timing.instants import Instant, from_datetime, to_datetime

SATISFIED = "satisfied"  # the field by which a client is asked, see `language.builder.fields`
_REACH = 31  # days within which the next working day is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardQuery:
    """Who looks at which sites, and when."""

    member: Staff
    sites: Sequence[str]
    viewer: Viewer
    now: Instant


class Board:
    """Reads the board. `managers` are the roles that look after the desk."""

    def __init__(
        self,
        reader: BoardReader,
        definitions: Definitions,
        people: People,
        calendars: SiteCalendars,
        managers: Collection[str],
    ) -> None:
        self.reader = reader
        self._definitions, self._people, self._calendars = definitions, people, calendars
        self._managers = frozenset(managers)

    def sites_led(self, query: BoardQuery) -> tuple[str, ...]:
        """The sites where the reader leads others. Raises Forbidden if there is none."""
        found = self.find_led(query.member, query.sites, query.now)
        if not found:
            message = "the board is for those who lead others; your own work is on My desk"
            raise Forbidden(Reason("leads-nobody", message))
        return found

    def find_led(self, member: Staff, sites: Sequence[str], now: Instant) -> tuple[str, ...]:
        """Those of the sites where somebody leads others, by a post of their own or as a substitute."""
        roles = self._definitions.organisation.roles.values()
        leading = {*(role.superior for role in roles), *self._managers, DEPARTMENT_HEAD}
        people = self._people.directory
        return tuple(site for site in sites if delegation.roles_at(member, people(site), now) & leading)

    def filter_of(self, query: BoardQuery) -> BoardFilter:
        """What is due until the end of each site's next working day."""
        untils = {site: self.end_of_next_day(site, query.now) for site in query.sites}
        return BoardFilter(sites=untils, viewer=query.viewer, now=query.now)

    def first_tickets(
        self, query: BoardQuery, groups: Sequence[BoardGroup], passed: int, each: int, most: int
    ) -> list[Ticket]:
        """The first tickets of these groups, see `BoardReader.tickets`."""
        return self.reader.tickets(self.filter_of(query), groups, passed, each, most) if groups else []

    def groups(self, query: BoardQuery) -> list[BoardGroup]:
        """What is late or soon due that the reader directs."""
        actors = {site: self._find_actors(query, site) for site in query.sites}
        found = self.reader.groups(self.filter_of(query))
        return [group for group in found if any(self._directs(each, group) for each in actors[group.site])]

    def end_of_next_day(self, site: str, now: Instant) -> Instant:
        """The midnight after the site's next working day."""
        calendar = self._calendar_of(site)
        today = to_datetime(now, calendar.zone).date()
        days = (today + timedelta(days=ahead) for ahead in range(1, _REACH))
        following = next((day for day in days if calendar.is_working_day(day)), today + timedelta(days=1))
        return _midnight(following + timedelta(days=1), calendar)

    def zone_of(self, site: str) -> ZoneInfo:
        """The time zone of the site's days."""
        return self._calendar_of(site).zone

    def closing_time(self, site: str, now: Instant) -> Instant:
        """When the site closes next: today, or on the next working day."""
        calendar = self._calendar_of(site)
        opening = calendar.next_opening(now)
        return calendar.closing_time(to_datetime(opening, calendar.zone).date())

    def yesterday(self, site: str, now: Instant) -> tuple[Instant, Instant]:
        """[since, until) of the day before, at the site."""
        calendar = self._calendar_of(site)
        today = to_datetime(now, calendar.zone).date()
        return _midnight(today - timedelta(days=1), calendar), _midnight(today, calendar)

    def count_day(self, day_filter: DayFilter) -> DayCounts:
        """What was done on the day."""
        return self.reader.count_day(day_filter)

    def count_revisits(self, day_filter: DayFilter) -> int:
        """How many clients have still to be asked whether they are satisfied: open tickets in a state from
        which the next step asks for it."""
        return self.reader.count_standing(day_filter, set(self._states_to_revisit()))

    def _states_to_revisit(self) -> Iterator[tuple[str, str]]:
        for definition in self._definitions.in_force():
            for transition in definition.transitions:
                if SATISFIED in transition.requires:
                    yield from ((definition.name, source) for source in transition.sources)

    def _find_actors(self, query: BoardQuery, site: str) -> list[Actor]:
        """The reader by their own posts, and by those of whom they stand in for."""
        own, directory = build_actor(query.member, site), self._people.directory(site)
        return [own, *(each.acting for each in delegation.find_delegations(own, directory, query.now))]

    def _directs(self, actor: Actor, group: BoardGroup) -> bool:
        if actor.roles & self._managers and actor.on_behalf is None:
            return True
        if DEPARTMENT_HEAD in actor.roles and group.department in actor.departments:
            return True
        definition = self._definitions.get(group.workflow, group.version)
        if group.state not in definition.states:
            return False
        return stands_above(definition, self._people.directory(group.site), group, actor)

    def _calendar_of(self, site: str) -> Calendar:
        """The site's first calendar: the office's."""
        named = next(iter(self._definitions.company().calendars.values()))
        return self._calendars.at(self._people.directory(site), named)


def _midnight(day: date, calendar: Calendar) -> Instant:
    return from_datetime(datetime.combine(day, time(), calendar.zone))
