"""The clock of a promise: an immutable value, changed by the functions of `clock_operations`.

It is a named tuple because a step makes many: ten times faster to make and copy than a frozen dataclass.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, NamedTuple, TypeAlias

from workflows.timing.instants import Instant

ClockStatus: TypeAlias = Literal["running", "overdue", "paused", "met", "missed"]
ClockEvent: TypeAlias = Literal["start", "pause", "resume", "stop", "restart", "replan"]
Ledger: TypeAlias = tuple[tuple[Instant, str], ...]
Interval: TypeAlias = tuple[Instant, Instant | None]
"""[start, end); an end of None means that it is still running."""


class Basis(StrEnum):
    """What a clock counts: opening time, elapsed time, or elapsed time up to a fixed instant."""

    WORKING = "working"
    ELAPSED = "elapsed"
    FIXED = "fixed"


class Acknowledgement(NamedTuple):
    """Somebody has seen that the promise runs out or is late: the next level waits until `until`.

    * level: how many levels had fired; what holds back the next one
    * first_at: when this level was first acknowledged; the limit counts from it
    """

    level: int
    by: str  # staff id
    first_at: Instant
    until: Instant


class Clock(NamedTuple):
    """A promise being counted: running, paused or stopped. A paused one has no `due_at` and is never overdue.

    * budget, consumed: seconds of the basis; the time since `running_since` is not yet in `consumed`
    * slack: seconds from the last counted second to the due (a time of day outside opening hours)
    * state: the state whose `due` this is, if any
    * promise: a duration, or an instant in RFC 3339
    * level: how many escalation levels have fired; the next one fires at `next_level_at`
    * ledger: every event of the clock, in order
    * parked: why the clock cannot be worked on; None if it can
    * seal: that of the calendar by which it was last planned
    * acknowledged: the latest acknowledgement since it was started
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
    seal: str = ""
    acknowledged: Acknowledgement | None = None

    @property
    def running(self) -> bool:
        """Whether time counts now."""
        return self.running_since is not None

    @property
    def paused(self) -> bool:
        """Whether time does not count now, but may again."""
        return self.running_since is None and self.stopped_at is None

    @property
    def stopped(self) -> bool:
        """Whether the promise is settled, met or missed."""
        return self.stopped_at is not None

    @property
    def planned_at(self) -> Instant:
        """The instant at which the due was last computed from the promise."""
        planned = (at for at, event in reversed(self.ledger) if event in ("start", "restart", "replan"))
        return next(planned, self.started_at)

    @property
    def running_intervals(self) -> list[Interval]:
        """The intervals in which it ran since the last start or restart, in order."""
        runs: list[Interval] = []
        for at, event in self.ledger:
            if event in ("start", "restart"):
                runs = [(at, None)]
            elif event == "resume":
                runs.append((at, None))
            elif event in ("pause", "stop") and runs[-1][1] is None:
                runs[-1] = (runs[-1][0], at)
        return runs

    def status(self, now: Instant) -> ClockStatus:
        """The status at `now`. A clock is overdue from one second after `due_at`."""
        if self.stopped_at is not None:
            return "missed" if self.due_at is not None and self.stopped_at > self.due_at else "met"
        if self.due_at is None:
            return "paused"
        return "overdue" if now > self.due_at else "running"
