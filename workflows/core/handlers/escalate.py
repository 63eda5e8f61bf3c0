"""Firing a level of an escalation policy that has come due; the actor is the clock.

The ticket may be loaded without its data and trail, except for a level that `needs_data`.
"""

from __future__ import annotations

from workflows.core.access import assignment
from workflows.core.clocks.advance import merge_clocks
from workflows.core.commands import Command, Fire, Replan, Tick, Unpark
from workflows.core.effects import apply
from workflows.core.handlers import replan
from workflows.core.handlers.enter_state import finish_step, list_follow_ups
from workflows.core.step import HistoryEvent, Message, Step
from workflows.core.ticket import StepContext, Ticket
from workflows.errors import Blocked, Reason
from workflows.language.definition import Definition
from workflows.timing import clock_operations as verbs
from workflows.timing.clock import Clock
from workflows.timing.escalation import EscalationLevel
from workflows.timing.instants import Instant


def fire_level(context: StepContext, command: Tick, now: Instant) -> Step | None:
    """The step of one escalation level: its messages, priority and trigger.

    None if the level has been fired already, the clock is stopped or paused, or the level is not due yet.
    Where the calendar has changed since the clock was planned, the ticket is replanned instead.
    """
    before, definition = context.ticket, context.definition
    clock = next((each for each in context.clocks if each.name == command.clock), None)
    if clock is None or clock.level != command.level or not _is_due(clock, now):
        return None
    if clock.seal != context.calendar.seal and (step := _replan(context, command, now)):
        return step
    policy = definition.policies[clock.policy or ""]
    level = policy.level(clock.level)
    fires = _trigger_applies(context, level, before)
    after = before._replace(seq=before.seq + 1, changed_at=now)
    if level.raises:
        after = apply.raise_priority(after)
    step = Step(
        before=before,
        after=after,
        event=_build_event(
            command, clock, before, now, "" if fires else _skipped_trigger_note(level, before)
        ),
        clocks=(verbs.fire(clock, context.calendar, policy),),
        messages=assignment.build_messages(level.notify, context, after, _build_message(clock, level)),
        follow_ups=_build_fire(level.fire, command) if fires and level.fire else (),
    )
    if needs_data(definition, level):
        return _finish_level(context, step)
    following = list_follow_ups(definition, before, after) if level.raises else ()
    return step._replace(follow_ups=(*step.follow_ups, *following))


def _replan(context: StepContext, command: Tick, now: Instant) -> Step | None:
    """The step that replans the ticket by the calendar in force; None if no deadline moves."""
    note = f"{context.calendar.name}: days or hours have changed"
    replan_command = Replan(site=command.site, ticket=command.ticket, actor=command.actor, note=note)
    return replan.replan(context, replan_command, now)


def unpark(context: StepContext, command: Unpark, now: Instant) -> Step:
    """Put a parked clock back to work: its level is tried again at the next sweep.

    The history keeps the reason for which it was parked, and the note. Raises `Blocked` if it is not parked.
    """
    before = context.ticket
    clock = next((each for each in context.clocks if each.name == command.clock), None)
    if clock is None or clock.parked is None:
        facts = {"clock": command.clock}
        raise Blocked(Reason("not-parked", f"the clock {command.clock!r} is not set aside", facts=facts))
    event = HistoryEvent(
        seq=before.seq + 1,
        at=now,
        kind="unpark",
        actor=command.actor,
        source=before.state,
        to=before.state,
        data={"clock": clock.name, "level": clock.level + 1, "reason": clock.parked},
        note=command.note,
    )
    after = before._replace(seq=before.seq + 1, changed_at=now)
    return Step(before=before, after=after, event=event, clocks=(clock._replace(parked=None),))


def needs_data(definition: Definition, level: EscalationLevel) -> bool:
    """Whether the level can change computed fields, which may depend on the priority that it raises."""
    return level.raises is not None and bool(definition.computed_fields)


def _finish_level(context: StepContext, step: Step) -> Step:
    """The step of a level with its computed fields, and the clocks whose promises depend on them."""
    after_level = context._replace(clocks=merge_clocks(context.clocks, step.clocks))
    finished = finish_step(
        after_level,
        step.before,
        step.after,
        kind=step.event.kind,
        actor=step.event.actor,
        values={},
        note=step.event.note,
        messages=step.messages,
        commands=step.follow_ups,
    )
    return finished._replace(
        event=finished.event._replace(data={**finished.event.data, **step.event.data}),
        clocks=merge_clocks(step.clocks, finished.clocks),
    )


def _is_due(clock: Clock, now: Instant) -> bool:
    return clock.next_level_at is not None and clock.next_level_at <= now


def _trigger_applies(context: StepContext, level: EscalationLevel, ticket: Ticket) -> bool:
    """Whether the level's trigger leaves the ticket's state, which may be another one for a named clock."""
    transitions = context.definition.transitions_by_source[ticket.state]
    return any(
        transition.trigger == level.fire and not transition.auto and not transition.barred
        for transition in transitions
    )


def _skipped_trigger_note(level: EscalationLevel, ticket: Ticket) -> str:
    return f"{level.fire} does not leave {ticket.state}" if level.fire else ""


def _build_event(command: Tick, clock: Clock, ticket: Ticket, now: Instant, note: str) -> HistoryEvent:
    return HistoryEvent(
        seq=ticket.seq + 1,
        at=now,
        kind="tick",
        actor=command.actor,
        source=ticket.state,
        to=ticket.state,
        data={"clock": clock.name, "level": clock.level + 1, "due_at": clock.due_at},
        note=note,
    )


def _build_message(clock: Clock, level: EscalationLevel) -> Message:
    return Message(
        kind="escalation",
        recipient="",
        role="",
        clock=clock.name,
        level=clock.level + 1,
        urgent=level.urgent,
    )


def _build_fire(trigger: str, command: Tick) -> tuple[Command, ...]:
    return (Fire(site=command.site, ticket=command.ticket, actor=command.actor, trigger=trigger),)
