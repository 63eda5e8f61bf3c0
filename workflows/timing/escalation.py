"""Escalation policies: levels that fire once each, before and after a promise falls due."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.timing.calendars import Calendar
from workflows.timing.clock import Clock
from workflows.timing.durations import Duration, Unit
from workflows.timing.escalation_levels import EscalationLevel
from workflows.timing.instants import Instant
from workflows.timing.progress import compute_consumed_at

__all__ = ["EscalationLevel", "EscalationPolicy", "compute_level_at"]


DEFAULT_WAIT = Duration(1, Unit.DAYS)
"""How long an acknowledged level can make the next one wait, where a policy says nothing else."""


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """The levels of a policy, in the order in which they fire, with repeated levels expanded.

    `acknowledge` is how long, from the first acknowledgement of a level, the next one can be made to wait.
    """

    name: str
    levels: tuple[EscalationLevel, ...]
    acknowledge: Duration = DEFAULT_WAIT

    def level(self, index: int) -> EscalationLevel:
        """The level with this index (from 0); the last one for a higher index.

        A clock can be further than the substitute policy of a stored version that can no longer be read.
        """
        return self.levels[min(index, len(self.levels) - 1)]


def compute_level_at(
    clock: Clock, policy: EscalationPolicy, index: int, calendar: Calendar
) -> Instant | None:
    """The instant at which the level with this index (from 0) fires, never before an earlier level, nor
    while a level before it is acknowledged.

    None if there is no such level or the clock is not running.
    """
    if clock.due_at is None or not clock.running or index >= len(policy.levels):
        return None
    after: dict[tuple[Duration, ...], Instant] = {(): clock.due_at}
    at = max(_compute_own_level_at(level, clock, calendar, after) for level in policy.levels[: index + 1])
    seen = clock.acknowledged
    return at if seen is None or index < seen.level else max(at, seen.until)


def _compute_own_level_at(
    level: EscalationLevel, clock: Clock, calendar: Calendar, after: dict[tuple[Duration, ...], Instant]
) -> Instant:
    """When a level fires by its own rule; `after` caches the instants that repeated levels build upon."""
    due = after[()]
    if level.at_percent is None:
        return _add_durations(level.after, calendar, after)
    if level.at_percent == 100:
        return due
    part = compute_consumed_at(clock, calendar, clock.budget * level.at_percent // 100)
    assert part is not None, "a running clock reaches any part of its budget"
    return part if level.at_percent < 100 else max(due, part)


def _add_durations(
    steps: tuple[Duration, ...], calendar: Calendar, after: dict[tuple[Duration, ...], Instant]
) -> Instant:
    for length in range(1, len(steps) + 1):
        if steps[:length] not in after:
            after[steps[:length]] = calendar.deadline(after[steps[: length - 1]], steps[length - 1])
    return after[steps]
