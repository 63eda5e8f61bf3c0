"""What a row's effects come to. They describe; nothing here does anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.core import assignment, children, kin, visibility
from workflows.core.allotting import Around, allotted, marked
from workflows.core.children import derived_id
from workflows.core.commands import Actor, Command, Open
from workflows.core.entering import written
from workflows.core.figures import Span, packed
from workflows.core.filing import filings
from workflows.core.filling import items_of, mapped, unworkable
from workflows.core.looking import values_of
from workflows.core.records import Filing
from workflows.core.step import Message, Step
from workflows.core.ticket import PRIORITIES, Situation, Ticket
from workflows.core.turns.rota import Move
from workflows.language.building.turns import ASSIGNMENT
from workflows.language.effect import (
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
    Record,
    Set,
    Strike,
    TakeFigures,
)
from workflows.language.expressions.expression import Expression
from workflows.language.forms.form import store_value
from workflows.timing.instants import Instant


@dataclass(slots=True)
class Outcome:
    """The ticket after the effects, what they wrote on it, whom and which rosters to tell, what to open."""

    ticket: Ticket
    values: dict[str, object] = field(default_factory=dict)
    messages: tuple[Message, ...] = ()
    commands: tuple[Command, ...] = ()
    moves: tuple[Move, ...] = ()
    filings: tuple[Filing, ...] = ()
    notes: tuple[str, ...] = ()

    def note(self, sentence: str) -> None:
        """Say something in the ticket's history."""
        if sentence:
            self.notes += (sentence,)

    def with_writings(self, step: Step) -> Step:
        """The step with what its effects write elsewhere."""
        if not (self.moves or self.filings):
            return step
        return step._replace(moves=self.moves, filings=self.filings)

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
        case OpenChild():
            already = len(outcome.commands)
            found, outcome.ticket = children.opened(effect, situation, ticket, actor, now, already)
            outcome.commands += found
        case FireOn(trigger=trigger, on=on):
            whom = kin.relatives(on, situation, ticket, outcome.commands)
            data = mapped(effect.values, values_of(situation, ticket, actor, now), situation) if whom else {}
            outcome.commands += kin.fires(trigger, data, on, whom, _restricted(ticket, situation), actor)
            outcome.note(kin.said(f"asks for {trigger}", on, whom))
        case AmendChildren(link=link):
            whom = kin.relatives(link, situation, ticket, outcome.commands)
            data = mapped(effect.values, values_of(situation, ticket, actor, now), situation) if whom else {}
            outcome.commands += kin.amendments(data, link, whom, _restricted(ticket, situation), actor)
            outcome.note(kin.said(f"amends {', '.join(data)}", link, whom))
        case TakeFigures():
            _take_figures(effect, situation, outcome, now)
        case Record() | Strike():
            values = values_of(situation, ticket, actor, now)
            items = items_of(effect.each, values, situation)
            outcome.filings += tuple(filings(effect, items, values, situation))
        case Convert():
            outcome.commands += (_conversion(effect, situation, outcome, actor, now),)


def _take_figures(effect: TakeFigures, situation: Situation, outcome: Outcome, now: Instant) -> None:
    """Keep the report as it is now. What of its period is still to come is not in it."""
    ticket, zone = outcome.ticket, situation.definition.calendar.zone
    since, until = effect.period.around(ticket.opened_at, zone)
    span = Span(since=since, until=max(since, min(until, now)), now=now, zone=zone)
    found = situation.figuring(effect.report, ticket.site, span) if situation.figuring else None
    if found is None:
        outcome.note(f"there is no report {effect.report} any more: no figures were taken")
    _write(outcome, situation, {effect.into: packed(found) if found else None})


def _restricted(ticket: Ticket, situation: Situation) -> Ticket:
    """The ticket for those whom this step leaves it to: its relatives do not name it to others."""
    if situation.definition.visible is None:
        return ticket
    return ticket._replace(audience=visibility.audience_of(situation.definition, ticket))


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
        raise unworkable(effect.value, situation, error, name) from error


def _conversion(effect: Convert, situation: Situation, outcome: Outcome, actor: Actor, now: Instant) -> Open:
    """The successor takes the ticket's place: its parent, its opener, and how pressing it has become."""
    ticket = outcome.ticket
    return Open(
        site=ticket.site,
        id=derived_id(ticket, now, len(outcome.commands)),
        workflow=effect.workflow,
        actor=actor,
        data=mapped(effect.values, values_of(situation, ticket, actor, now), situation),
        parent=ticket.parent,
        link=ticket.link,
        round=ticket.round,
        origin=ticket.id,
        derived=True,
        opener=ticket.opener,
        priority=ticket.priority,
    )
