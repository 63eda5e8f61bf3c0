"""What a row's effects come to. They describe; nothing here does anything."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from workflows.core import assignment, kin
from workflows.core.allotting import Around, allotted, marked
from workflows.core.commands import Actor, Command, Open
from workflows.core.entering import written
from workflows.core.looking import values_of
from workflows.core.step import Message
from workflows.core.ticket import PRIORITIES, Situation, Ticket
from workflows.core.turns.rota import Move
from workflows.errors import Invalid, Reason
from workflows.language.definition import (
    Allot,
    AmendChildren,
    Assign,
    Convert,
    Effect,
    FireOn,
    Mark,
    Notify,
    OpenChild,
    Raise,
    Set,
)
from workflows.language.expressions import Expression, ExpressionError, Values
from workflows.language.forms import store_value
from workflows.language.turns import ASSIGNMENT
from workflows.timing.instants import Instant

_NO_ROW: Mapping[str, object] = {}


@dataclass(slots=True)
class Outcome:
    """The ticket after the effects, what they wrote on it, whom and which rosters to tell, what to open."""

    ticket: Ticket
    values: dict[str, object] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()
    commands: tuple[Command, ...] = ()
    moves: tuple[Move, ...] = ()
    notes: tuple[str, ...] = ()

    def note(self, sentence: str) -> None:
        """Say something in the ticket's history."""
        if sentence:
            self.notes += (sentence,)

    def told(self, note: str) -> str:
        """What the history says: the actor's `note`, and what the effects had to say."""
        return "\n".join(filter(None, (note, *self.notes))) if self.notes else note


def apply(
    effects: tuple[Effect, ...], situation: Situation, ticket: Ticket, actor: Actor, now: Instant
) -> Outcome:
    """The effects in their order, each seeing what those before it have written."""
    outcome = Outcome(ticket)
    for effect in effects:
        if effect.when is None or _holds(effect.when, situation, outcome, actor, now):
            _apply(effect, situation, outcome, actor, now)
    return outcome


def _holds(when: Expression, situation: Situation, outcome: Outcome, actor: Actor, now: Instant) -> bool:
    return when.holds(values_of(situation, outcome.ticket, actor, now)).holds


def _apply(effect: Effect, situation: Situation, outcome: Outcome, actor: Actor, now: Instant) -> None:
    ticket = outcome.ticket
    match effect:
        case Assign(to=to):
            outcome.ticket = ticket._replace(assignee=_assignee(to, situation, ticket, actor))
        case Allot():
            chosen = allotted(effect, Around(situation, ticket, outcome.moves, actor, now))
            _write(outcome, situation, chosen.fields)
            outcome.ticket = outcome.ticket._replace(assignee=chosen.person)
            outcome.values[ASSIGNMENT] = chosen.why
            outcome.moves += (chosen.move,)
        case Mark():
            move, fields = marked(effect, Around(situation, ticket, outcome.moves, actor, now))
            _write(outcome, situation, fields)
            outcome.moves += (move,) if move else ()
        case Raise():
            outcome.ticket = raised(ticket)
        case Set():
            _write(outcome, situation, {effect.field: _worked_out(effect, situation, ticket, actor, now)})
        case Notify():
            outcome.messages += assignment.messages(effect.to, situation, ticket, _notice(effect))
        case OpenChild(link=link):
            outcome.commands += tuple(_children(effect, situation, outcome, actor, now))
            outcome.ticket = _asked(ticket, link)
        case FireOn(trigger=trigger, on=on):
            whom = kin.relatives(on, situation, ticket, outcome.commands)
            data = _mapped(effect.values, values_of(situation, ticket, actor, now), situation) if whom else {}
            outcome.commands += kin.fires(trigger, data, on, whom, ticket, actor)
            outcome.note(kin.said(f"asks for {trigger}", on, whom))
        case AmendChildren(link=link):
            whom = kin.relatives(link, situation, ticket, outcome.commands)
            data = _mapped(effect.values, values_of(situation, ticket, actor, now), situation) if whom else {}
            outcome.commands += kin.amendments(data, link, whom, ticket, actor)
            outcome.note(kin.said(f"amends {', '.join(data)}", link, whom))
        case Convert():
            outcome.commands += (_conversion(effect, situation, outcome, actor, now),)


def _write(outcome: Outcome, situation: Situation, values: Mapping[str, object]) -> None:
    """Lay what an effect writes over the ticket, which may make it somebody else's."""
    ticket = outcome.ticket
    laid = ticket._replace(**written(situation.definition, ticket, values))
    outcome.ticket = assignment.rehomed(situation, ticket, laid)
    outcome.values |= values


def raised(ticket: Ticket) -> Ticket:
    """The ticket one priority higher, if there is one."""
    return ticket._replace(priority=min(ticket.priority + 1, len(PRIORITIES) - 1))


def _assignee(to: str, situation: Situation, ticket: Ticket, actor: Actor) -> str | None:
    """Only a member of staff can have a ticket: not the clock, nor a guest, nor somebody who has left."""
    named = actor.id if to == "actor" else ticket.data.get(to)
    return named if isinstance(named, str) and named in situation.directory.staff else None


def _notice(effect: Notify) -> Message:
    return Message(kind="notice", recipient="", role="", text=effect.text, urgent=effect.urgent)


def _worked_out(effect: Set, situation: Situation, ticket: Ticket, actor: Actor, now: Instant) -> object:
    name, values = effect.field, values_of(situation, ticket, actor, now)
    try:
        zone = situation.definition.calendar.zone
        return store_value(situation.definition.fields[name], effect.value.value(values), zone)
    except ValueError as error:
        raise _unworkable(effect.value, situation, error, name) from error


def _unworkable(
    expression: Expression, situation: Situation, error: ValueError, field: str | None = None
) -> Invalid:
    """The refusal of a step whose effect cannot be worked out. It does not quote what may be personal."""
    why = "" if expression.names & situation.definition.personal else f": {error}"
    return Invalid(
        Reason("bad-value", f"{field or expression.source} cannot be worked out{why}", field=field)
    )


def _asked(ticket: Ticket, link: str) -> Ticket:
    """The ticket, which remembers that this step asks for the link's children anew."""
    asked = {**ticket.trail.asked, link: [ticket.seq]}
    return ticket._replace(trail=ticket.trail._replace(asked=asked))


def _children(
    effect: OpenChild, situation: Situation, outcome: Outcome, actor: Actor, now: Instant
) -> Iterator[Open]:
    ticket = outcome.ticket
    values = values_of(situation, ticket, actor, now)
    items: list[Mapping[str, object] | None] = [None]
    if effect.each is not None:
        listed = _evaluated(effect.each, values, situation)
        items = [_item(each) for each in listed] if isinstance(listed, list) else []
    rows = _applying(effect, values) if effect.rows else [_NO_ROW]
    for index, (item, row) in enumerate(product(items, rows), start=len(outcome.commands)):
        yield Open(
            site=ticket.site,
            id=derived_id(ticket, now, index),
            workflow=effect.workflow,
            actor=actor,
            data={**row, **_mapped(effect.values, values._replace(item=item), situation)},
            parent=ticket.id,
            link=effect.link,
            round=ticket.seq,
            derived=True,
        )


def _applying(effect: OpenChild, values: Values) -> list[Mapping[str, object]]:
    """The constants of those rows that mean this ticket."""
    return [row.values for row in effect.rows if row.when is None or row.when.holds(values).holds]


def _item(each: object) -> Mapping[str, object]:
    """A row of a table or checklist as it is; of `choices` the one that was chosen."""
    return each if isinstance(each, Mapping) else {"value": each}


def _conversion(effect: Convert, situation: Situation, outcome: Outcome, actor: Actor, now: Instant) -> Open:
    """The successor takes the ticket's place: its parent, its opener, and how pressing it has become."""
    ticket = outcome.ticket
    return Open(
        site=ticket.site,
        id=derived_id(ticket, now, len(outcome.commands)),
        workflow=effect.workflow,
        actor=actor,
        data=_mapped(effect.values, values_of(situation, ticket, actor, now), situation),
        parent=ticket.parent,
        link=ticket.link,
        round=ticket.round,
        origin=ticket.id,
        derived=True,
        opener=ticket.opener,
        priority=ticket.priority,
    )


def _mapped(expressions: Mapping[str, Expression], values: Values, situation: Situation) -> dict[str, object]:
    found = {name: _evaluated(each, values, situation) for name, each in expressions.items()}
    return {name: value for name, value in found.items() if value is not None}


def _evaluated(expression: Expression, values: Values, situation: Situation) -> object:
    try:
        return expression.value(values)
    except ExpressionError as error:
        raise _unworkable(expression, situation, error) from error


def derived_id(ticket: Ticket, now: Instant, index: int) -> str:
    """A UUIDv7 that the same step always gives to the same child (RFC 9562: time, counter, then hashed).

    The children of a step sort in the order in which they were opened.
    """
    seed = hashlib.sha256(f"{ticket.id}/{ticket.seq}/{index}".encode()).digest()
    raw = bytearray((now * 1000).to_bytes(6, "big") + (0x7000 | index & 0xFFF).to_bytes(2, "big") + seed[:8])
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
