"""What a row's effects come to. They describe; nothing here does anything."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from workflows.core import assignment
from workflows.core.commands import Actor, Command, Open
from workflows.core.step import Message
from workflows.core.ticket import PRIORITIES, Situation, Ticket
from workflows.errors import Invalid, Reason
from workflows.language.definition import (
    Assign,
    Convert,
    Definition,
    Effect,
    Notify,
    OpenChild,
    Raise,
    Set,
)
from workflows.language.expressions import Expression, ExpressionError, Values
from workflows.language.forms import store_value
from workflows.timing.instants import Instant


@dataclass(frozen=True, slots=True)
class Outcome:
    """The ticket after the effects, whom to tell, and what is to be opened."""

    ticket: Ticket
    messages: tuple[Message, ...] = ()
    commands: tuple[Command, ...] = ()


def values_of(
    situation: Situation, ticket: Ticket, actor: Actor, now: Instant, sent: Mapping[str, object] | None = None
) -> Values:
    """What expressions may look at: the ticket as it stands, with what was `sent` laid over it."""
    children: dict[str, list[dict[str, object]]] = {}
    for child in situation.children:
        children.setdefault(child.link, []).append(
            {
                "number": child.number,
                "workflow": child.workflow,
                "state": child.state,
                "category": child.category,
                "closed": child.closed,
            }
        )
    return Values(
        fields={**ticket.data, **ticket.personal, **(sent or {})},
        ticket={
            "state": ticket.state,
            "number": ticket.number,
            "priority": PRIORITIES[ticket.priority],
            "opened_at": ticket.opened_at,
            "closed_at": ticket.closed_at,
            "entered_at": ticket.entered_at,
            "assignee": ticket.assignee,
            "department": ticket.department,
            "parent": ticket.parent,
        },
        actor={"id": actor.id, "roles": sorted(actor.roles), "departments": sorted(actor.departments)},
        children=children,
        visits=ticket.trail.visits,
        site=ticket.site,
        now=now,
    )


def apply(
    effects: tuple[Effect, ...], situation: Situation, ticket: Ticket, actor: Actor, now: Instant
) -> Outcome:
    """The effects in their order, each seeing what those before it have written."""
    messages: list[Message] = []
    commands: list[Command] = []
    for effect in effects:
        match effect:
            case Assign(to=to):
                ticket = replace(ticket, assignee=_assignee(to, ticket, actor))
            case Raise():
                ticket = raised(ticket)
            case Set(field=field, value=value):
                ticket = _written(
                    ticket, situation.definition, field, value, values_of(situation, ticket, actor, now)
                )
            case Notify():
                messages += assignment.messages(effect.to, situation, ticket, _notice(effect))
            case OpenChild():
                commands += _children(effect, situation, ticket, actor, now, len(commands))
            case Convert():
                commands.append(_conversion(effect, situation, ticket, actor, now, len(commands)))
    return Outcome(ticket, tuple(messages), tuple(commands))


def raised(ticket: Ticket) -> Ticket:
    """The ticket one priority higher, if there is one."""
    return replace(ticket, priority=min(ticket.priority + 1, len(PRIORITIES) - 1))


def _assignee(to: str, ticket: Ticket, actor: Actor) -> str | None:
    if to == "nobody":
        return None
    named = actor.id if to == "actor" else ticket.data.get(to)
    return named if isinstance(named, str) else None


def _notice(effect: Notify) -> Message:
    return Message(kind="notice", recipient="", role="", text=effect.text, urgent=effect.urgent)


def _written(ticket: Ticket, definition: Definition, name: str, value: Expression, values: Values) -> Ticket:
    field = definition.fields[name]
    try:
        stored = store_value(field, value.value(values))
    except ValueError as error:
        reason = Reason("bad-value", f"{name} cannot be worked out: {error}", field=name)
        raise Invalid(reason) from error
    if field.personal:
        return replace(ticket, personal={**ticket.personal, name: stored})
    return replace(ticket, data={**ticket.data, name: stored})


def _children(
    effect: OpenChild, situation: Situation, ticket: Ticket, actor: Actor, now: Instant, first: int
) -> Iterator[Open]:
    values = values_of(situation, ticket, actor, now)
    items: list[Mapping[str, object] | None] = [None]
    if effect.each is not None:
        listed = _evaluated(effect.each, values)
        items = [item for item in listed if isinstance(item, Mapping)] if isinstance(listed, list) else []
    for index, item in enumerate(items, start=first):
        yield Open(
            site=ticket.site,
            id=derived_id(ticket, now, index),
            workflow=effect.workflow,
            actor=actor,
            data=_mapped(effect.values, replace(values, item=item)),
            parent=ticket.id,
            link=effect.link,
            derived=True,
        )


def _conversion(
    effect: Convert, situation: Situation, ticket: Ticket, actor: Actor, now: Instant, index: int
) -> Open:
    return Open(
        site=ticket.site,
        id=derived_id(ticket, now, index),
        workflow=effect.workflow,
        actor=actor,
        data=_mapped(effect.values, values_of(situation, ticket, actor, now)),
        parent=ticket.parent,
        link=ticket.link,
        origin=ticket.id,
        derived=True,
    )


def _mapped(expressions: Mapping[str, Expression], values: Values) -> dict[str, object]:
    found = {name: _evaluated(expression, values) for name, expression in expressions.items()}
    return {name: value for name, value in found.items() if value is not None}


def _evaluated(expression: Expression, values: Values) -> object:
    try:
        return expression.value(values)
    except ExpressionError as error:
        raise Invalid(Reason("bad-value", f"{expression.source}: {error}")) from error


def derived_id(ticket: Ticket, now: Instant, index: int) -> str:
    """A UUIDv7 that the same step always gives to the same child (RFC 9562: time first, the rest from a hash)."""
    seed = hashlib.sha256(f"{ticket.id}/{ticket.seq}/{index}".encode()).digest()
    raw = bytearray((now * 1000).to_bytes(6, "big") + seed[:10])
    raw[6] = raw[6] & 0x0F | 0x70
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
