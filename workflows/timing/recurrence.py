"""Recurrences: days and times, moved off closed days, opened ahead by a lead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple, Protocol, TypeAlias

from workflows.timing.calendars import Calendar, CalendarError
from workflows.timing.daily_times import DailyTimes
from workflows.timing.date_intervals import IsWorkingDay
from workflows.timing.durations import SECONDS_IN, Duration, Unit
from workflows.timing.instants import Instant, from_datetime, to_datetime
from workflows.timing.recurrence_days import CLOSE, ScheduledTime
from workflows.timing.windows import MIDNIGHT

Roll: TypeAlias = Literal["none", "forward", "backward", "next-week", "skip"]
ROLLS: tuple[Roll, ...] = ("none", "forward", "backward", "next-week", "skip")
_DAY = timedelta(days=1)
_STEPS: Mapping[Roll, timedelta] = {"forward": _DAY, "backward": -_DAY, "next-week": 7 * _DAY}
_MAX_SHIFT_DAYS = 92  # the most days that a slot is rolled, or searched for a working day of a lead
_HORIZONS = (8, 64, 800)  # days ahead in which the next slots are searched, step by step


class DayRule(Protocol):
    """The days on which something recurs, and the names of its slots."""

    def days(self, first: date, last: date, is_working_day: IsWorkingDay, /) -> Iterator[tuple[date, str]]:
        """(date, name) from `first` to `last`, both included; each name begins with an ISO date."""


class Slot(NamedTuple):
    """One time of a recurrence.

    * key: day and time by the rule ("2026-10-02 10:00"), the same after a change of the calendar; so the
      third working day of a month is named after the month
    * at: its instant, moved off a closed day
    * opens_at: when its ticket is opened: `at`, or earlier by the lead
    """

    key: str
    at: Instant
    opens_at: Instant


def parse_slot_date(key: str) -> date:
    """The date in a slot's key: the day before any move."""
    return date.fromisoformat(key.partition(" ")[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """The slots of a schedule in the time zone of its calendar. Slots at one instant count once."""

    rules: tuple[DayRule, ...]
    times: tuple[ScheduledTime, ...] | DailyTimes
    calendar: Calendar
    roll: Roll = "none"
    lead: Duration | None = None

    def slots(self, start: Instant, end: Instant) -> list[Slot]:
        """The slots that open in [start, end), in order of opening.

        Raises CalendarError outside the calendar's years, or if there is no working day within
        `_MAX_SHIFT_DAYS`.
        """
        if end <= start:
            return []
        back, ahead = self._search_margins()
        first, last = self._local_date(start) - back, self._local_date(end) + ahead
        by_instant: dict[Instant, Slot] = {}
        for day, name in self._dates(first, last):
            for slot in self._slots_of_day(day, name):
                by_instant.setdefault(slot.at, slot)
        return sorted(
            (slot for slot in by_instant.values() if start <= slot.opens_at < end),
            key=lambda slot: (slot.opens_at, slot.at),
        )

    def upcoming(self, after: Instant, count: int) -> list[Slot]:
        """The next `count` slots that open at or after an instant; fewer if it recurs rarely."""
        slots_ahead: list[Slot] = []
        for days in _HORIZONS:
            slots_ahead = self.slots(after, after + days * SECONDS_IN[Unit.DAYS])
            if len(slots_ahead) >= count:
                break
        return slots_ahead[:count]

    def _search_margins(self) -> tuple[timedelta, timedelta]:
        """How far the rule's day of a slot can lie from its opening: (before it, after it)."""
        rolled = _MAX_SHIFT_DAYS if self.roll in _STEPS else 0
        ahead = rolled + 1
        if self.lead is not None and self.lead.unit is Unit.WORKING_DAYS:
            ahead += self.lead.amount * 7 + _MAX_SHIFT_DAYS
        elif self.lead is not None:
            ahead += self.lead.amount * SECONDS_IN[self.lead.unit] // SECONDS_IN[Unit.DAYS] + 1
        return timedelta(days=rolled + 2), timedelta(days=ahead)  # a night closes a day later

    def _dates(self, first: date, last: date) -> list[tuple[date, str]]:
        is_working_day = self.calendar.is_working_day
        return sorted({each for rule in self.rules for each in rule.days(first, last, is_working_day)})

    def _slots_of_day(self, day: date, name: str) -> Iterator[Slot]:
        rolled = self._roll_day(day)
        if rolled is None:
            return
        for at, hour in sorted(self._instants_on(rolled)):
            yield Slot(f"{name} {hour}", at, self._compute_opens_at(at))

    def _roll_day(self, day: date) -> date | None:
        """The day on which a slot of `day` takes place; None if it is skipped."""
        if self.roll == "none" or self.calendar.is_working_day(day):
            return day
        if self.roll == "skip":
            return None
        step, candidate = _STEPS[self.roll], day
        while abs(candidate + step - day) <= timedelta(days=_MAX_SHIFT_DAYS):
            candidate += step
            if self.calendar.is_working_day(candidate):
                return candidate
        raise CalendarError(f"{self.calendar.name} has no working day within {_MAX_SHIFT_DAYS} of {day}")

    def _instants_on(self, day: date) -> Iterable[tuple[Instant, str]]:
        if isinstance(self.times, DailyTimes):
            return self.times.times_on(day, self.calendar.zone)
        return ((self._compute_instant(day, hour), hour.text) for hour in self.times)

    def _compute_instant(self, day: date, hour: ScheduledTime) -> Instant:
        if hour.wall_time is not None:
            return self._to_instant(datetime.combine(day, hour.wall_time))
        if hour.text == CLOSE:
            return self.calendar.closing_time(day)
        return self._opening_instant(day)

    def _opening_instant(self, day: date) -> Instant:
        """The opening of a date; midnight of a day of rest."""
        windows = self.calendar.windows(day)
        return windows[0][0] if windows else self._to_instant(datetime.combine(day, MIDNIGHT))

    def _compute_opens_at(self, at: Instant) -> Instant:
        """When the ticket of a slot is opened. A lead in working days ends at the opening of the day."""
        if self.lead is None:
            return at
        if self.lead.unit is not Unit.WORKING_DAYS:
            return self.calendar.subtract(at, self.lead)
        day, left = self._local_date(at), self.lead.amount
        for _ in range(self.lead.amount * 7 + _MAX_SHIFT_DAYS):
            day -= _DAY
            left -= self.calendar.is_working_day(day)
            if left == 0:
                return self._opening_instant(day)
        raise CalendarError(f"{self.calendar.name} has no {self.lead} before {day}")

    def _local_date(self, at: Instant) -> date:
        return to_datetime(at, self.calendar.zone).date()

    def _to_instant(self, local: datetime) -> Instant:
        return from_datetime(local.replace(tzinfo=self.calendar.zone))
