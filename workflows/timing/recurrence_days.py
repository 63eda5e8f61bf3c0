"""Days and times of a recurrence, as written in a definition, without a calendar.

`last`, `first friday` or `25` of a month; `03-01` of a year; `08:30`, or `open` and `close` of an office.
Other texts raise ValueError with a suggestion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Self

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekday

from workflows.sentence import Sentence
from workflows.suggestions import find_nearest
from workflows.timing.date_intervals import IsWorkingDay, WorkingDay, WorkingDayRule
from workflows.timing.timetable import WEEKDAYS
from workflows.timing.windows import MIDNIGHT

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
OPEN, CLOSE = "open", "close"
_SHORTEST_MONTH_DAYS = 28  # every month has them
_WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME_PATTERN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_YEAR_DAY_PATTERN = re.compile(r"(\d\d)-(\d\d)")
_DAY_SECONDS = 86_400
_LEAP_YEAR = 2000


@dataclass(frozen=True, slots=True)
class ScheduledTime:
    """A local time of day; `wall_time` is None for the opening or close of the day."""

    text: str
    wall_time: time | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `08:30`, `open` or `close`."""
        if text in (OPEN, CLOSE):
            return cls(text)
        match = _TIME_PATTERN.fullmatch(text)
        if match is None:
            raise ValueError(
                Sentence(
                    "time",
                    "{text!r} is no time of the day; write it as 08:30, or as open or close",
                    text=text,
                )
            )
        return cls(text, time(int(match[1]), int(match[2])))


@dataclass(frozen=True, slots=True)
class Rule:
    """Dates by a rule of RFC 5545: `by` are rrule's arguments besides the frequency."""

    frequency: int
    by: tuple[tuple[str, Any], ...] = ()

    def days(self, first: date, last: date, is_working_day: IsWorkingDay) -> Iterator[tuple[date, str]]:  # noqa: ARG002
        """The dates from `first` to `last`, both included, each with its ISO date as name."""
        start, until = datetime.combine(first, MIDNIGHT), datetime.combine(last, MIDNIGHT)
        dates: Iterator[datetime] = iter(rrule(self.frequency, dtstart=start, until=until, **dict(self.by)))
        return ((each.date(), each.date().isoformat()) for each in dates)


def build_daily_rule() -> Rule:
    """The rule for every day."""
    return Rule(DAILY)


def build_weekly_rule(names: tuple[str, ...]) -> Rule:
    """The rule for these weekdays (`mon`)."""
    return Rule(WEEKLY, (("byweekday", tuple(WEEKDAYS.index(name) for name in names)),))


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day of each month, as one of rrule's `by` arguments."""

    by: tuple[str, Any]

    @property
    def weekday(self) -> int | None:
        """The weekday on which it always falls (Monday 0); None for a day by number."""
        day: int | None = self.by[1].weekday if self.by[0] == "byweekday" else None
        return day

    @classmethod
    def parse(cls, value: int | str) -> Self:
        """Read `25`, `last`, `first friday` or `last fri`."""
        if isinstance(value, int):
            if not 1 <= value <= _SHORTEST_MONTH_DAYS:
                meant = "last" if _SHORTEST_MONTH_DAYS < value <= 31 else None
                raise ValueError(
                    Sentence("no-such-day", "not every month has a day {value}", value=value, meant=meant)
                )
            return cls(("bymonthday", value))
        if value == "last":
            return cls(("bymonthday", -1))
        ordinal, _, day = value.partition(" ")
        if ordinal not in ORDINALS or not day:
            meant = find_nearest(ordinal, ORDINALS)
            raise ValueError(
                Sentence(
                    "date",
                    "{value!r} is no day of a month; write 25, last, or first friday",
                    value=value,
                    meant=meant,
                )
            )
        return cls(("byweekday", weekday(_parse_weekday(day.strip()))(ORDINALS[ordinal])))


def _parse_weekday(name: str) -> int:
    for names in (_WEEKDAY_NAMES, WEEKDAYS):
        if name in names:
            return names.index(name)
    raise ValueError(
        Sentence(
            "unknown-word", "unknown weekday {name!r}", name=name, meant=find_nearest(name, _WEEKDAY_NAMES)
        )
    )


def build_monthly_rules(
    days: tuple[MonthDay | WorkingDay, ...], months: tuple[str, ...]
) -> tuple[Rule | WorkingDayRule, ...]:
    """The rules for these days of each month, or of the named months only."""
    numbers = tuple(MONTHS.index(name) + 1 for name in months)
    by_month = (("bymonth", numbers),) if months else ()
    return tuple(
        WorkingDayRule(day, numbers) if isinstance(day, WorkingDay) else Rule(MONTHLY, (day.by, *by_month))
        for day in days
    )


def parse_day_of_month(value: int | str) -> MonthDay | WorkingDay:
    """Read `25`, `last`, `first friday`, `third working day`, `working day 5`. ValueError otherwise."""
    working = WorkingDay.parse(value, ORDINALS) if isinstance(value, str) else None
    return working or MonthDay.parse(value)


@dataclass(frozen=True, slots=True)
class YearDay:
    """A day of each year, never 29 February."""

    month: int
    day: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `03-01` (month and day). Raises ValueError otherwise."""
        match = _YEAR_DAY_PATTERN.fullmatch(text)
        try:
            on = date(_LEAP_YEAR, int(match[1]), int(match[2])) if match else None
        except ValueError:
            on = None
        if on is None:
            raise ValueError(
                Sentence(
                    "date", "{text!r} is no day of a year; write month and day, such as 03-01", text=text
                )
            )
        if (on.month, on.day) == (2, 29):
            raise ValueError(
                Sentence("no-such-day", "not every year has a 02-29; did you mean 02-28 or 03-01?")
            )
        return cls(on.month, on.day)

    @property
    def rule(self) -> Rule:
        """The rule for its dates."""
        return Rule(YEARLY, (("bymonth", self.month), ("bymonthday", self.day)))
