"""A promise and how far it has run: a value, changed only by the verbs in `clocks`.

A named tuple, as a step makes many: it is made and copied ten times faster than a frozen dataclass.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, NamedTuple, TypeAlias

from workflows.timing.instants import Instant

Verdict: TypeAlias = Literal["running", "overdue", "paused", "met", "missed"]
Event: TypeAlias = Literal["start", "pause", "resume", "stop", "restart", "replan"]
Ledger: TypeAlias = tuple[tuple[Instant, str], ...]
Stretch: TypeAlias = tuple[Instant, Instant | None]
"""From the first instant up to the second; None while it goes on."""


class Basis(StrEnum):
    """What a promise counts: opening time, time on the wall, or all time up to a fixed moment."""

    WORKING = "working"
    ELAPSED = "elapsed"
    FIXED = "fixed"


class Clock(NamedTuple):
    """A promise that runs. It is running, paused or stopped; a paused one has no `due_at` and is never late.

    `budget` and `consumed` are seconds of the basis; the time since `running_since` is not yet in `consumed`.
    `slack` is how much later than the last counted second the promise falls due (a time of day at night).
    `state` is the state whose `due` it is, if any. `promise` is a duration, or the moment in RFC 3339.
    `level` escalation levels have fired, the next does at `next_level_at`. The `ledger` keeps every event.
    `parked` says why the clock cannot be worked on, when so.
    """

    name: str
    state: str | None
    promise: str
    basis: Basis
    calendar: str
    budget: int
    consumed: int
    started_at: Instant
    running_since: Instant | None
    stopped_at: Instant | None
    due_at: Instant | None
    policy: str | None
    level: int
    next_level_at: Instant | None
    ledger: Ledger
    slack: int = 0
    parked: str | None = None

    @property
    def running(self) -> bool:
        """Time counts."""
        return self.running_since is not None

    @property
    def paused(self) -> bool:
        """Time does not count now but may again."""
        return self.running_since is None and self.stopped_at is None

    @property
    def stopped(self) -> bool:
        """The promise is settled, one way or the other."""
        return self.stopped_at is not None

    @property
    def stretches(self) -> list[Stretch]:
        """The times it ran since it was last started afresh, in order, from the ledger."""
        runs: list[Stretch] = []
        for at, event in self.ledger:
            if event in ("start", "restart"):
                runs = [(at, None)]
            elif event == "resume":
                runs.append((at, None))
            elif event in ("pause", "stop") and runs[-1][1] is None:
                runs[-1] = (runs[-1][0], at)
        return runs

    def verdict(self, now: Instant) -> Verdict:
        """How the promise stands: late one second after `due_at`, not at it."""
        if self.stopped_at is not None:
            return "missed" if self.due_at is not None and self.stopped_at > self.due_at else "met"
        if self.due_at is None:
            return "paused"
        return "overdue" if now > self.due_at else "running"
