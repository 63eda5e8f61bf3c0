"""Acknowledging an escalation: "seen, and by when". The next level waits that long, and then fires once."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.core.access import assignment, permissions
from workflows.core.commands import Acknowledge, Actor
from workflows.core.input import common_reasons
from workflows.core.step import ESCALATION, HistoryEvent, Message, Step
from workflows.core.ticket import StepContext
from workflows.errors import NotFound, Reason, build_refusal
from workflows.timing import clock_operations
from workflows.timing.clock import Acknowledgement, Clock
from workflows.timing.escalation import DEFAULT_WAIT
from workflows.timing.instants import Instant, rfc3339


def acknowledge(context: StepContext, command: Acknowledge, now: Instant) -> Step:
    """The step that makes the clock's next level wait.

    For those who work on the ticket, stand above those who do, or are told of a level that has fired. Refused
    before a level has fired and once the clock has stopped. The policy limits how long a level can be put
    off, counted from its first acknowledgement: repeating it gains no time.
    """
    before = context.ticket
    clock = next((each for each in context.clocks if each.name == command.clock), None)
    if clock is None:
        facts = {"clock": command.clock}
        raise NotFound(Reason("unknown-clock", f"the ticket has no clock {command.clock!r}", facts=facts))
    reasons: list[Reason] = []
    if not may_acknowledge(context, command.actor, clock):
        reasons.append(common_reasons.role_needed(permissions.list_roles_in_charge(context)))
    if clock.stopped or not clock.level:
        message = "no level of this clock has fired, or it has stopped: there is nothing to acknowledge"
        reasons.append(Reason("nothing-to-acknowledge", message))
    first_at, latest = _find_limits(context, clock, now)
    reasons += _check_until(command.until, now, latest)
    if reasons:
        raise build_refusal(reasons)
    seen = Acknowledgement(clock.level, command.actor.person, first_at, command.until)
    event = HistoryEvent(
        seq=before.seq + 1,
        at=now,
        kind="acknowledge",
        actor=command.actor,
        source=before.state,
        to=before.state,
        data={"clock": clock.name, "level": clock.level, "until": rfc3339(command.until)},
        note=command.note,
    )
    after = before._replace(seq=before.seq + 1, changed_at=now)
    policy = context.definition.policies.get(clock.policy or "")
    waiting = clock_operations.acknowledge(clock, seen, context.calendar, policy)
    return Step(before=before, after=after, event=event, clocks=(waiting,))


def may_acknowledge(context: StepContext, actor: Actor, clock: Clock) -> bool:
    """Whether the clock's levels are the actor's to acknowledge: who may direct the ticket, or was told."""
    return permissions.may_direct(context, actor) or any(
        person in (actor.id, actor.person) for person in _find_recipients(context, clock)
    )


def _find_recipients(context: StepContext, clock: Clock) -> Iterator[str]:
    """The staff ids of those whom the levels that have fired are for, as the ticket stands now."""
    template = Message(kind=ESCALATION, recipient="", role="")
    for index in range(clock.level):
        notify = context.definition.policies[clock.policy or ""].level(index).notify
        messages = assignment.build_messages(notify, context, context.ticket, template)
        yield from (each.recipient for each in messages)


def _find_limits(context: StepContext, clock: Clock, now: Instant) -> tuple[Instant, Instant]:
    """When the level was first acknowledged (now, if it was not), and until when the next one can wait."""
    earlier = clock.acknowledged
    repeated = earlier is not None and earlier.level == clock.level
    first_at = earlier.first_at if earlier is not None and repeated else now
    policy = context.definition.policies.get(clock.policy or "")
    return first_at, context.calendar.deadline(first_at, policy.acknowledge if policy else DEFAULT_WAIT)


def _check_until(until: Instant, now: Instant, latest: Instant) -> list[Reason]:
    saw = rfc3339(until)
    if until <= now:
        return [Reason("bad-value", "until must lie ahead", field="until", saw=saw)]
    if until > latest:
        facts = {"latest": rfc3339(latest)}
        message = f"the next level can be put off until {rfc3339(latest)} at most"
        return [Reason("put-off-too-long", message, field="until", saw=saw, facts=facts)]
    return []
