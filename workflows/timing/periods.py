"""The time that a report covers, in words: `month`, `previous quarter`, `month to 24`, `week to thursday`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflows.timing.instants import Instant, from_datetime, to_datetime
from workflows.timing.problems import did_you_mean

UNITS = ("day", "week", "month", "quarter", "year")
PATTERN = r"^((previous )?(day|week|month|quarter|year)|week to [a-z]+|month to [0-9]{1,2})$"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of whole days around a moment, or the one before it.

    `last` is the day it ends with, where that is not the unit's own last day: of a week 0 (Monday) to 6, of a
    month 1 to 28.
    """

    unit: str
    previous: bool = False
    last: int | None = None

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period of the words. ValueError says what was probably meant."""
        words = text.split()
        if len(words) == 3 and words[1] == "to":
            return cls(unit=words[0], last=_last(words[0], words[2], text))
        previous = words[:1] == ["previous"]
        unit = " ".join(words[1:] if previous else words)
        if unit not in UNITS:
            raise ValueError(
                f"{text!r} is no period; write day, week, month, quarter or year, `previous month`, "
                f"`week to thursday`, `month to 24`{did_you_mean(unit, UNITS)}"
            )
        return cls(unit=unit, previous=previous)

    def around(self, moment: Instant, zone: ZoneInfo) -> tuple[Instant, Instant]:
        """[from, until) of the period that `moment` lies in (or of the one before), in `zone`."""
        day = to_datetime(moment, zone).date()
        begin, end = self._days(day)
        if self.previous:
            begin, end = self._days(begin - timedelta(days=1))
        return _midnight(begin, zone), _midnight(end, zone)

    def _days(self, day: date) -> tuple[date, date]:
        """The first day of the period that `day` lies in, and the day after its last."""
        if self.unit == "day":
            return day, day + timedelta(days=1)
        if self.unit == "week":
            ends = 6 if self.last is None else self.last
            end = day + timedelta(days=(ends - day.weekday()) % 7 + 1)
            return end - timedelta(days=7), end
        if self.last is not None:
            last = (day if day.day <= self.last else _later(day, 1)).replace(day=self.last)
            before = _later(last, -1).replace(day=self.last)
            return before + timedelta(days=1), last + timedelta(days=1)
        length = _MONTHS[self.unit]
        begin = day.replace(month=(day.month - 1) // length * length + 1, day=1)
        return begin, _later(begin, length)


def _last(unit: str, word: str, text: str) -> int:
    if unit == "week" and word in _DAYS:
        return _DAYS.index(word)
    if unit == "month" and re.fullmatch("[0-9]{1,2}", word) and 1 <= int(word) <= 28:
        return int(word)
    meant = did_you_mean(word, _DAYS) if unit == "week" else "; a month ends with a day from 1 to 28"
    raise ValueError(f"{text!r} is no period{meant}")


def _later(day: date, months: int) -> date:
    """The first of the month that many months later."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _midnight(day: date, zone: ZoneInfo) -> Instant:
    return from_datetime(datetime.combine(day, time(), zone))
