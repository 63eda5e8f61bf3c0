"""The opening hours of an office on the time line: what counts as working time, when a promise is due."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo

from workflows.timing.durations import SECONDS_IN, Duration, Unit
from workflows.timing.instants import FIRST_YEAR, LAST_YEAR, Instant, from_datetime, rfc3339, to_datetime
from workflows.timing.openings import Openings, placed_windows
from workflows.timing.problems import CalendarError
from workflows.timing.segments import Segment, clipped, merged
from workflows.timing.timetable import Timetable
from workflows.timing.timetable_reader import read_timetable
from workflows.timing.windows import MIDNIGHT, Window

__all__ = ["Calendar", "CalendarError", "Segment", "Window"]

_DAY = timedelta(days=1)


class Calendar:
    """Opening hours with lunch breaks, holidays and make-up working days, in one zone, under one version.

    All methods take and give instants, whole seconds since the epoch in UTC, and raise CalendarError for one
    outside the local years 1970 to 2200. A wall-clock time that the zone skips when the clocks change
    is taken as much later, one that it shows twice is taken the first time. Each year's windows are worked
    out when first needed and kept; two threads doing so at once do the same work twice, with one result.
    """

    def __init__(self, name: str, timetable: Timetable, version: int = 1) -> None:
        self.name = name
        self.version = version
        self.timetable = timetable
        self.zone = timetable.zone
        self.week = dict(enumerate(timetable.week))
        self.off = timetable.off
        self.on = timetable.on
        self.working_days = timetable.working_days
        self.after_hours = timetable.after_hours
        self._year_starts = _year_starts(timetable.zone)
        self._years: dict[int, Openings] = {}

    @classmethod
    def from_spec(cls, name: str, spec: Mapping[str, object], version: int = 1) -> Self:
        """Build from the plain data of one entry of `calendars.yaml`. CalendarError lists every problem."""
        return cls(name, read_timetable(spec), version)

    def is_working_day(self, on: date) -> bool:
        """Whether the office opens at all on this date."""
        return bool(self.windows(on))

    def windows(self, on: date) -> tuple[tuple[Instant, Instant], ...]:
        """The (start, end) of each opening window of a date, lunch breaks between them."""
        return self._openings(on.year).windows(on.toordinal())

    def is_open(self, at: Instant) -> bool:
        """Whether the office is open at this instant; at the close it is not."""
        return self._around(at).next_opening(at) == at

    def next_opening(self, at: Instant) -> Instant:
        """The first instant from `at` on at which the office is open: `at` itself if it is."""
        for openings in self._openings_from(self._around(at).year):
            opening = openings.next_opening(at)
            if opening is not None:
                return opening
        raise _out_of_range(f"the opening after {at}")

    def counted(self, start: Instant, end: Instant) -> int:
        """Seconds of opening in [start, end); 0 when `end` is not after `start`."""
        if end <= start:
            return 0
        first, last = self._around(start), self._around(end)
        counted = last.before(end) - first.before(start)
        if first is not last:
            counted += sum(self._openings(year).total for year in range(first.year, last.year))
        return counted

    def add(self, start: Instant, seconds: int) -> Instant:
        """The earliest instant from `start` on by which the office has been open for `seconds`.

        This is the close of a day rather than the opening of the next.
        """
        first = self._around(start)
        if seconds <= 0:
            return start
        left = seconds + first.before(start)
        if left <= first.total:
            return first.reach(left)
        for openings in self._openings_from(first.year):
            if left <= openings.total:
                return openings.reach(left)
            left -= openings.total
        raise _out_of_range(f"{seconds} opening seconds after {rfc3339(start)}")

    def deadline(self, start: Instant, promise: Duration) -> Instant:
        """When a promise made at `start` falls due.

        Seconds to hours pass on the wall, days and weeks end at the same local time of day, working minutes
        and hours are opening time. Working days count from the day after that of `start`: `to-close` ends at
        the close of the last one; `to-the-minute` at the time of day of `start`, itself first moved to a
        working day, or, with `next-opening`, at the next opening if that is the close or later.
        """
        due = self._deadline(start, promise.amount * SECONDS_IN[promise.unit], promise)
        self._year(due)
        return due

    def lead(self, moment: Instant, by: Duration) -> Instant:
        """The instant `by` ahead of a moment. Days and weeks keep the local time of day.

        Working time cannot be counted backwards, as many instants have the same amount of it before a moment
        at night: CalendarError.
        """
        if by.working:
            raise CalendarError(
                [((), f"{by} ahead of a moment: only time on the wall can be counted backwards")]
            )
        seconds = by.amount * SECONDS_IN[by.unit]
        if by.unit in (Unit.DAYS, Unit.WEEKS):
            return self._on_clock(self._local(moment) - timedelta(seconds=seconds))
        return moment - seconds

    def close_of(self, on: date) -> Instant:
        """When the office closes on a date; on a rest day, the midnight that ends it."""
        windows = self.windows(on)
        return windows[-1][1] if windows else self._midnight(on + _DAY)

    def segments(self, start: Instant, end: Instant) -> list[Segment]:
        """All of [start, end) in order and without gaps: when the office is open, when not, and why."""
        if end <= start:
            return []
        first, last = self._local(start).date(), self._local(end - 1).date()
        days = (date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1))
        return merged(clipped((piece for day in days for piece in self._day(day)), start, end))

    def warnings(self, today: date) -> list[str]:
        """One sentence for each of this and the next year whose make-up working days are not known yet."""
        return [
            f"calendar {self.name}: the make-up working days of {year} are not known yet; "
            f"list them under open and closed, or update the holidays library"
            for year in (today.year, today.year + 1)
            if self.timetable.make_up_days_unknown(year)
        ]

    def _deadline(self, start: Instant, seconds: int, promise: Duration) -> Instant:
        match promise.unit:
            case Unit.WORKING_DAYS:
                return self._after_working_days(start, promise.amount)
            case Unit.WORKING_HOURS | Unit.WORKING_MINUTES:
                return self.add(start, seconds)
            case Unit.DAYS | Unit.WEEKS:
                return self._on_clock(self._local(start) + timedelta(seconds=seconds))
            case _:
                return start + seconds

    def _after_working_days(self, start: Instant, amount: int) -> Instant:
        began = self._local(start)
        if self.working_days == "to-close":
            return self.windows(self._working_day(began.date(), amount))[-1][1]
        first = self._working_day(began.date() - _DAY, 1)
        due_on = self._working_day(first, amount)
        due = self._on_clock(datetime.combine(due_on, began.time()))
        if self.after_hours == "next-opening" and due >= self.windows(due_on)[-1][1]:
            return self.next_opening(due)
        return due

    def _working_day(self, after: date, amount: int) -> date:
        """The `amount`-th working day after a date."""
        left = amount
        for openings in self._openings_from(after.year):
            place = bisect_right(openings.days, after.toordinal()) + left - 1
            if place < len(openings.days):
                return date.fromordinal(openings.days[place])
            left = place - len(openings.days) + 1
        raise _out_of_range(f"{amount} working days after {after}")

    def _day(self, on: date) -> Iterator[Segment]:
        """One date from midnight to midnight."""
        midnight, next_midnight = self._midnight(on), self._midnight(on + _DAY)
        hours = self.timetable.day(on)
        windows = placed_windows(self.timetable, on)
        if not windows:
            yield Segment(midnight, next_midnight, False, hours.closed_by or "closed", hours.rule)
            return
        closed_since, why = midnight, "outside hours"
        for start, end, window in windows:
            if closed_since < start:
                yield Segment(closed_since, start, False, why, hours.hours)
            yield Segment(start, end, True, "open", f"{hours.rule} {window}")
            closed_since, why = end, "lunch break"
        if closed_since < next_midnight:
            yield Segment(closed_since, next_midnight, False, "outside hours", hours.hours)

    def _local(self, at: Instant) -> datetime:
        """What the clock on the wall shows, without a zone."""
        self._year(at)
        return to_datetime(at, self.zone).replace(tzinfo=None, fold=0)

    def _midnight(self, on: date) -> Instant:
        return self._on_clock(datetime.combine(on, MIDNIGHT))

    def _on_clock(self, local: datetime) -> Instant:
        """The instant at which the clock on the wall shows `local`."""
        return from_datetime(local.replace(tzinfo=self.zone))

    def _around(self, at: Instant) -> Openings:
        """The openings of the local year that an instant lies in."""
        openings = self._years.get(FIRST_YEAR - 1 + bisect_right(self._year_starts, at))
        return openings or self._openings(self._year(at))

    def _year(self, at: Instant) -> int:
        """The local year of an instant."""
        place = bisect_right(self._year_starts, at)
        if not 0 < place < len(self._year_starts):
            raise _out_of_range(f"instant {at}")
        return FIRST_YEAR + place - 1

    def _openings(self, year: int) -> Openings:
        openings = self._years.get(year)
        if openings is None:
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise _out_of_range(f"year {year}")
            openings = self._years[year] = Openings(self.timetable, year)
        return openings

    def _openings_from(self, year: int) -> Iterator[Openings]:
        """The openings of `year` and each later one."""
        return map(self._openings, range(year, LAST_YEAR + 1))


@lru_cache(maxsize=64)
def _year_starts(zone: ZoneInfo) -> tuple[Instant, ...]:
    """The local New Year of each year, and of the one after the last."""
    years = range(FIRST_YEAR, LAST_YEAR + 2)
    return tuple(from_datetime(datetime(year, 1, 1, tzinfo=zone)) for year in years)


def _out_of_range(what: str) -> CalendarError:
    return CalendarError([((), f"{what} lies outside the years {FIRST_YEAR} to {LAST_YEAR}")])
