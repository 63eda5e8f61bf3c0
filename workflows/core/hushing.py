"""History that is brought in afterwards makes no noise: nobody is told today of what was late years ago."""

from __future__ import annotations

from workflows.core.step import Step
from workflows.language.definition import Definition
from workflows.timing import clocks as verbs
from workflows.timing.clock import Clock
from workflows.timing.instants import Instant


def hushed(step: Step, definition: Definition, now: Instant) -> Step:
    """The step without its messages, and with every escalation level due by `now` taken as fired.

    What such levels would have done (told somebody, raised the priority, pulled a trigger) is left undone:
    the history says what really happened. Levels due later stay, so an open ticket is escalated from here on.
    """
    return step._replace(messages=(), clocks=tuple(_past(clock, definition, now) for clock in step.clocks))


def _past(clock: Clock, definition: Definition, now: Instant) -> Clock:
    policy = definition.policies.get(clock.policy or "")
    while policy is not None and clock.next_level_at is not None and clock.next_level_at <= now:
        clock = verbs.fire(clock, definition.calendar, policy)
    return clock
