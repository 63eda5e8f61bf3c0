"""The clocks of a ticket under another version of its process: kept, restarted, or computed anew.

* keep: the promise as it was made, with its due. Only if the version counts by another calendar is it counted
  by that.
* restart: the promise of the version, from now on; no level has fired.
* recompute: the promise of the version, from when the clock was started. Levels that have fired stay fired.

A clock that the version does not have is stopped: met or missed, as it stood.
"""

from __future__ import annotations

from typing import NamedTuple

from workflows.core.clocks.advance import STATE_CLOCK, resolve_promise
from workflows.core.ticket import StepContext, Ticket
from workflows.language.migration_plan import KEEP, RECOMPUTE, RESTART, ProcessMove
from workflows.language.promise import Due
from workflows.timing import clock_operations as verbs
from workflows.timing.clock import Basis, Clock
from workflows.timing.durations import Duration
from workflows.timing.escalation import EscalationPolicy, compute_level_at
from workflows.timing.instants import Instant, parse_rfc3339

STOPPED = "stop"  # what becomes of a clock that the version does not have


class MovedClock(NamedTuple):
    """A clock before and after, and how it was treated."""

    before: Clock
    after: Clock
    how: str


def move_clocks(
    context: StepContext, after: Ticket, move: ProcessMove, now: Instant
) -> tuple[MovedClock, ...]:
    """Every clock of the ticket; `context` is that of the new version, `after` the ticket as it will be.
    Running ones come first: they win where two would have one name."""
    moved: dict[str, MovedClock] = {}
    for clock in sorted(context.clocks, key=lambda each: each.stopped):
        new = _move_clock(context, after, move, clock, now)
        moved.setdefault(new.after.name, new)
    return tuple(moved.values())


def _move_clock(
    context: StepContext, after: Ticket, move: ProcessMove, clock: Clock, now: Instant
) -> MovedClock:
    name = move.clock_name(clock.name)
    state = name.removeprefix(STATE_CLOCK) if clock.state is not None else None
    named = clock._replace(name=name, state=state)
    if clock.stopped:
        return MovedClock(clock, named, KEEP)
    due, policy = find_promise(context, name)
    if due is None:
        return MovedClock(clock, verbs.stop(named, now, context.calendar), STOPPED)
    how = move.clocks.get(name, KEEP)
    if how == KEEP:
        return MovedClock(clock, _keep(named, context, policy, now), KEEP)
    promise = resolve_promise(due, after.data, context.calendar) or promise_of(clock)
    if how == RESTART:
        again = verbs.restart(named, now, context.calendar, policy)
        return MovedClock(clock, verbs.replan(again, promise, now, context.calendar, policy), RESTART)
    planned = verbs.replan(named, promise, now, context.calendar, policy)
    return MovedClock(clock, _with_fired_levels(planned, named, context, policy), RECOMPUTE)


def find_promise(context: StepContext, name: str) -> tuple[Due | None, EscalationPolicy | None]:
    """What the definition promises by the clock of this name, and the policy that escalates it."""
    definition = context.definition
    if name.startswith(STATE_CLOCK):
        state = definition.states.get(name.removeprefix(STATE_CLOCK))
        due, escalation = (state.due, state.escalation) if state else (None, None)
    else:
        spec = definition.clocks.get(name)
        due, escalation = (spec.due, spec.escalation) if spec else (None, None)
    return due, definition.policies[escalation] if escalation else None


def promise_of(clock: Clock) -> Duration | Instant:
    """The promise as the clock holds it."""
    return parse_rfc3339(clock.promise) if clock.basis is Basis.FIXED else Duration.parse(clock.promise)


def _keep(clock: Clock, context: StepContext, policy: EscalationPolicy | None, now: Instant) -> Clock:
    if clock.calendar != context.calendar.name:
        planned = verbs.replan(clock, promise_of(clock), now, context.calendar, policy)
        return _with_fired_levels(planned, clock, context, policy)
    kept = clock._replace(policy=policy.name if policy else None)
    return _with_fired_levels(kept, clock, context, policy)


def _with_fired_levels(
    clock: Clock, before: Clock, context: StepContext, policy: EscalationPolicy | None
) -> Clock:
    """The clock with as many fired levels as `before`: none of them fires a second time."""
    fired = clock._replace(level=before.level, parked=before.parked, acknowledged=before.acknowledged)
    next_at = compute_level_at(fired, policy, before.level, context.calendar) if policy else None
    return fired._replace(next_level_at=next_at)
