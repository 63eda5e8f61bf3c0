"""Imported history sends no messages and fires no old escalation levels."""

from __future__ import annotations

from workflows.core.step import Step
from workflows.core.ticket import StepContext
from workflows.timing import clock_operations as verbs
from workflows.timing.clock import Clock
from workflows.timing.escalation import compute_level_at
from workflows.timing.instants import Instant


def silence(step: Step, context: StepContext, now: Instant) -> Step:
    """The step without its messages, and with every escalation level due by `now` marked as fired.

    What such levels would have done (messages, priority, trigger) is left out: the history holds what really
    happened. Levels due later remain, so an open ticket is escalated from now on.
    """
    return step._replace(
        messages=(), clocks=tuple(_skip_due_levels(clock, context, now) for clock in step.clocks)
    )


def _skip_due_levels(clock: Clock, context: StepContext, now: Instant) -> Clock:
    policy = context.definition.policies.get(clock.policy or "")
    while policy is not None and clock.next_level_at is not None and clock.next_level_at <= now:
        clock = verbs.fire(clock, context.calendar, policy)
    return clock


def rewind(context: StepContext, at: Instant) -> StepContext:
    """The context in which exactly the levels due before `at`, the time of the next imported step, are fired.

    Until that step is known, all levels due by the present are marked as fired; a promise that was kept in
    time has fired none. Levels that really fired lie before `at`, because imported steps come in order.
    """
    return context._replace(clocks=tuple(_rewind_clock(at, each, context) for each in context.clocks))


def _rewind_clock(at: Instant, clock: Clock, context: StepContext) -> Clock:
    policy = context.definition.policies.get(clock.policy or "")
    if policy is None or not clock.running:
        return clock
    for level in range(len(policy.levels)):
        moment = compute_level_at(clock, policy, level, context.calendar)
        if moment is not None and moment >= at:
            return clock._replace(level=level, next_level_at=moment)
    return clock._replace(level=len(policy.levels), next_level_at=None)
