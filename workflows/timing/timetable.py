"""Which hours of which dates are working time, and by what rule: local dates and wall-clock times only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from workflows.timing.public_holidays import ANNOUNCED_YEARLY, public_holidays
from workflows.timing.windows import Window

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Windows: TypeAlias = tuple[Window, ...]
WorkingDays: TypeAlias = Literal["to-close", "to-the-minute"]
AfterHours: TypeAlias = Literal["keep", "next-opening"]


@dataclass(frozen=True, slots=True)
class Day:
    """The hours of one date. `rule` is what they come from; `closed_by` says why a day has none."""

    windows: Windows
    closed_by: str
    rule: str

    @property
    def hours(self) -> str:
        """The rule with all its windows, e.g. `mon-fri 09:00-12:00, 13:30-18:00`."""
        return f"{self.rule} {', '.join(map(str, self.windows))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """The weekly hours of an office and the dates that differ from them.

    A date named in `on` beats one in `off`, that beats the country's make-up working days (worked for the
    hours `make_up`), those beat its holidays, and these beat the `week` (Monday first).
    """

    zone: ZoneInfo
    week: tuple[Windows, ...]
    labels: tuple[str, ...]
    off: Mapping[date, str]
    on: Mapping[date, tuple[Windows, str]]
    make_up: Windows
    country: str | None = None
    working_days: WorkingDays = "to-close"
    after_hours: AfterHours = "keep"

    def day(self, on: date) -> Day:
        """The hours of a date and where they come from."""
        if on in self.on:
            windows, reason = self.on[on]
            return Day(windows, "", reason)
        if on in self.off:
            return Day((), "closed", self.off[on])
        public = public_holidays(self.country, on.year)
        if on in public.make_up:
            return Day(self.make_up, "", "make-up working day")
        if on in public.off:
            return Day((), "holiday", public.off[on])
        return Day(self.week[on.weekday()], "weekly rest day", self.labels[on.weekday()])

    def make_up_days_unknown(self, year: int) -> bool:
        """Whether neither the library nor the site's own dates name a make-up working day of the year."""
        announced = bool(public_holidays(self.country, year).make_up) or any(d.year == year for d in self.on)
        return self.country in ANNOUNCED_YEARLY and not announced
