"""Periods of reports in words: `month`, `previous quarter`, `month to 24`, `week to thursday`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflows.sentence import Sentence
from workflows.suggestions import find_nearest
from workflows.timing.instants import Instant, from_datetime, to_datetime

PERIOD_UNITS = ("day", "week", "month", "quarter", "year")
PATTERN = r"^((previous )?(day|week|month|quarter|year)|week to [a-z]+|month to [0-9]{1,2})$"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A period of whole days around an instant, or the one before it (`previous`).

    `last` is its last day, if not the unit's own: 0 (Monday) to 6 for a week, 1 to 28 for a month.
    """

    unit: str
    previous: bool = False
    last: int | None = None

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read the words of a period. Raises ValueError with a suggestion."""
        words = text.split()
        if len(words) == 3 and words[1] == "to":
            return cls(unit=words[0], last=_parse_last_day(words[0], words[2], text))
        previous = words[:1] == ["previous"]
        unit = " ".join(words[1:] if previous else words)
        if unit not in PERIOD_UNITS:
            raise ValueError(
                Sentence(
                    "period",
                    "{text!r} is no period; write day, week, month, quarter or year, `previous month`,"
                    " `week to thursday`, `month to 24`",
                    text=text,
                    meant=find_nearest(unit, PERIOD_UNITS),
                )
            )
        return cls(unit=unit, previous=previous)

    def bounds_at(self, moment: Instant, zone: ZoneInfo) -> tuple[Instant, Instant]:
        """[from, until) of the period around `moment`, or of the one before, by local days in `zone`."""
        day = to_datetime(moment, zone).date()
        begin, end = self._date_bounds(day)
        if self.previous:
            begin, end = self._date_bounds(begin - timedelta(days=1))
        return _midnight_instant(begin, zone), _midnight_instant(end, zone)

    def _date_bounds(self, day: date) -> tuple[date, date]:
        """The first day of the period around `day`, and the day after its last."""
        if self.unit == "day":
            return day, day + timedelta(days=1)
        if self.unit == "week":
            ends = 6 if self.last is None else self.last
            end = day + timedelta(days=(ends - day.weekday()) % 7 + 1)
            return end - timedelta(days=7), end
        if self.last is not None:
            last = (day if day.day <= self.last else _add_months(day, 1)).replace(day=self.last)
            before = _add_months(last, -1).replace(day=self.last)
            return before + timedelta(days=1), last + timedelta(days=1)
        length = _MONTHS[self.unit]
        begin = day.replace(month=(day.month - 1) // length * length + 1, day=1)
        return begin, _add_months(begin, length)


@dataclass(frozen=True, slots=True)
class PeriodBounds:
    """[since, until) of a period, of which only what lies before `cut` has come to pass."""

    since: Instant
    until: Instant
    cut: Instant

    @property
    def over(self) -> bool:
        """Whether all of it has come to pass."""
        return self.cut >= self.until

    def earlier(self, zone: ZoneInfo, *, years: int = 0) -> PeriodBounds:
        """The period before this one, or the same so many years ago, cut at the same place. A period of whole
        months is followed by months, whatever their length; any other by as many days."""
        months = 12 * years or _count_months(self.since, self.until, zone)
        if months:
            back = [_shift_months(at, -months, zone) for at in (self.since, self.until, self.cut)]
        else:
            days = (to_datetime(self.until, zone).date() - to_datetime(self.since, zone).date()).days
            back = [_shift_days(at, -max(1, days), zone) for at in (self.since, self.until, self.cut)]
        return PeriodBounds(back[0], back[1], min(back[1], back[2]))


def _count_months(since: Instant, until: Instant, zone: ZoneInfo) -> int:
    """How many months the period is long; 0 if it is not one, three or twelve whole months."""
    return next((each for each in (1, 3, 12) if _shift_months(since, each, zone) == until), 0)


def _shift_months(at: Instant, months: int, zone: ZoneInfo) -> Instant:
    """The same day and time so many months later; the last day of a month that has no such day."""
    local = to_datetime(at, zone)
    first = _add_months(local.date(), months)
    last = (_add_months(first, 1) - timedelta(days=1)).day
    return from_datetime(local.replace(year=first.year, month=first.month, day=min(local.day, last)))


def _shift_days(at: Instant, days: int, zone: ZoneInfo) -> Instant:
    """The same local time so many days later."""
    return from_datetime(to_datetime(at, zone) + timedelta(days=days))


def _parse_last_day(unit: str, word: str, text: str) -> int:
    if unit == "week" and word in _DAYS:
        return _DAYS.index(word)
    if unit == "month" and re.fullmatch("[0-9]{1,2}", word) and 1 <= int(word) <= 28:
        return int(word)
    if unit == "week":
        meant = find_nearest(word, _DAYS)
        raise ValueError(Sentence("period", "{text!r} is no period", text=text, meant=meant))
    pattern = "{text!r} is no period; a month ends with a day from 1 to 28"
    raise ValueError(Sentence("period", pattern, text=text))


def _add_months(day: date, months: int) -> date:
    """The first day of the month `months` later."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _midnight_instant(day: date, zone: ZoneInfo) -> Instant:
    return from_datetime(datetime.combine(day, time(), zone))
