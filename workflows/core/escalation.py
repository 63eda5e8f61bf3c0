"""A level of an escalation policy has come due: the clock is an actor like any other."""

from __future__ import annotations

from dataclasses import replace

from workflows.core import assignment, effects
from workflows.core.commands import Command, Fire, Tick
from workflows.core.step import Entry, Message, Step
from workflows.core.ticket import Situation, Ticket
from workflows.core.walking import standing
from workflows.timing import clocks as verbs
from workflows.timing.clock import Clock
from workflows.timing.escalation import Level
from workflows.timing.instants import Instant


def ticked(situation: Situation, command: Tick, now: Instant) -> Step | None:
    """The step of one level; None when it has been fired, or the clock rests, was stopped or is not that far."""
    before = standing(situation)
    clock = next((each for each in situation.clocks if each.name == command.clock), None)
    if (
        clock is None
        or clock.level != command.level
        or clock.next_level_at is None
        or clock.next_level_at > now
    ):
        return None
    policy = situation.definition.policies[clock.policy or ""]
    level = policy.levels[clock.level]
    after = replace(before, seq=before.seq + 1, changed_at=now)
    if level.raises:
        after = effects.raised(after)
    return Step(
        before=before,
        after=after,
        entry=_entry(command, clock, before, now),
        clocks=(verbs.fire(clock, situation.definition.calendar, policy),),
        messages=assignment.messages(level.notify, situation, after, _template(clock, level)),
        follow_ups=_fired(level, command),
    )


def _entry(command: Tick, clock: Clock, ticket: Ticket, now: Instant) -> Entry:
    return Entry(
        seq=ticket.seq + 1,
        at=now,
        kind="tick",
        actor=command.actor,
        source=ticket.state,
        to=ticket.state,
        data={"clock": clock.name, "level": clock.level + 1, "due_at": clock.due_at},
    )


def _template(clock: Clock, level: Level) -> Message:
    return Message(
        kind="escalation",
        recipient="",
        role="",
        clock=clock.name,
        level=clock.level + 1,
        urgent=level.urgent,
    )


def _fired(level: Level, command: Tick) -> tuple[Command, ...]:
    if level.fire is None:
        return ()
    return (Fire(site=command.site, ticket=command.ticket, actor=command.actor, trigger=level.fire),)
