"""Intervals of days, weeks or months from a start date (RFC 5545's INTERVAL), and working days by number."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Self

from workflows.sentence import Sentence
from workflows.suggestions import find_nearest

IntervalUnit = Literal["days", "weeks", "months"]
INTERVAL_UNITS: tuple[IntervalUnit, ...] = ("days", "weeks", "months")
_INTERVAL_PATTERN = re.compile(r"([0-9]{1,4}) +(day|week|month)s?")
_NUMBERED_PATTERN = re.compile(r"working day ([0-9]{1,2})")
_MAX_COUNT = {"days": 3_660, "weeks": 520, "months": 120}
_MAX_WORKING_DAYS = 23
_DAY = timedelta(days=1)
IsWorkingDay = Callable[[date], bool]
"""Whether a date is a working day."""


@dataclass(frozen=True, slots=True)
class DateInterval:
    """An interval of `count` days, weeks or months."""

    count: int
    unit: IntervalUnit

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read `2 weeks`; None for another kind of text. Raises ValueError if the number is out of range."""
        match = _INTERVAL_PATTERN.fullmatch(text.strip())
        if match is None:
            return None
        unit: IntervalUnit = next(each for each in INTERVAL_UNITS if each.startswith(match[2]))
        count = int(match[1])
        if not 1 <= count <= _MAX_COUNT[unit]:
            raise ValueError(
                Sentence(
                    "recurrence",
                    "{text!r}: from 1 to {most} {unit} can lie between two",
                    text=text,
                    most=_MAX_COUNT[unit],
                    unit=unit,
                )
            )
        return cls(count, unit)

    def falls_on(self, day: date, start: date) -> bool:
        """Whether a day is `start`, or a whole number of intervals after it.

        In a month that is too short, the last day counts.
        """
        if day < start:
            return False
        if self.unit != "months":
            return (day - start).days % (self.count * (7 if self.unit == "weeks" else 1)) == 0
        months = (day.year - start.year) * 12 + day.month - start.month
        wanted = min(start.day, monthrange(day.year, day.month)[1])
        return months % self.count == 0 and day.day == wanted

    def __str__(self) -> str:
        return f"{self.count} {self.unit if self.count > 1 else self.unit.removesuffix('s')}"


@dataclass(frozen=True, slots=True)
class IntervalRule:
    """The days at this interval from `start`.

    With `weekdays` (Monday 0): those weekdays in every `count`-th week, counted from the week of `start`.
    """

    interval: DateInterval
    start: date
    weekdays: tuple[int, ...] = ()

    def days(self, first: date, last: date, is_working_day: IsWorkingDay) -> Iterator[tuple[date, str]]:  # noqa: ARG002
        """The dates from `first` to `last`, both included, each with its ISO date as name."""
        day = max(first, self.start)
        while day <= last:
            if self._includes(day):
                yield day, day.isoformat()
            day += _DAY

    def _includes(self, day: date) -> bool:
        if not self.weekdays:
            return self.interval.falls_on(day, self.start)
        weeks = (_monday_of(day) - _monday_of(self.start)).days // 7
        return day.weekday() in self.weekdays and weeks % self.interval.count == 0


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """The `nth` working day of a month; -1 is the last."""

    nth: int

    @classmethod
    def parse(cls, text: str, ordinals: dict[str, int]) -> Self | None:
        """Read `first working day`, `last working day` or `working day 5`; None for another kind of text."""
        if numbered := _NUMBERED_PATTERN.fullmatch(text):
            if not 1 <= int(numbered[1]) <= _MAX_WORKING_DAYS:
                raise ValueError(
                    Sentence(
                        "recurrence",
                        "{text!r}: a month has up to {most} working days",
                        text=text,
                        most=_MAX_WORKING_DAYS,
                    )
                )
            return cls(int(numbered[1]))
        ordinal, _, rest = text.partition(" ")
        if rest != "working day":
            return None
        if ordinal not in ordinals:
            meant = find_nearest(ordinal, ordinals)
            raise ValueError(
                Sentence(
                    "date",
                    "{text!r} is no day of a month; write third working day, or working day 5",
                    text=text,
                    meant=meant,
                )
            )
        return cls(ordinals[ordinal])


@dataclass(frozen=True, slots=True)
class WorkingDayRule:
    """A working day of each month, or of the given months (January 1).

    Its slots are named after the month, because the date may change with the calendar.
    """

    day: WorkingDay
    months: tuple[int, ...] = ()

    def days(self, first: date, last: date, is_working_day: IsWorkingDay) -> Iterator[tuple[date, str]]:
        """The dates from `first` to `last`, each with the name of its month."""
        month = first.replace(day=1)
        while month <= last:
            following = (month + 31 * _DAY).replace(day=1)
            if not self.months or month.month in self.months:
                day = self._find_working_day(month, following, is_working_day)
                if day is not None and first <= day <= last:
                    yield day, f"{month.isoformat()} working-day-{self.day.nth}"
            month = following

    def _find_working_day(self, month: date, following: date, is_working_day: IsWorkingDay) -> date | None:
        dates = (month + count * _DAY for count in range((following - month).days))
        working = [day for day in dates if is_working_day(day)]
        place = self.day.nth - 1 if self.day.nth > 0 else self.day.nth
        return working[place] if -len(working) <= place < len(working) else None


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
