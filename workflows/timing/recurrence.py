"""When something is to be opened again and again: days and times, moved off closed days, opened ahead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple, TypeAlias

from workflows.timing.calendars import Calendar
from workflows.timing.durations import SECONDS_IN, Duration, Unit
from workflows.timing.instants import Instant, from_datetime, to_datetime
from workflows.timing.occasions import CLOSE, Hour, Rule
from workflows.timing.problems import CalendarError
from workflows.timing.windows import MIDNIGHT

Roll: TypeAlias = Literal["none", "forward", "backward", "next-week", "skip"]
ROLLS: tuple[Roll, ...] = ("none", "forward", "backward", "next-week", "skip")
_DAY = timedelta(days=1)
_STEPS: Mapping[Roll, timedelta] = {"forward": _DAY, "backward": -_DAY, "next-week": 7 * _DAY}
_FURTHEST = 92  # days that a slot may be rolled, and that a lead of working days looks back for each
_HORIZONS = (8, 64, 800)  # days ahead in which the next slots are looked for, ever further


class Slot(NamedTuple):
    """One time that something recurs.

    key       its day and time as the rule has them ("2026-10-02 10:00"); a changed calendar moves it not
    at        the moment itself, moved off a closed day
    opens_at  when its ticket is opened: `at`, or so much earlier
    """

    key: str
    at: Instant
    opens_at: Instant


def rule_day(key: str) -> date:
    """The day that a slot's key names: before it was moved."""
    return date.fromisoformat(key.partition(" ")[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """The slots of a schedule in the zone of its calendar. Of two that fall on one moment there is one."""

    rules: tuple[Rule, ...]
    hours: tuple[Hour, ...]
    calendar: Calendar
    roll: Roll = "none"
    lead: Duration | None = None

    def slots(self, start: Instant, end: Instant) -> list[Slot]:
        """The slots that are opened in [start, end), in the order of their opening.

        CalendarError beyond the years that calendars know, and for a closure of a quarter of a year.
        """
        if end <= start:
            return []
        back, ahead = self._reach()
        first, last = self._date(start) - back, self._date(end) + ahead
        found: dict[Instant, Slot] = {}
        for day in self._dates(first, last):
            for slot in self._of_day(day):
                found.setdefault(slot.at, slot)
        return sorted(
            (slot for slot in found.values() if start <= slot.opens_at < end),
            key=lambda slot: (slot.opens_at, slot.at),
        )

    def upcoming(self, after: Instant, count: int) -> list[Slot]:
        """The next `count` slots that are opened at or after a moment; fewer if it hardly ever recurs."""
        found: list[Slot] = []
        for days in _HORIZONS:
            found = self.slots(after, after + days * SECONDS_IN[Unit.DAYS])
            if len(found) >= count:
                break
        return found[:count]

    def _reach(self) -> tuple[timedelta, timedelta]:
        """How far from its opening the rule's own day of a slot can lie: to the past, to the future."""
        rolled = _FURTHEST if self.roll in _STEPS else 0
        ahead = rolled + 1
        if self.lead is not None and self.lead.unit is Unit.WORKING_DAYS:
            ahead += self.lead.amount * 7 + _FURTHEST
        elif self.lead is not None:
            ahead += self.lead.amount * SECONDS_IN[self.lead.unit] // SECONDS_IN[Unit.DAYS] + 1
        return timedelta(days=rolled + 1), timedelta(days=ahead)

    def _dates(self, first: date, last: date) -> list[date]:
        return sorted({day for rule in self.rules for day in rule.dates(first, last)})

    def _of_day(self, day: date) -> Iterator[Slot]:
        rolled = self._rolled(day)
        if rolled is None:
            return
        moments = sorted((self._moment(rolled, hour), hour.text) for hour in self.hours)
        for at, hour in moments:
            yield Slot(f"{day} {hour}", at, self._opening(at))

    def _rolled(self, day: date) -> date | None:
        """The day a slot of `day` takes place; None if it falls away."""
        if self.roll == "none" or self.calendar.is_working_day(day):
            return day
        if self.roll == "skip":
            return None
        step, found = _STEPS[self.roll], day
        while abs(found + step - day) <= timedelta(days=_FURTHEST):
            found += step
            if self.calendar.is_working_day(found):
                return found
        raise CalendarError([((), f"{self.calendar.name} has no working day within {_FURTHEST} of {day}")])

    def _moment(self, day: date, hour: Hour) -> Instant:
        if hour.clock is not None:
            return self._on_clock(datetime.combine(day, hour.clock))
        if hour.text == CLOSE:
            return self.calendar.close_of(day)
        return self._opens(day)

    def _opens(self, day: date) -> Instant:
        """When the office opens on a date; on a rest day, the midnight it begins with."""
        windows = self.calendar.windows(day)
        return windows[0][0] if windows else self._on_clock(datetime.combine(day, MIDNIGHT))

    def _opening(self, at: Instant) -> Instant:
        """When the ticket of a moment is opened. Working days are counted back to the opening of the day."""
        if self.lead is None:
            return at
        if self.lead.unit is not Unit.WORKING_DAYS:
            return self.calendar.lead(at, self.lead)
        day, left = self._date(at), self.lead.amount
        for _ in range(self.lead.amount * 7 + _FURTHEST):
            day -= _DAY
            left -= self.calendar.is_working_day(day)
            if left == 0:
                return self._opens(day)
        raise CalendarError([((), f"{self.calendar.name} has no {self.lead} before {day}")])

    def _date(self, at: Instant) -> date:
        return to_datetime(at, self.calendar.zone).date()

    def _on_clock(self, local: datetime) -> Instant:
        return from_datetime(local.replace(tzinfo=self.calendar.zone))
