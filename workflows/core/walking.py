"""Firing a trigger: the step that takes a ticket from one state to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from workflows.core import assignment, effects, machine, objecting, refusing, rights
from workflows.core.commands import CLOCK, Actor, Fire
from workflows.core.entering import entered, finish, written
from workflows.core.looking import values_of
from workflows.core.step import Step
from workflows.core.stepform import cleaned, sent, union
from workflows.core.ticket import Situation, Ticket
from workflows.errors import NotFound, Reason, refusal
from workflows.language.definition import Transition
from workflows.timing.instants import Instant


def fired(situation: Situation, command: Fire, now: Instant) -> Step:
    """The step that `command` takes, or a refusal with every reason against it."""
    ticket, definition = standing(situation), situation.definition
    rows = rows_of(situation, command.trigger, command.actor)
    values, faults = cleaned(situation, union(rows), command.data)
    seen = values_of(situation, ticket, command.actor, now, values)

    def judge(row: Transition) -> bool:
        return (
            not row.auto
            and rights.permitted(row.roles, command.actor, definition, ticket)
            and (row.guard is None or row.guard.holds(seen).holds)
        )

    row = machine.take(definition, ticket.state, command.trigger, judge)
    if (
        row is None
        or faults
        or refusing.blanks(definition, values, row.requires, seen)
        or (row.complete and refusing.papers(definition, row.complete, seen))
        or apart(situation, command.trigger, command.actor)
    ):
        against = objecting.objections(situation, rows, command.actor, values, seen, faults)
        raise refusal(against + apart(situation, command.trigger, command.actor))
    return walked(situation, row, command.actor, now, values, command.note)


def asked_by_kin(situation: Situation, command: Fire, now: Instant) -> Step | None:
    """The step that a parent or a child asks for; None where it is not available to them as things stand."""
    ticket, definition, actor = standing(situation), situation.definition, command.actor
    named = [row for row in definition.by_source[ticket.state] if row.trigger == command.trigger]
    rows = tuple(row for row in named if rights.permitted(row.roles, actor, definition, ticket))
    if not rows:
        return None
    command = replace(command, data=sent(definition, command.data))
    values, _ = cleaned(situation, union(rows), command.data)
    seen = values_of(situation, ticket, actor, now, values)
    held = any(row.guard is None or row.guard.holds(seen).holds for row in rows)
    return fired(situation, command, now) if held else None


def standing(situation: Situation) -> Ticket:
    """The ticket, which must exist."""
    if situation.ticket is None:
        raise NotFound(Reason("unknown-ticket", "there is no such ticket"))
    return situation.ticket


def rows_of(situation: Situation, trigger: str, actor: Actor) -> tuple[Transition, ...]:
    """The rows of `trigger` that leave the ticket's state. Raises a refusal if there are none."""
    definition = situation.definition
    rows = definition.by_source[standing(situation).state]
    found = tuple(row for row in rows if row.trigger == trigger and not row.auto)
    if not found:
        raise refusal(objecting.elsewhere(situation, trigger, actor))
    return found


def apart(situation: Situation, trigger: str, actor: Actor) -> list[Reason]:
    """The reason against an actor who has done on this ticket what must be somebody else's."""
    others = situation.definition.separations.get(trigger)
    if not others or actor.id == CLOCK.id or rights.STAND_IN in actor.roles:
        return []
    acted = standing(situation).trail.acted
    done = [other for other in others if actor.id in acted.get(other, ())]
    if done or actor.on_behalf is None:
        return [refusing.separate(trigger, done)] if done else []
    theirs = [other for other in others if actor.on_behalf in acted.get(other, ())]
    return [refusing.separate_in_place(trigger, theirs)] if theirs else []


def walked(
    situation: Situation,
    row: Transition,
    actor: Actor,
    now: Instant,
    values: Mapping[str, object],
    note: str = "",
    kind: str = "fire",
) -> Step:
    """The step along `row`, with its effects."""
    before = standing(situation)
    outcome = effects.apply(row.effects, situation, _moved(situation, row, values, now), actor, now)
    step = finish(
        situation,
        before,
        _remembered(situation, outcome.ticket, row.trigger, actor),
        kind=kind,
        actor=actor,
        trigger=row.trigger,
        values={**values, **outcome.values},
        note=outcome.told(note),
        messages=outcome.messages,
        commands=outcome.commands,
    )
    return outcome.with_writings(step)


def _moved(situation: Situation, row: Transition, values: Mapping[str, object], now: Instant) -> Ticket:
    """The ticket with the form's values, where the row leads."""
    before = standing(situation)
    changes = written(situation.definition, before, values)
    if row.to is not None:
        changes |= entered(situation, before, changes.get("data", before.data), row.to, now)
    after = before._replace(seq=before.seq + 1, changed_at=now, **changes)
    return after if row.to is not None else assignment.rehomed(situation, before, after)


def _remembered(situation: Situation, ticket: Ticket, trigger: str, actor: Actor) -> Ticket:
    """The ticket, which remembers the actor if this trigger must be kept apart from others, and in whose
    place they act: it is that one's deed as well."""
    acted = ticket.trail.acted
    if trigger not in situation.definition.separations:
        return ticket
    before = acted.get(trigger, ())
    doers = (actor.id,) if actor.person == actor.id else (actor.id, actor.person)
    new = [who for who in doers if who not in before]
    if not new:
        return ticket
    acted = {**acted, trigger: (*before, *new)}
    return ticket._replace(trail=ticket.trail._replace(acted=acted))


def ripe(situation: Situation, actor: Actor, now: Instant) -> Iterator[Transition]:
    """The `auto` rows leaving the ticket's state whose guard holds now."""
    ticket = standing(situation)
    values = values_of(situation, ticket, actor, now)
    for row in situation.definition.by_source[ticket.state]:
        if row.auto and row.guard is not None and row.guard.holds(values).holds:
            yield row
