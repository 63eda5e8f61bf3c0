"""Who is told, and when, while a promise runs out and after it has: a list of levels, each fired once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from workflows.timing.calendars import Calendar
from workflows.timing.clock import Clock
from workflows.timing.durations import Duration
from workflows.timing.instants import Instant
from workflows.timing.levels import Level, read_levels
from workflows.timing.problems import PolicyError
from workflows.timing.progress import reached

__all__ = ["EscalationPolicy", "Level", "PolicyError", "level_at"]


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """Levels in the order in which they fire."""

    name: str
    levels: tuple[Level, ...]

    @classmethod
    def from_spec(cls, name: str, spec: object) -> Self:
        """Build from plain data, repeated levels written out. PolicyError lists every problem in it."""
        return cls(name, read_levels(spec))


def level_at(clock: Clock, policy: EscalationPolicy, index: int, calendar: Calendar) -> Instant | None:
    """When the level with this index (from 0) fires, never before an earlier level.

    None when there is no such level or the clock is not running.
    """
    if clock.due_at is None or not clock.running or index >= len(policy.levels):
        return None
    after: dict[tuple[Duration, ...], Instant] = {(): clock.due_at}
    return max(_moment(level, clock, calendar, after) for level in policy.levels[: index + 1])


def _moment(
    level: Level, clock: Clock, calendar: Calendar, after: dict[tuple[Duration, ...], Instant]
) -> Instant:
    """When a level fires by its own rule; `after` remembers the moments that repeated levels build upon."""
    due = after[()]
    if level.at_percent is None:
        return _stepped(level.after, calendar, after)
    if level.at_percent == 100:
        return due
    part = reached(clock, calendar, clock.budget * level.at_percent // 100)
    assert part is not None, "a running clock reaches any part of its budget"
    return part if level.at_percent < 100 else max(due, part)


def _stepped(
    steps: tuple[Duration, ...], calendar: Calendar, after: dict[tuple[Duration, ...], Instant]
) -> Instant:
    for length in range(1, len(steps) + 1):
        if steps[:length] not in after:
            after[steps[:length]] = calendar.deadline(after[steps[: length - 1]], steps[length - 1])
    return after[steps]
