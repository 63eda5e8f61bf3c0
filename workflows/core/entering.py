"""What is the same whenever a ticket comes to stand somewhere: whose it is, its clocks, what follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.core import assignment, computing, looking, promises, visibility
from workflows.core.commands import CLOCK, Actor, Command, Settle
from workflows.core.standing_in import stand_in
from workflows.core.step import Entry, Message, Step
from workflows.core.ticket import Situation, Ticket
from workflows.language.definition import Definition
from workflows.timing.instants import Instant

TITLE_LENGTH = 80

Values = Mapping[str, object]
Changes = dict[str, Any]  # of a ticket: attribute → value. Gathered, so that a step makes few copies


def split(definition: Definition, values: Values) -> tuple[dict[str, object], dict[str, object]]:
    """The fields of a form in two: what may be read, and what is personal."""
    personal = definition.personal
    if personal.isdisjoint(values):
        return dict(values), {}
    return (
        {name: value for name, value in values.items() if name not in personal},
        {name: value for name, value in values.items() if name in personal},
    )


def written(definition: Definition, ticket: Ticket, values: Values) -> Changes:
    """What it changes to lay a form's values over the ticket's own; an empty value takes the field away."""
    if not values:
        return {}
    plain, personal = split(definition, values)
    changes: Changes = {"data": _laid(ticket.data, plain)}
    if personal:
        changes["personal"] = _laid(ticket.personal, personal)
    if definition.summary in plain:
        changes["title"] = title_of(definition, changes["data"])
    return changes


def _laid(old: Values, new: Values) -> dict[str, object]:
    return {name: value for name, value in {**old, **new}.items() if value is not None}


def title_of(definition: Definition, data: Values) -> str:
    """The line a ticket is known by in lists: its summary field, on one line and cut short."""
    text = " ".join(str(data.get(definition.summary or "", "")).split())
    return text if len(text) <= TITLE_LENGTH else text[: TITLE_LENGTH - 1] + "…"


def entered(situation: Situation, ticket: Ticket, data: Values, state: str, now: Instant) -> Changes:
    """What it changes to come to stand in `state`: counted, dated, given to whoever has the next move."""
    category = situation.definition.states[state].category
    visits = ticket.trail.visits
    department, assignee = assignment.placed(situation, state, data, ticket.department, ticket.assignee)
    return {
        "state": state,
        "category": str(category),
        "entered_at": now,
        "closed_at": (ticket.closed_at or now) if category.ended else None,
        "trail": ticket.trail._replace(visits={**visits, state: visits.get(state, 0) + 1}),
        "department": department,
        "assignee": assignee,
    }


def finish(
    situation: Situation,
    before: Ticket | None,
    after: Ticket,
    *,
    kind: str,
    actor: Actor,
    values: Values,
    note: str = "",
    trigger: str | None = None,
    messages: tuple[Message, ...] = (),
    commands: tuple[Command, ...] = (),
) -> Step:
    """The step made whole: its clocks, what they measured, and what follows for this ticket and its parent.

    `values` are those that were written on the ticket.
    """
    now = after.changed_at
    if situation.definition.computed:
        after, values = _computed(situation, after, values, actor)
    if situation.directory.absences and (found := stand_in(situation, before, after, actor)):
        after, messages = after._replace(assignee=found.member.id), found.told(messages)
        note = "\n".join(filter(None, (note, found.note)))
    if situation.definition.visible is not None:
        after = after._replace(audience=visibility.audience_of(situation.definition, after))
    act = promises.Act(trigger, actor.id != CLOCK.id) if situation.definition.restarting else None
    clocks = promises.moved(situation.definition, before, after, situation.clocks, now, act)
    due_at = promises.earliest_due(promises.merged(situation.clocks, clocks))
    data, personal = split(situation.definition, values)
    spent, target = _measured(situation, before, after)
    entry = Entry(
        seq=after.seq,
        at=now,
        kind=kind,
        actor=actor,
        trigger=trigger,
        source=before.state if before else None,
        to=after.state,
        data=data,
        personal=personal,
        note=note,
        spent=spent,
        target=target,
    )
    return Step(
        before=before,
        after=after if after.due_at == due_at else after._replace(due_at=due_at),
        entry=entry,
        clocks=clocks,
        messages=messages,
        follow_ups=(*commands, *consequences(situation.definition, before, after)),
    )


def _computed(situation: Situation, after: Ticket, values: Values, actor: Actor) -> tuple[Ticket, Values]:
    """The ticket with its computed fields as they are now, and the values written with those that changed."""
    definition = situation.definition
    seen = looking.values_of(situation, after, actor, after.changed_at)
    found = computing.changes(definition, seen, {**after.data, **after.personal})
    if not found:
        return after, values
    laid = after._replace(**written(definition, after, found))
    return assignment.rehomed(situation, after, laid), {**values, **found}


def _measured(situation: Situation, before: Ticket | None, after: Ticket) -> tuple[int | None, int | None]:
    """The counted seconds spent in the state that was left, and its budget."""
    if before is None or not promises.comes_to(before, after):
        return None, None
    name = promises.STATE_CLOCK + before.state
    target = next((clock.budget for clock in situation.clocks if clock.name == name), None)
    return situation.definition.calendar.counted(before.entered_at, after.changed_at), target


def _number(child: Ticket) -> str:
    """What a parent's history calls the child; one that is not for everybody stays unnamed."""
    return child.number if child.audience is None else ""


def consequences(definition: Definition, before: Ticket | None, after: Ticket) -> tuple[Command, ...]:
    """What is to be seen to next: this ticket's `auto` rows, and a parent whose child has ended."""
    found: list[Command] = []
    if any(row.auto for row in definition.by_source[after.state]):
        found.append(Settle(site=after.site, ticket=after.id, actor=CLOCK))
    if after.parent and after.closed_at is not None and (before is None or before.closed_at is None):
        found.append(
            Settle(site=after.site, ticket=after.parent, actor=CLOCK, child=_number(after), ended=after.id)
        )
    return tuple(found)
