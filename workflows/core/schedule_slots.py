"""Schedules: which slots are due between two instants, and the commands that open their tickets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from workflows.core.commands import CLOCK, Open
from workflows.errors import Invalid, Reason
from workflows.identifiers import uuid7
from workflows.language.definition import Definition
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.text import ExpressionError
from workflows.language.forms.form import store_value
from workflows.language.forms.values import Row, Values
from workflows.language.schedule_spec import EventTrigger, Schedule
from workflows.language.schedules.scope import build_schedule_values
from workflows.timing.durations import Duration
from workflows.timing.instants import Instant, parse_rfc3339, to_datetime
from workflows.timing.recurrence import Recurrence, parse_slot_date

LATE_AFTER = 15 * 60  # seconds after its instant from which a slot counts as missed


class Occurrence(NamedTuple):
    """One time that a schedule opens tickets at a site.

    * key: identifies it within the schedule, also when the calendar changes
    * at: the instant of its slot
    * opens_at: the instant at which its tickets are opened
    * event: the id of the event it follows; None for a recurrence
    """

    site: str
    schedule: str
    key: str
    at: Instant
    opens_at: Instant
    event: str | None = None


class ScheduleItem(NamedTuple):
    """What one ticket is opened for: a stable key, the row of values, and the ticket id if it is a ticket.

    A `hidden` item is restricted: it is not shown to people.
    """

    key: str
    row: Row
    ticket: str | None = None
    hidden: bool = False


def find_occurrences(schedule: Schedule, site: str, start: Instant, end: Instant) -> list[Occurrence]:
    """The occurrences of a recurring schedule that open in [start, end)."""
    if not isinstance(schedule.when, Recurrence):
        return []
    return [Occurrence(site, schedule.name, *slot) for slot in schedule.when.slots(start, end)]


def find_missed(schedule: Schedule, occurrences: Iterable[Occurrence], now: Instant) -> frozenset[str]:
    """The keys of occurrences that are not opened any more because the desk was not running in time.

    An occurrence whose slot is still in the future is not missed. `catch_up` of the schedule says which are.
    """
    past = sorted((each for each in occurrences if each.at <= now), key=lambda each: each.at)
    if schedule.catch_up == "all":
        return frozenset()
    late = [each for each in past if each.at < now - LATE_AFTER]
    if schedule.catch_up == "latest" and late and late[-1] == past[-1]:
        late = late[:-1]
    return frozenset(each.key for each in late)


def find_after_event(schedule: Schedule, site: str, event: str, at: Instant, data: Row) -> Occurrence | None:
    """The occurrence that follows an event announced at `at`; None if the schedule does not follow events.

    Where the event does not give the instant of the slot, it is the opening.
    """
    when = schedule.when
    if not isinstance(when, EventTrigger):
        return None
    opens_at = _add_duration(schedule, at, when.delay)
    slot = opens_at
    if isinstance(when.due, Duration):
        slot = _add_duration(schedule, opens_at, when.due)
    elif when.due is not None and isinstance(moment := data.get(when.due), str):
        slot = parse_rfc3339(moment)
        if when.lead is not None:
            opens_at = max(opens_at, schedule.calendar.subtract(slot, when.lead))
    return Occurrence(site, schedule.name, event, slot, opens_at, event)


def _add_duration(schedule: Schedule, at: Instant, duration: Duration | None) -> Instant:
    return at if duration is None else schedule.calendar.deadline(at, duration)


def build_values(
    schedule: Schedule, occurrence: Occurrence, now: Instant, settings: Row, event: Row | None
) -> Values:
    """What the schedule's expressions see, without the item. `settings` are the site's."""
    day = to_datetime(occurrence.at, schedule.calendar.zone).date()
    return build_schedule_values(
        site=occurrence.site,
        slot=occurrence.at,
        day=day,
        rule_day=day if occurrence.event is not None else parse_slot_date(occurrence.key),
        now=now,
        settings=settings,
        calendar=schedule.calendar,
        event=event,
    )


def select_items(
    schedule: Schedule, items: Iterable[ScheduleItem], values: Values, occurrence: Occurrence
) -> list[ScheduleItem]:
    """The items whose cycle is due, and for which the schedule's `where` holds."""
    each = schedule.each
    if each is not None and each.cycle is not None and occurrence.event is None:
        cycle, day = each.cycle, parse_slot_date(occurrence.key)
        items = [item for item in items if cycle.is_due_on(item.row, day)]
    where = each.where if each else None
    if where is None:
        return list(items)
    return [item for item in items if where.holds(values._replace(item=item.row)).holds]


def build_open(
    schedule: Schedule, target: Definition, occurrence: Occurrence, values: Values, item: ScheduleItem | None
) -> Open:
    """The command that opens the ticket of an occurrence, for `item` if given; repeating it has no effect.

    Raises `Invalid` with every field that cannot be computed.
    """
    parent = item.ticket if item and schedule.each and schedule.each.link else None
    return Open(
        site=occurrence.site,
        id=derive_ticket_id(occurrence, item.key if item else ""),
        workflow=target.name,
        actor=CLOCK,
        data=_compute_fields(schedule.values, target, values._replace(item=item.row if item else None)),
        note=f"{schedule.name}, {occurrence.key if occurrence.event is None else occurrence.event}",
        parent=parent,
        link=schedule.each.link if parent and schedule.each else None,
    )


def _compute_fields(
    expressions: Mapping[str, Expression], target: Definition, values: Values
) -> dict[str, object]:
    fields: dict[str, object] = {}
    reasons: list[Reason] = []
    for name, expression in expressions.items():
        try:
            value = expression.value(values)
            fields[name] = store_value(target.fields[name], value)
        except (ExpressionError, ValueError) as error:
            detail = "" if target.fields[name].personal else f": {error}"
            reasons.append(Reason("bad-value", f"{name} cannot be worked out{detail}", field=name))
    if reasons:
        raise Invalid(reasons)
    return {name: value for name, value in fields.items() if value is not None}


def derive_ticket_id(occurrence: Occurrence, item: str) -> str:
    """A UUIDv7 that depends only on the occurrence and the item, so that nobody opens its ticket twice."""
    identity = "\n".join(("schedule", occurrence.site, occurrence.schedule, occurrence.key, item))
    seed = hashlib.sha256(identity.encode()).digest()
    return uuid7(max(0, occurrence.opens_at), int.from_bytes(seed[:2], "big"), seed[2:10])
