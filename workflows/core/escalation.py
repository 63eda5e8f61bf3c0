"""A level of an escalation policy has come due: the clock is an actor like any other.

The ticket may have been read narrowly, without its data and trail: nothing here looks at them.
"""

from __future__ import annotations

from workflows.core import assignment, effects
from workflows.core.commands import Command, Fire, Tick
from workflows.core.entering import consequences
from workflows.core.step import Entry, Message, Step
from workflows.core.ticket import Situation, Ticket
from workflows.core.walking import standing
from workflows.timing import clocks as verbs
from workflows.timing.clock import Clock
from workflows.timing.escalation import Level
from workflows.timing.instants import Instant


def ticked(situation: Situation, command: Tick, now: Instant) -> Step | None:
    """The step of one level; None when it was fired before, or the clock rests or is not that far."""
    before, definition = standing(situation), situation.definition
    clock = next((each for each in situation.clocks if each.name == command.clock), None)
    if clock is None or clock.level != command.level or not _is_due(clock, now):
        return None
    policy = definition.policies[clock.policy or ""]
    level = policy.levels[clock.level]
    pulled = _pulled(situation, level, before)
    after = before._replace(seq=before.seq + 1, changed_at=now)
    if level.raises:
        after = effects.raised(after)
    return Step(
        before=before,
        after=after,
        entry=_entry(command, clock, before, now, "" if pulled else _passed_over(level, before)),
        clocks=(verbs.fire(clock, definition.calendar, policy),),
        messages=assignment.messages(level.notify, situation, after, _template(clock, level)),
        follow_ups=(
            *(_fire(level.fire, command) if pulled and level.fire else ()),
            *(consequences(definition, before, after) if level.raises else ()),
        ),
    )


def _is_due(clock: Clock, now: Instant) -> bool:
    return clock.next_level_at is not None and clock.next_level_at <= now


def _pulled(situation: Situation, level: Level, ticket: Ticket) -> bool:
    """Whether the level's trigger leaves the ticket's state: one that spans states may be due elsewhere."""
    rows = situation.definition.by_source[ticket.state]
    return any(row.trigger == level.fire and not row.auto for row in rows)


def _passed_over(level: Level, ticket: Ticket) -> str:
    return f"{level.fire} does not leave {ticket.state}" if level.fire else ""


def _entry(command: Tick, clock: Clock, ticket: Ticket, now: Instant, note: str) -> Entry:
    return Entry(
        seq=ticket.seq + 1,
        at=now,
        kind="tick",
        actor=command.actor,
        source=ticket.state,
        to=ticket.state,
        data={"clock": clock.name, "level": clock.level + 1, "due_at": clock.due_at},
        note=note,
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


def _fire(trigger: str, command: Tick) -> tuple[Command, ...]:
    return (Fire(site=command.site, ticket=command.ticket, actor=command.actor, trigger=trigger),)
