"""Rounds of a day: times at equal steps between two local times, correct on days when the clocks change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from workflows.sentence import Sentence
from workflows.timing.durations import SECONDS_IN, Duration, Unit
from workflows.timing.instants import Instant, from_datetime, to_datetime
from workflows.timing.recurrence_days import ScheduledTime
from workflows.timing.windows import MIDNIGHT

_DAY_SECONDS = SECONDS_IN[Unit.DAYS]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DailyTimes:
    """Every `step` seconds from `begin`, before `until`; past midnight if `until` is not later than `begin`.

    Both bounds are local times, and the steps are real time: a night of nine hours has nine hourly rounds,
    one of seven hours has seven.
    """

    step: int
    begin: time
    until: time

    @classmethod
    def parse(cls, every: Duration, begin: ScheduledTime | None, until: ScheduledTime | None) -> Self:
        """Rounds within these bounds, each midnight by default.

        Raises ValueError unless `every` is whole minutes or hours, less than a day, and the bounds are fixed
        times.
        """
        step = every.amount * SECONDS_IN[every.unit]
        if every.working or every.unit in (Unit.DAYS, Unit.WEEKS) or step % 60 or step >= _DAY_SECONDS:
            raise ValueError(
                Sentence(
                    "recurrence",
                    "'{every}': rounds of a day are told in whole minutes or hours, less than a day",
                    every=every,
                )
            )
        return cls(step, _require_wall_time(begin), _require_wall_time(until))

    def times_on(self, day: date, zone: ZoneInfo) -> Iterator[tuple[Instant, str]]:
        """(instant, local time) of each round on a local date; a time that occurs twice has its offset
        added."""
        for start_day in (day - _DAY, day):
            for at in self._instants_from(start_day, zone):
                shown = to_datetime(at, zone)
                if shown.date() == day:
                    yield at, f"{shown:%H:%M}{_format_offset(shown) if shown.fold else ''}"

    def _instants_from(self, day: date, zone: ZoneInfo) -> range:
        """The rounds of the series that begins on a date."""
        last = day if self.until > self.begin else day + _DAY
        return range(_to_instant(day, self.begin, zone), _to_instant(last, self.until, zone), self.step)


def _require_wall_time(hour: ScheduledTime | None) -> time:
    if hour is None:
        return MIDNIGHT
    if hour.wall_time is None:
        raise ValueError(
            Sentence(
                "recurrence",
                "{text!r} has no fixed time; rounds go from and until a time such as 22:00",
                text=hour.text,
            )
        )
    return hour.wall_time


def _to_instant(day: date, clock: time, zone: ZoneInfo) -> Instant:
    return from_datetime(datetime.combine(day, clock).replace(tzinfo=zone))


def _format_offset(shown: datetime) -> str:
    text = f"{shown:%z}"
    return f"{text[:3]}:{text[3:5]}"
