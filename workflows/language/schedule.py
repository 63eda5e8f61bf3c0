"""Schedules and events as neutral, frozen data: what opens tickets without anybody asking for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from workflows.language.expressions.expression import Expression
from workflows.language.forms.field import Field, Titles
from workflows.language.forms.form import Form
from workflows.timing.calendars import Calendar
from workflows.timing.durations import Duration
from workflows.timing.recurrence import Recurrence

CatchUp = Literal["latest", "all", "none"]


@dataclass(frozen=True, kw_only=True)
class EventKind:
    """Something that is announced by people: `roles` may, and fill in `fields`, of which none is personal."""

    name: str
    title: Titles
    roles: tuple[str, ...]
    fields: Mapping[str, Field]
    requires: tuple[str, ...] = ()

    @cached_property
    def form(self) -> Form:
        """What an announcement says."""
        return Form(self.fields, self.requires, [name for name in self.fields if name not in self.requires])


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """One ticket for each of these: tickets of `workflow` in `states`, entries of `register`, or the `rows`.

    `where` must hold of an item. `link`: the item's ticket is the parent, and knows the new one by this name.
    """

    workflow: str | None = None
    states: tuple[str, ...] = ()  # none named: all that have not ended
    register: str | None = None
    rows: tuple[Mapping[str, str | bool | int | float], ...] = ()
    where: Expression | None = None
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnEvent:
    """Opens after an event was announced.

    delay  so long after the announcement the ticket is opened
    due    its slot: so long after the opening, or the moment in this datetime field of the event
    lead   with a field: it is opened so long before that moment, or at once if that is past
    """

    event: str
    delay: Duration | None = None
    due: Duration | str | None = None
    lead: Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Opens tickets of `opens` by a recurrence or after an event, at all sites or at those named.

    personal  the personal columns of its items that it hands on, as they are, to personal fields
    catch_up  what becomes of slots that nobody was there for: the `latest` is opened, `all`, or `none`
    """

    name: str
    title: Titles
    opens: str
    calendar: Calendar
    when: Recurrence | OnEvent
    each: Each | None = None
    values: Mapping[str, Expression] = field(default_factory=dict)
    catch_up: CatchUp = "latest"
    sites: tuple[str, ...] = ()
    personal: frozenset[str] = frozenset()

    def at(self, site: str) -> bool:
        """Whether it is kept at a site."""
        return not self.sites or site in self.sites


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All schedules and events of a company. `broken` are schedules that cannot be kept, with the reason."""

    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    events: Mapping[str, EventKind] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)

    def hanging_on(self, event: str) -> tuple[Schedule, ...]:
        """The schedules that hang on an event."""
        return tuple(
            each
            for each in self.schedules.values()
            if isinstance(each.when, OnEvent) and each.when.event == event
        )


NO_PLAN = Plan()
