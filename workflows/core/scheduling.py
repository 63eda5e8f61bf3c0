"""What schedules come to: which slots are due between two moments, and the command that opens a ticket."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from workflows.core.commands import CLOCK, Open
from workflows.errors import Invalid, Reason
from workflows.language.definition import Definition
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.text import ExpressionError
from workflows.language.forms.form import store_value
from workflows.language.forms.values import Row, Values
from workflows.language.schedule import OnEvent, Schedule
from workflows.language.schedules.scope import values_at
from workflows.timing.durations import Duration
from workflows.timing.instants import Instant, parse_rfc3339, to_datetime
from workflows.timing.recurrence import Recurrence, rule_day

LATE = 15 * 60  # seconds after its moment at which a slot counts as missed: until then it was on time


class Occurrence(NamedTuple):
    """One time that a schedule opens at a site.

    key       tells it from the schedule's others, also when the calendar changes
    at        its slot
    opens_at  when its tickets are opened
    event     the id of the event it follows
    """

    site: str
    schedule: str
    key: str
    at: Instant
    opens_at: Instant
    event: str | None = None


class Item(NamedTuple):
    """What one ticket is opened for: a key that stays the same, its row, and its ticket if it is one.

    Of a `hidden` one nothing is told to people: it does not exist for everybody.
    """

    key: str
    row: Row
    ticket: str | None = None
    hidden: bool = False


def recurring(schedule: Schedule, site: str, start: Instant, end: Instant) -> list[Occurrence]:
    """What one schedule opens in [start, end) by its recurrence."""
    if not isinstance(schedule.when, Recurrence):
        return []
    return [Occurrence(site, schedule.name, *slot) for slot in schedule.when.slots(start, end)]


def missed(schedule: Schedule, found: Iterable[Occurrence], now: Instant) -> frozenset[str]:
    """The keys of those that are not opened any more, because nobody was there when it was time.

    Who comes while the slot still lies ahead has missed nothing.
    """
    past = sorted((each for each in found if each.at <= now), key=lambda each: each.at)
    if schedule.catch_up == "all":
        return frozenset()
    late = [each for each in past if each.at < now - LATE]
    if schedule.catch_up == "latest" and late and late[-1] == past[-1]:
        late = late[:-1]
    return frozenset(each.key for each in late)


def following(schedule: Schedule, site: str, event: str, at: Instant, data: Row) -> Occurrence | None:
    """What a schedule opens after an event announced at a moment; None if it does not hang on events.

    A moment that the event does not tell is that of the opening.
    """
    when = schedule.when
    if not isinstance(when, OnEvent):
        return None
    opens_at = _after(schedule, at, when.delay)
    slot = opens_at
    if isinstance(when.due, Duration):
        slot = _after(schedule, opens_at, when.due)
    elif when.due is not None and isinstance(told := data.get(when.due), str):
        slot = parse_rfc3339(told)
        if when.lead is not None:
            opens_at = max(opens_at, schedule.calendar.lead(slot, when.lead))
    return Occurrence(site, schedule.name, event, slot, opens_at, event)


def _after(schedule: Schedule, at: Instant, duration: Duration | None) -> Instant:
    return at if duration is None else schedule.calendar.deadline(at, duration)


def surroundings(
    schedule: Schedule, occurrence: Occurrence, now: Instant, settings: Row, event: Row | None
) -> Values:
    """What the schedule's expressions see, but for the item. `settings` are the site's."""
    day = to_datetime(occurrence.at, schedule.calendar.zone).date()
    return values_at(
        site=occurrence.site,
        slot=occurrence.at,
        day=day,
        rule_day=day if occurrence.event is not None else rule_day(occurrence.key),
        now=now,
        settings=settings,
        event=event,
    )


def chosen(schedule: Schedule, items: Iterable[Item], around: Values) -> list[Item]:
    """The items that the schedule's `where` holds of."""
    where = schedule.each.where if schedule.each else None
    if where is None:
        return list(items)
    return [item for item in items if where.holds(around._replace(item=item.row)).holds]


def opening(
    schedule: Schedule, target: Definition, occurrence: Occurrence, around: Values, item: Item | None
) -> Open:
    """The command that opens the ticket of an occurrence (for `item`): always the same ticket.

    Invalid with every field that cannot be worked out.
    """
    parent = item.ticket if item and schedule.each and schedule.each.link else None
    return Open(
        site=occurrence.site,
        id=ticket_id(occurrence, item.key if item else ""),
        workflow=target.name,
        actor=CLOCK,
        data=_filled(schedule.values, target, around._replace(item=item.row if item else None)),
        note=f"{schedule.name}, {occurrence.key if occurrence.event is None else occurrence.event}",
        parent=parent,
        link=schedule.each.link if parent and schedule.each else None,
    )


def _filled(expressions: Mapping[str, Expression], target: Definition, values: Values) -> dict[str, object]:
    found: dict[str, object] = {}
    reasons: list[Reason] = []
    for name, expression in expressions.items():
        try:
            value = expression.value(values)
            found[name] = store_value(target.fields[name], value)
        except (ExpressionError, ValueError) as error:
            why = "" if target.fields[name].personal else f": {error}"
            reasons.append(Reason("bad-value", f"{name} cannot be worked out{why}", field=name))
    if reasons:
        raise Invalid(reasons)
    return {name: value for name, value in found.items() if value is not None}


def ticket_id(occurrence: Occurrence, item: str) -> str:
    """A UUIDv7 that the same occurrence always gives to the same item: nobody can open its ticket twice."""
    said = "\n".join(("schedule", occurrence.site, occurrence.schedule, occurrence.key, item))
    seed = hashlib.sha256(said.encode()).digest()
    raw = bytearray((max(0, occurrence.opens_at) * 1000).to_bytes(6, "big") + seed[:10])
    raw[6] = raw[6] & 0x0F | 0x70
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
