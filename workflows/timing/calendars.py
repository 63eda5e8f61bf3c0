"""Calendars: opening hours as instants, counting of working time, and deadlines."""

from __future__ import annotations

import copy
import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Self, assert_never
from zoneinfo import ZoneInfo

from workflows.sentence import Sentence
from workflows.timing.durations import SECONDS_IN, Duration, Unit
from workflows.timing.instants import FIRST_YEAR, LAST_YEAR, Instant, from_datetime, rfc3339, to_datetime
from workflows.timing.public_holidays import EDITION
from workflows.timing.segments import Segment, clip_segments, merge_segments
from workflows.timing.timetable import Timetable
from workflows.timing.windows import MIDNIGHT, Window
from workflows.timing.year_windows import YearWindows, compute_window_instants

__all__ = ["Calendar", "CalendarError", "Segment", "Window"]

_DAY = timedelta(days=1)
_LOOK_AHEAD = timedelta(days=183)


class CalendarError(ValueError):
    """What a calendar cannot work out, above all beyond its years 1970 to 2200."""


class Calendar:
    """Opening hours with breaks, holidays and make-up working days, in one time zone, under one version.

    All methods use instants (epoch seconds, UTC), and raise CalendarError outside the local years 1970 to
    2200. A local time that a change of the clocks skips is moved on by the gap; one that occurs twice means
    the first. The windows of a year are computed on first use and kept; two threads that do so at once get
    the same result.
    """

    def __init__(
        self,
        name: str,
        timetable: Timetable,
        version: int = 1,
        spec: Mapping[str, object] | None = None,
    ) -> None:
        self.name = name
        self.spec: Mapping[str, object] = spec or {}
        self.since: Instant = 0  # when these settings were made, if known
        self.version = version
        self.timetable = timetable
        self.zone = timetable.zone
        self.week = dict(enumerate(timetable.week))
        self.off = timetable.closed_days
        self.on = timetable.open_days
        self.working_days = timetable.working_days
        self.after_hours = timetable.after_hours
        self._year_starts = _compute_year_starts(timetable.zone)
        self._years: dict[int, YearWindows] = {}

    def with_since(self, since: Instant) -> Self:
        """The calendar with this instant as the time of its last change."""
        if since == self.since:
            return self
        copied = copy.copy(self)
        copied.since = since
        return copied

    @cached_property
    def seal(self) -> str:
        """A hash of the days and hours: calendars with the same seal give the same results.

        It covers the calendar's own data and the edition of the public holidays that it uses.
        """
        spec = {key: value for key, value in self.spec.items() if key != "title"}
        edition = EDITION if self.timetable.holidays else ""
        text = json.dumps([spec, self.zone.key, edition], sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def is_working_day(self, on: date) -> bool:
        """Whether the office opens on this date. A night belongs to the date on which it opens."""
        return bool(self.windows(on))

    def windows(self, on: date) -> tuple[tuple[Instant, Instant], ...]:
        """(start, end) of each opening window of a date; breaks lie between them."""
        return self._year_windows(on.year).windows(on.toordinal())

    def is_open(self, at: Instant) -> bool:
        """Whether the office is open at this instant; not at the instant of closing."""
        return self._year_windows_at(at).next_opening(at) == at

    def next_opening(self, at: Instant) -> Instant:
        """The first open instant from `at` on; `at` itself if open."""
        for openings in self._year_windows_from(self._year_windows_at(at).year):
            opening = openings.next_opening(at)
            if opening is not None:
                return opening
        raise _out_of_range_error(f"the opening after {at}")

    def count_open_seconds(self, start: Instant, end: Instant) -> int:
        """Opening seconds in [start, end); 0 if `end` is not after `start`."""
        if end <= start:
            return 0
        first, last = self._year_windows_at(start), self._year_windows_at(end)
        counted = last.open_seconds_before(end) - first.open_seconds_before(start)
        if first is not last:
            counted += sum(self._year_windows(year).total for year in range(first.year, last.year))
        return counted

    def add_open_seconds(self, start: Instant, seconds: int) -> Instant:
        """The earliest instant from `start` by which the office has been open for `seconds`.

        So the result is the close of a day rather than the opening of the next.
        """
        first = self._year_windows_at(start)
        if seconds <= 0:
            return start
        left = seconds + first.open_seconds_before(start)
        if left <= first.total:
            return first.instant_reached(left)
        for openings in self._year_windows_from(first.year):
            if left <= openings.total:
                return openings.instant_reached(left)
            left -= openings.total
        raise _out_of_range_error(f"{seconds} opening seconds after {rfc3339(start)}")

    def deadline(self, start: Instant, promise: Duration) -> Instant:
        """The due of a promise made at `start`.

        Seconds to hours are elapsed time; days and weeks end at the same local time of day; working minutes
        and hours are opening time. Working days count from the day after that of `start`: `to-close` ends at
        the close of the last one, `to-the-minute` at the time of day of `start`, itself first moved to a
        working day. With `next-opening`, a due at the close or later moves to the next opening.
        """
        due = self._compute_deadline(start, promise.amount * SECONDS_IN[promise.unit], promise)
        self._local_year(due)
        return due

    def subtract(self, moment: Instant, by: Duration) -> Instant:
        """The instant `by` before `moment`. Days and weeks keep the local time of day.

        Raises CalendarError for working time: at night, many instants have the same amount of it before them.
        """
        if by.working:
            raise CalendarError(f"{by} ahead of a moment: only time on the wall can be counted backwards")
        seconds = by.amount * SECONDS_IN[by.unit]
        if by.unit in (Unit.DAYS, Unit.WEEKS):
            return self._to_instant(self._to_local(moment) - timedelta(seconds=seconds))
        return moment - seconds

    def closing_time(self, on: date) -> Instant:
        """The close of a date, also of a night that opens on it; on a day of rest, the next midnight."""
        windows = self.windows(on)
        return windows[-1][1] if windows else self._midnight(on + _DAY)

    def deadline_of_day(self, on: date) -> Instant:
        """The due of something promised for a date: the close, at the latest the last second of the date."""
        return min(self.closing_time(on), self._midnight(on + _DAY) - 1)

    def segments(self, start: Instant, end: Instant) -> list[Segment]:
        """[start, end) without gaps, in order: when the office is open, when not, and why."""
        if end <= start:
            return []
        first, last = self._to_local(start).date() - _DAY, self._to_local(end - 1).date()
        days = (date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1))
        return merge_segments(
            clip_segments((piece for day in days for piece in self._day_segments(day)), start, end)
        )

    def unknown_years(self, today: date) -> list[int]:
        """This year and the next, if their make-up working days are not known yet.

        The next year counts from half a year ahead, which is as far as promises and schedules reach.
        """
        years = sorted({today.year, (today + _LOOK_AHEAD).year})
        return [year for year in years if self.timetable.make_up_days_unknown(year)]

    def warnings(self, today: date) -> list[Sentence]:
        """A sentence for each of `unknown_years`."""
        return [
            Sentence(
                "unknown-days",
                "calendar {name}: the make-up working days of {year} are not known yet;"
                " list them under open and closed, or update the holidays library",
                name=self.name,
                year=year,
            )
            for year in self.unknown_years(today)
        ]

    def _compute_deadline(self, start: Instant, seconds: int, promise: Duration) -> Instant:
        match promise.unit:
            case Unit.WORKING_DAYS:
                return self._add_working_days(start, promise.amount)
            case Unit.WORKING_HOURS | Unit.WORKING_MINUTES:
                return self.add_open_seconds(start, seconds)
            case Unit.DAYS | Unit.WEEKS:
                return self._to_instant(self._to_local(start) + timedelta(seconds=seconds))
            case Unit.SECONDS | Unit.MINUTES | Unit.HOURS:
                return start + seconds
            case _ as forgotten:
                assert_never(forgotten)

    def _add_working_days(self, start: Instant, amount: int) -> Instant:
        began = self._to_local(start)
        day = self._find_business_day(start, began.date())
        if self.working_days == "to-close":
            return self.windows(self._find_working_day(day, amount))[-1][1]
        first = self._find_working_day(day - _DAY, 1)
        due_on = self._find_working_day(first, amount)
        due = self._to_instant(datetime.combine(due_on + (began.date() - day), began.time()))
        if self.after_hours == "next-opening" and due >= self.windows(due_on)[-1][1]:
            return self.next_opening(due)
        return due

    def _find_business_day(self, at: Instant, on: date) -> date:
        """The day to which an instant on a local date belongs: during a night, the one on which it opened."""
        night = compute_window_instants(self.timetable, on - _DAY)
        return on - _DAY if night and at < night[-1][1] else on

    def _find_working_day(self, after: date, amount: int) -> date:
        """The working day that is `amount` working days after a date."""
        left = amount
        for openings in self._year_windows_from(after.year):
            place = bisect_right(openings.days, after.toordinal()) + left - 1
            if place < len(openings.days):
                return date.fromordinal(openings.days[place])
            left = place - len(openings.days) + 1
        raise _out_of_range_error(f"{amount} working days after {after}")

    def _day_segments(self, on: date) -> Iterator[Segment]:
        """One date: from midnight, or the end of the previous night, to the end of the day or its own
        night."""
        midnight, next_midnight = self._midnight(on), self._midnight(on + _DAY)
        night = compute_window_instants(self.timetable, on - _DAY)
        midnight = max(midnight, night[-1][1]) if night else midnight
        hours = self.timetable.hours_on(on)
        windows = compute_window_instants(self.timetable, on)
        if not windows:
            if midnight < next_midnight:
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

    def _to_local(self, at: Instant) -> datetime:
        """The local date and time at an instant, as a naive datetime."""
        self._local_year(at)
        return to_datetime(at, self.zone).replace(tzinfo=None, fold=0)

    def _midnight(self, on: date) -> Instant:
        return self._to_instant(datetime.combine(on, MIDNIGHT))

    def _to_instant(self, local: datetime) -> Instant:
        """The instant of a naive local date and time."""
        return from_datetime(local.replace(tzinfo=self.zone))

    def _year_windows_at(self, at: Instant) -> YearWindows:
        """The openings of the local year of an instant."""
        openings = self._years.get(FIRST_YEAR - 1 + bisect_right(self._year_starts, at))
        return openings or self._year_windows(self._local_year(at))

    def _local_year(self, at: Instant) -> int:
        """The local year of an instant. Raises CalendarError outside the known years."""
        place = bisect_right(self._year_starts, at)
        if not 0 < place < len(self._year_starts):
            raise _out_of_range_error(f"instant {at}")
        return FIRST_YEAR + place - 1

    def _year_windows(self, year: int) -> YearWindows:
        openings = self._years.get(year)
        if openings is None:
            if not FIRST_YEAR <= year <= LAST_YEAR:
                raise _out_of_range_error(f"year {year}")
            openings = self._years[year] = YearWindows(self.timetable, year)
        return openings

    def _year_windows_from(self, year: int) -> Iterator[YearWindows]:
        """The openings of `year` and of each later one."""
        return map(self._year_windows, range(year, LAST_YEAR + 1))


@lru_cache(maxsize=64)
def _compute_year_starts(zone: ZoneInfo) -> tuple[Instant, ...]:
    """The instants of the local New Years, from the first year to the one after the last."""
    years = range(FIRST_YEAR, LAST_YEAR + 2)
    return tuple(from_datetime(datetime(year, 1, 1, tzinfo=zone)) for year in years)


def _out_of_range_error(what: str) -> CalendarError:
    return CalendarError(f"{what} lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
