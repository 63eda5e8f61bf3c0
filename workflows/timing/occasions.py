"""Which days something recurs on, and at which times of the day: as people say it, without any calendar.

`last`, `first friday`, `25` of a month; `03-01` of a year; `08:30`, or the `open` and `close` of an office.
A text that names no such day or time raises ValueError with what is wrong and what was probably meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Self

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, weekday

from workflows.timing.durations import SECONDS_IN, Duration, Unit
from workflows.timing.problems import did_you_mean
from workflows.timing.timetable import WEEKDAYS
from workflows.timing.windows import MIDNIGHT

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
OPEN, CLOSE = "open", "close"
_SURE_DAYS = 28  # every month has them
_WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_YEAR_DAY = re.compile(r"(\d\d)-(\d\d)")
_DAY_SECONDS = 86_400
_LEAP_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Hour:
    """A time of the day: on the wall, or (`clock` is None) when the office opens or closes that day."""

    text: str
    clock: time | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `08:30`, `open` or `close`."""
        if text in (OPEN, CLOSE):
            return cls(text)
        found = _CLOCK.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is no time of the day; write it as 08:30, or as open or close")
        return cls(text, time(int(found[1]), int(found[2])))


@dataclass(frozen=True, slots=True)
class Rule:
    """Dates by one rule of RFC 5545: `by` are the arguments that rrule takes beside the frequency."""

    frequency: int
    by: tuple[tuple[str, Any], ...] = ()

    def dates(self, first: date, last: date) -> Iterator[date]:
        """The dates from `first` to `last`, both included."""
        start, until = datetime.combine(first, MIDNIGHT), datetime.combine(last, MIDNIGHT)
        dates: Iterator[datetime] = iter(rrule(self.frequency, dtstart=start, until=until, **dict(self.by)))
        return (each.date() for each in dates)


def every_day() -> Rule:
    """Each day."""
    return Rule(DAILY)


def of_week(names: tuple[str, ...]) -> Rule:
    """The weekdays of these names (`mon`)."""
    return Rule(WEEKLY, (("byweekday", tuple(WEEKDAYS.index(name) for name in names)),))


@dataclass(frozen=True, slots=True)
class MonthDay:
    """A day of each month, as rrule's `by` has it."""

    by: tuple[str, Any]

    @property
    def weekday(self) -> int | None:
        """The weekday it always falls on, Monday 0, if it does."""
        found: int | None = self.by[1].weekday if self.by[0] == "byweekday" else None
        return found

    @classmethod
    def parse(cls, said: int | str) -> Self:
        """Read `25`, `last`, `first friday`, `last fri`."""
        if isinstance(said, int):
            if not 1 <= said <= _SURE_DAYS:
                hint = "; did you mean last?" if _SURE_DAYS < said <= 31 else ""
                raise ValueError(f"not every month has a day {said}{hint}")
            return cls(("bymonthday", said))
        if said == "last":
            return cls(("bymonthday", -1))
        ordinal, _, day = said.partition(" ")
        if ordinal not in ORDINALS or not day:
            meant = did_you_mean(ordinal, ORDINALS)
            raise ValueError(f"{said!r} is no day of a month; write 25, last, or first friday{meant}")
        return cls(("byweekday", weekday(_weekday(day.strip()))(ORDINALS[ordinal])))


def _weekday(name: str) -> int:
    for names in (_WEEKDAY_NAMES, WEEKDAYS):
        if name in names:
            return names.index(name)
    raise ValueError(f"unknown weekday {name!r}{did_you_mean(name, _WEEKDAY_NAMES)}")


def of_month(days: tuple[MonthDay, ...], months: tuple[str, ...]) -> tuple[Rule, ...]:
    """Days of each month, or of the months named."""
    only = (("bymonth", tuple(MONTHS.index(name) + 1 for name in months)),) if months else ()
    return tuple(Rule(MONTHLY, (day.by, *only)) for day in days)


@dataclass(frozen=True, slots=True)
class YearDay:
    """A day of each year."""

    month: int
    day: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `03-01`."""
        found = _YEAR_DAY.fullmatch(text)
        try:
            on = date(_LEAP_YEAR, int(found[1]), int(found[2])) if found else None
        except ValueError:
            on = None
        if on is None:
            raise ValueError(f"{text!r} is no day of a year; write month and day, such as 03-01")
        if (on.month, on.day) == (2, 29):
            raise ValueError("not every year has a 02-29; did you mean 02-28 or 03-01?")
        return cls(on.month, on.day)

    @property
    def rule(self) -> Rule:
        """Its dates."""
        return Rule(YEARLY, (("bymonth", self.month), ("bymonthday", self.day)))


def round_the_clock(every: Duration, begin: Hour | None, until: Hour | None) -> tuple[Hour, ...]:
    """The times of a day from `begin` on, `every` so long, before `until`; past midnight if that is earlier.

    Without bounds from midnight to midnight. Times are on the wall.
    """
    step = every.amount * SECONDS_IN[every.unit]
    if every.working or every.unit in (Unit.DAYS, Unit.WEEKS) or step % 60 or step >= _DAY_SECONDS:
        raise ValueError(f"'{every}': rounds of a day are told in whole minutes or hours, less than a day")
    start, end = _seconds(begin), _seconds(until)
    length = (end - start) % _DAY_SECONDS or _DAY_SECONDS
    seconds = sorted((start + passed) % _DAY_SECONDS for passed in range(0, length, step))
    return tuple(Hour.parse(f"{each // 3600:02}:{each // 60 % 60:02}") for each in seconds)


def _seconds(hour: Hour | None) -> int:
    if hour is None:
        return 0
    if hour.clock is None:
        raise ValueError(f"{hour.text!r} has no fixed time; rounds go from and until a time such as 22:00")
    return hour.clock.hour * 3600 + hour.clock.minute * 60
