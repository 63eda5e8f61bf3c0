"""Schedules and events as frozen data: what opens tickets automatically."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Literal

from workflows.language.expressions.expression import Expression
from workflows.language.forms.field import Field, Titles
from workflows.language.forms.form import Form
from workflows.language.forms.values import Row
from workflows.timing.calendars import Calendar
from workflows.timing.date_intervals import DateInterval
from workflows.timing.durations import Duration
from workflows.timing.recurrence import Recurrence

CatchUp = Literal["latest", "all", "none"]


@dataclass(frozen=True, kw_only=True)
class EventKind:
    """A kind of event that people announce. `roles` may announce it and fill in `fields`, none of which is
    personal."""

    name: str
    title: Titles
    roles: tuple[str, ...]
    fields: Mapping[str, Field]
    requires: tuple[str, ...] = ()

    @cached_property
    def form(self) -> Form:
        """The form of an announcement."""
        return Form(self.fields, self.requires, [name for name in self.fields if name not in self.requires])


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCycle:
    """The items' own cycles: an item is due `every` so long (or as many days as the column of that name
    holds) after the date in its column `start`, and not on that date itself, since it was done then."""

    every: DateInterval | str
    start: str

    def is_due_on(self, row: Row, day: date) -> bool:
        """Whether the item is due on a local date; false while its columns hold no valid date and cycle."""
        start_text, count = row.get(self.start), row.get(self.every) if isinstance(self.every, str) else None
        cycle = self.every if isinstance(self.every, DateInterval) else _day_cycle(count)
        if cycle is None or not isinstance(start_text, str):
            return False
        try:
            start = date.fromisoformat(start_text[:10])
        except ValueError:
            return False
        return day > start and cycle.falls_on(day, start)


def _day_cycle(count: object) -> DateInterval | None:
    """An interval of that many whole days; None unless `count` is a number of at least one."""
    try:
        days = int(float(str(count)))
    except (ValueError, OverflowError):
        return None
    return DateInterval(days, "days") if days >= 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForEach:
    """What one ticket each is opened for: tickets of `workflow` in `states`, entries of `register`, or
    `rows`.

    `where` must hold for an item, and with a `cycle` the item must be due. `link`: the item's ticket becomes
    the parent, and has the new one as a child under this link.
    """

    workflow: str | None = None
    states: tuple[str, ...] = ()  # empty: all tickets that have not ended
    register: str | None = None
    rows: tuple[Mapping[str, str | bool | int | float], ...] = ()
    where: Expression | None = None
    link: str | None = None
    cycle: ItemCycle | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTrigger:
    """Opens tickets after an event was announced.

    delay  time from the announcement to the opening
    due    its slot: so long after the opening, or the moment in this datetime field of the event
    lead   with a field: the ticket is opened so long before that moment, or at once if that is past
    """

    event: str
    delay: Duration | None = None
    due: Duration | str | None = None
    lead: Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Opens tickets of `opens` by a recurrence or after an event, at all sites or at those named.

    personal  the personal columns of its items that are passed on, unchanged, to personal fields
    catch_up  which of the slots missed while the system was down are opened: `latest`, `all` or `none`
    """

    name: str
    title: Titles
    opens: str
    calendar: Calendar
    when: Recurrence | EventTrigger
    each: ForEach | None = None
    values: Mapping[str, Expression] = field(default_factory=dict)
    catch_up: CatchUp = "latest"
    sites: tuple[str, ...] = ()
    personal: frozenset[str] = frozenset()

    def applies_at(self, site: str) -> bool:
        """Whether the schedule runs at a site."""
        return not self.sites or site in self.sites


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePlan:
    """All schedules and events of a company. `broken` maps the schedules that cannot run to the reason."""

    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    events: Mapping[str, EventKind] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)

    def triggered_by(self, event: str) -> tuple[Schedule, ...]:
        """The schedules that open tickets after an event."""
        return tuple(
            each
            for each in self.schedules.values()
            if isinstance(each.when, EventTrigger) and each.when.event == event
        )


NO_PLAN = SchedulePlan()
