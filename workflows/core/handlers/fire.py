"""Firing a trigger: the step that takes a ticket from one state to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from workflows.core.access import assignment, permissions
from workflows.core.commands import CLOCK, Actor, Fire
from workflows.core.effects import apply
from workflows.core.handlers import fire_reasons, machine
from workflows.core.handlers.enter_state import compute_state_changes, finish_step
from workflows.core.input import common_reasons
from workflows.core.input.evaluation_context import build_values
from workflows.core.input.field_values import compute_field_changes
from workflows.core.input.submission import clean_submission, list_accepted_fields, prepare_values
from workflows.core.step import Step
from workflows.core.ticket import StepContext, Ticket
from workflows.errors import Reason, build_refusal
from workflows.language.definition import Transition
from workflows.language.forms.values import Values
from workflows.timing.instants import Instant


def fire(context: StepContext, command: Fire, now: Instant) -> Step:
    """The step of the first transition that the actor may take.

    Raises a refusal with every reason against it: form, roles, guards, missing fields, documents, separation.
    """
    transitions = find_transitions(context, command.trigger, command.actor)
    attempt = try_transitions(context, transitions, command, now)
    transition, values = attempt.transition, attempt.values
    if transition is None or not attempt.fits or check_separation(context, command.trigger, command.actor):
        reasons = fire_reasons.list_reasons(
            context, transitions, command.actor, values, attempt.seen, attempt.faults
        )
        raise build_refusal(reasons + check_separation(context, command.trigger, command.actor))
    return take_transition(context, transition, command.actor, now, values, command.note)


class FireAttempt(NamedTuple):
    """What a command comes to, apart from the separation of duties.

    `transition` is the first one whose role and guard let it through, None without one; `fits` says whether
    the form does; `values` are those of the form, `seen` what the guards saw.
    """

    transition: Transition | None
    fits: bool
    values: dict[str, object]
    seen: Values
    faults: list[Reason]


def try_transitions(
    context: StepContext, transitions: tuple[Transition, ...], command: Fire, now: Instant
) -> FireAttempt:
    """Which of the `transitions`, all those of the trigger from the ticket's state, the command takes."""
    ticket, definition = context.ticket, context.definition
    submitter = None if command.by_relative else command.actor
    open_to_actor = filter_permitted(context, transitions, command.actor) or transitions
    names = list_accepted_fields(open_to_actor)
    values, faults = clean_submission(context, names, command.data, submitter)
    seen = build_values(context, ticket, command.actor, now, values)

    def may_take(transition: Transition) -> bool:
        return (
            not transition.auto
            and permissions.has_any_role(transition.roles, command.actor, definition, ticket)
            and (transition.guard is None or transition.guard.holds(seen).holds)
        )

    taken = machine.find_transition(definition, ticket.state, command.trigger, may_take)
    fits = not (
        faults
        or taken is None
        or common_reasons.missing_fields(definition, values, taken.requires, seen)
        or (taken.complete and common_reasons.missing_documents(definition, taken.complete, seen))
    )
    return FireAttempt(taken, fits, values, seen, faults)


def fire_for_relative(context: StepContext, command: Fire, now: Instant) -> Step | None:
    """The step that a parent or a child requests; None where no transition is open to it as things stand."""
    ticket, definition, actor = context.ticket, context.definition, command.actor
    named = [
        transition
        for transition in definition.transitions_by_source[ticket.state]
        if transition.trigger == command.trigger
    ]
    transitions = filter_permitted(context, named, actor)
    if not transitions:
        return None
    command = replace(command, data=prepare_values(context, command.data))
    values, _ = clean_submission(context, list_accepted_fields(transitions), command.data, None)
    seen = build_values(context, ticket, actor, now, values)
    guards_hold = any(
        transition.guard is None or transition.guard.holds(seen).holds for transition in transitions
    )
    return fire(context, command, now) if guards_hold else None


def find_transitions(context: StepContext, trigger: str, actor: Actor) -> tuple[Transition, ...]:
    """The transitions of `trigger` that leave the ticket's state. Raises a refusal if there are none."""
    definition = context.definition
    transitions = definition.transitions_by_source[context.ticket.state]
    leaving = tuple(
        transition for transition in transitions if transition.trigger == trigger and not transition.auto
    )
    if not leaving:
        raise build_refusal(fire_reasons.explain_other_state(context, trigger, actor))
    return leaving


def filter_permitted(
    context: StepContext, transitions: Iterable[Transition], actor: Actor
) -> tuple[Transition, ...]:
    """The transitions that the actor has a right to."""
    definition, ticket = context.definition, context.ticket
    return tuple(row for row in transitions if permissions.has_any_role(row.roles, actor, definition, ticket))


def check_separation(context: StepContext, trigger: str, actor: Actor) -> list[Reason]:
    """The reason against an actor who did on this ticket what a different person must do.

    Acting on behalf of an absent colleague, that colleague's earlier acts count as well. Exempt are the clock
    and holders of `SEPARATION_EXEMPT_POST`.
    """
    definition = context.definition
    others = definition.separations.get(trigger)
    if not others or actor.id == CLOCK.id or permissions.SEPARATION_EXEMPT_POST in actor.roles:
        return []
    acted = context.ticket.trail.acted
    done = [other for other in others if actor.id in acted.get(other, ())]
    if done or actor.on_behalf is None:
        return [common_reasons.separation(definition, trigger, done)] if done else []
    done_by_absentee = [other for other in others if actor.on_behalf in acted.get(other, ())]
    return (
        [common_reasons.separation_on_behalf(definition, trigger, done_by_absentee)]
        if done_by_absentee
        else []
    )


def take_transition(
    context: StepContext,
    transition: Transition,
    actor: Actor,
    now: Instant,
    values: Mapping[str, object],
    note: str = "",
    kind: str = "fire",
) -> Step:
    """The step along `transition`, with its effects. The caller has checked roles, guards and form."""
    before = context.ticket
    result = apply.apply_effects(
        transition.effects, context, _move_ticket(context, transition, values, now), actor, now
    )
    step = finish_step(
        context,
        before,
        _record_actor(context, result.ticket, transition.trigger, actor),
        kind=kind,
        actor=actor,
        trigger=transition.trigger,
        values={**values, **result.values},
        note=result.render_note(note),
        messages=result.messages,
        commands=result.commands,
    )
    return result.add_writes(step)


def _move_ticket(
    context: StepContext, transition: Transition, values: Mapping[str, object], now: Instant
) -> Ticket:
    """The ticket in the state where the transition leads, with the form's values."""
    before = context.ticket
    changes = compute_field_changes(context.definition, before, values)
    if transition.to is not None:
        changes |= compute_state_changes(
            context, before, changes.get("data", before.data), transition.to, now
        )
    after = before._replace(seq=before.seq + 1, changed_at=now, **changes)
    return after if transition.to is not None else assignment.reassign(context, before, after)


def _record_actor(context: StepContext, ticket: Ticket, trigger: str, actor: Actor) -> Ticket:
    """The ticket with the actor in its trail, where a separation of duties refers to this trigger.

    Both the actor and the colleague on whose behalf it is done are recorded.
    """
    acted = ticket.trail.acted
    if trigger not in context.definition.separations:
        return ticket
    before = acted.get(trigger, ())
    doers = (actor.id,) if actor.person == actor.id else (actor.id, actor.person)
    new = [who for who in doers if who not in before]
    if not new:
        return ticket
    acted = {**acted, trigger: (*before, *new)}
    return ticket._replace(trail=ticket.trail._replace(acted=acted))


def find_ready_auto_transitions(context: StepContext, actor: Actor, now: Instant) -> Iterator[Transition]:
    """The `auto` transitions from the ticket's state whose guard holds now, in the order of the file."""
    ticket = context.ticket
    values = build_values(context, ticket, actor, now)
    for transition in context.definition.transitions_by_source[ticket.state]:
        if transition.auto and transition.guard is not None and transition.guard.holds(values).holds:
            yield transition
