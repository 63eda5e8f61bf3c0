"""What is the same whenever a ticket comes to stand somewhere: whose it is, its clocks, what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from workflows.core import assignment, promises
from workflows.core.commands import CLOCK, Command, Settle
from workflows.core.step import Entry, Message, Step
from workflows.core.ticket import Situation, Ticket, Trail
from workflows.language.definition import Definition
from workflows.timing.instants import Instant

TITLE_LENGTH = 80


def split(definition: Definition, data: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """The fields of a form in two: what may be read, and what is personal."""
    personal = definition.personal
    return (
        {name: value for name, value in data.items() if name not in personal},
        {name: value for name, value in data.items() if name in personal},
    )


def written(definition: Definition, ticket: Ticket, cleaned: Mapping[str, object]) -> Ticket:
    """The ticket with a form's values laid over its own; an empty value takes the field away."""
    if not cleaned:
        return ticket
    plain, personal = split(definition, cleaned)
    data = _laid(ticket.data, plain)
    return replace(
        ticket,
        data=data,
        personal=_laid(ticket.personal, personal) if personal else ticket.personal,
        title=title_of(definition, data) if definition.summary in plain else ticket.title,
    )


def _laid(old: Mapping[str, object], new: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in {**old, **new}.items() if value is not None}


def title_of(definition: Definition, data: Mapping[str, object]) -> str:
    """The line a ticket is known by in lists: its summary field, on one line and cut short."""
    text = " ".join(str(data.get(definition.summary or "") or "").split())
    return text if len(text) <= TITLE_LENGTH else text[: TITLE_LENGTH - 1] + "…"


def enter(situation: Situation, ticket: Ticket, state: str, now: Instant) -> Ticket:
    """The ticket as it comes to stand in `state`: counted, dated, given to whoever has the next move."""
    definition = situation.definition
    category = definition.states[state].category
    visits = {**ticket.trail.visits, state: ticket.trail.visits.get(state, 0) + 1}
    ticket = replace(
        ticket,
        state=state,
        category=str(category),
        entered_at=now,
        closed_at=(ticket.closed_at or now) if category.ended else None,
        trail=Trail(visits, ticket.trail.acted),
    )
    ticket = replace(ticket, department=assignment.department_of(definition, ticket))
    return replace(ticket, assignee=assignment.assignee_on_entry(definition, situation.directory, ticket))


def finish(
    situation: Situation,
    before: Ticket | None,
    after: Ticket,
    entry: Entry,
    messages: tuple[Message, ...] = (),
    commands: tuple[Command, ...] = (),
) -> Step:
    """The step made whole: its clocks, what they measured, and what follows for this ticket and its parent."""
    definition, now = situation.definition, entry.at
    changed = promises.moved(definition, before, after, situation.clocks, now)
    everything = promises.merged(situation.clocks, changed)
    after = replace(after, due_at=promises.earliest_due(everything))
    return Step(
        before=before,
        after=after,
        entry=_measured(entry, situation, before, after),
        clocks=changed,
        messages=messages,
        follow_ups=(*commands, *_consequences(definition, before, after)),
    )


def _measured(entry: Entry, situation: Situation, before: Ticket | None, after: Ticket) -> Entry:
    """The entry with the counted seconds spent in the state that was left, and its budget."""
    if before is None or before.state == after.state:
        return entry
    name = promises.STATE_CLOCK + before.state
    target = next((clock.budget for clock in situation.clocks if clock.name == name), None)
    spent = situation.definition.calendar.counted(before.entered_at, entry.at)
    return replace(entry, spent=spent, target=target)


def _consequences(definition: Definition, before: Ticket | None, after: Ticket) -> tuple[Command, ...]:
    found: list[Command] = []
    if any(row.auto for row in definition.by_source[after.state]):
        found.append(Settle(site=after.site, ticket=after.id, actor=CLOCK))
    ended = after.category in ("closed", "cancelled")
    if after.parent and ended and (before is None or before.closed_at is None):
        found.append(Settle(site=after.site, ticket=after.parent, actor=CLOCK, child=after.number))
    return tuple(found)
