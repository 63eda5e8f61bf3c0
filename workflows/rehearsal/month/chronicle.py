"""What happened in a month: a log, the reports that were sent, and why each escalation came about."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from workflows.timing.instants import Instant, to_datetime


@dataclass(frozen=True, slots=True)
class Report:
    """A report that fell due: when it had to be with its recipient, and when it was (None: not yet)."""

    number: str
    workflow: str
    deadline: Instant
    sent_at: Instant | None

    @property
    def in_time(self) -> bool:
        """Whether its recipient had it by the deadline."""
        return self.sent_at is not None and self.sent_at <= self.deadline


@dataclass(frozen=True, slots=True)
class Raised:
    """A level that was fired: of whose clock, how that was counted, who heard, and why it came to it."""

    number: str
    clock: str
    level: int
    counted: str
    told: tuple[str, ...]
    why: str

    def __str__(self) -> str:
        told = ", ".join(self.told)
        return f"{self.number} {self.clock} level {self.level} tells {told}: {self.why} ({self.counted})"


@dataclass(slots=True)
class Chronicle:
    """Everything worth telling, in the order in which it happened."""

    zone: ZoneInfo
    log: list[str] = field(default_factory=list)
    opened: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    reports: list[Report] = field(default_factory=list)
    raised: list[Raised] = field(default_factory=list)
    parked: list[str] = field(default_factory=list)
    unopened: list[str] = field(default_factory=list)
    """Schedules' slots that could not be opened, with why."""

    def tell(self, now: Instant, what: str) -> None:
        """Add a line."""
        self.log.append(f"{to_datetime(now, self.zone):%Y-%m-%d %H:%M} {what}")

    @property
    def digest(self) -> str:
        """The fingerprint of the log: the same seed gives the same."""
        return hashlib.sha256("\n".join(self.log).encode()).hexdigest()[:16]

    @property
    def late(self) -> list[Report]:
        """The reports whose deadline has passed without their being sent."""
        return [report for report in self.reports if not report.in_time]

    @property
    def unexplained(self) -> list[Raised]:
        """The escalations of which nobody could say why."""
        return [each for each in self.raised if not each.why or not each.counted]

    @property
    def good(self) -> bool:
        """Whether every report was sent in time, every escalation is explained, and nothing was put aside."""
        return not (self.late or self.unexplained or self.parked or self.unopened)
