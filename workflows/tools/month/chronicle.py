"""The results of a month: a log, the reports that were due, and the reason of each escalation."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from workflows.timing.instants import Instant, to_datetime


@dataclass(frozen=True, slots=True)
class DueReport:
    """A report that was due in the month. `sent_at` is None if it was not sent."""

    number: str
    workflow: str
    deadline: Instant
    sent_at: Instant | None

    @property
    def in_time(self) -> bool:
        """Whether it was sent by the deadline."""
        return self.sent_at is not None and self.sent_at <= self.deadline


@dataclass(frozen=True, slots=True)
class FiredLevel:
    """An escalation level that was fired: how its clock was counted, who was notified, and why it was
    reached."""

    number: str
    clock: str
    level: int
    counted: str
    recipients: tuple[str, ...]
    reason: str

    def __str__(self) -> str:
        names = ", ".join(self.recipients)
        return f"{self.number} {self.clock} level {self.level} tells {names}: {self.reason} ({self.counted})"


@dataclass(slots=True)
class Chronicle:
    """Everything that happened in the month, in order."""

    zone: ZoneInfo
    log: list[str] = field(default_factory=list)
    opened: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    reports: list[DueReport] = field(default_factory=list)
    fired_levels: list[FiredLevel] = field(default_factory=list)
    parked: list[str] = field(default_factory=list)
    unopened: list[str] = field(default_factory=list)
    """The slots that could not be opened, each with its reason."""

    def add_line(self, now: Instant, what: str) -> None:
        """Add a line with the local time."""
        self.log.append(f"{to_datetime(now, self.zone):%Y-%m-%d %H:%M} {what}")

    @property
    def digest(self) -> str:
        """The digest of the log; the same seed gives the same digest."""
        return hashlib.sha256("\n".join(self.log).encode()).hexdigest()[:16]

    @property
    def late_reports(self) -> list[DueReport]:
        """The reports that were not sent by their deadline."""
        return [report for report in self.reports if not report.in_time]

    @property
    def unexplained(self) -> list[FiredLevel]:
        """The escalations without a reason."""
        return [each for each in self.fired_levels if not each.reason or not each.counted]

    @property
    def is_good(self) -> bool:
        """Whether every report was sent in time, every escalation has a reason, and nothing was parked."""
        return not (self.late_reports or self.unexplained or self.parked or self.unopened)
