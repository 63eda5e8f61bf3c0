"""The timetable of an office: the working hours of each local date, and the rule behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias, get_args
from zoneinfo import ZoneInfo

from workflows.timing.public_holidays import ANNOUNCED_YEARLY, ObservedHolidays, load_public_holidays
from workflows.timing.windows import Window

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Windows: TypeAlias = tuple[Window, ...]
WorkingDays: TypeAlias = Literal["to-close", "to-the-minute"]
AfterHours: TypeAlias = Literal["keep", "next-opening"]
WORKING_DAYS: tuple[str, ...] = get_args(WorkingDays)
AFTER_HOURS: tuple[str, ...] = get_args(AfterHours)


@dataclass(frozen=True, slots=True)
class DayHours:
    """The hours of one date. `rule` names their source; `closed_by` says why a day has none."""

    windows: Windows
    closed_by: str
    rule: str

    @property
    def hours(self) -> str:
        """The rule with its windows, e.g. `mon-fri 09:00-12:00, 13:30-18:00`."""
        return f"{self.rule} {', '.join(map(str, self.windows))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """The weekly hours of an office, and the dates with other hours.

    By precedence: `open_days`, then `closed_days`, the country's make-up working days (with
    `make_up_windows`), its holidays, and the `week` (Monday first).
    """

    zone: ZoneInfo
    week: tuple[Windows, ...]
    labels: tuple[str, ...]
    closed_days: Mapping[date, str]
    open_days: Mapping[date, tuple[Windows, str]]
    make_up_windows: Windows
    holidays: ObservedHolidays | None = None
    working_days: WorkingDays = "to-close"
    after_hours: AfterHours = "keep"

    def hours_on(self, on: date) -> DayHours:
        """The hours of a date with their source."""
        if on in self.open_days:
            windows, reason = self.open_days[on]
            return DayHours(windows, "", reason)
        if on in self.closed_days:
            return DayHours((), "closed", self.closed_days[on])
        public = load_public_holidays(self.holidays, on.year)
        if on in public.make_up_days:
            return DayHours(self.make_up_windows, "", "make-up working day")
        if on in public.days_off:
            return DayHours((), "holiday", public.days_off[on])
        if on in public.joined_weekends and self.week[on.weekday()]:
            return DayHours((), "holiday", public.joined_weekends[on])
        return DayHours(self.week[on.weekday()], "weekly rest day", self.labels[on.weekday()])

    def make_up_days_unknown(self, year: int) -> bool:
        """Whether no make-up working day of the year is known, from the library or the calendar's own days.

        Special hours on a day that is open anyway do not count as one.
        """
        if self.holidays is None or self.holidays.country not in ANNOUNCED_YEARLY:
            return False
        own = any(day.year == year and not self.week[day.weekday()] for day in self.open_days)
        return not own and not load_public_holidays(self.holidays, year).make_up_days
