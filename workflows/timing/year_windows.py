"""The opening windows of one year as instants, with running sums for fast counting."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from workflows.timing.instants import Instant, from_datetime
from workflows.timing.timetable import Timetable
from workflows.timing.windows import MIDNIGHT, Window

_DAY = timedelta(days=1)


class YearWindows:
    """The openings of one local year in order: starts, ends, and the seconds before each.

    A night past New Year counts in both years, each with its part; as a window it belongs to the day on which
    it opens. A year ends where the next one begins.
    """

    __slots__ = ("_last_close", "_sums", "days", "ends", "firsts", "starts", "total", "year")

    def __init__(self, timetable: Timetable, year: int) -> None:
        self.year = year
        self.starts: list[Instant] = []
        self.ends: list[Instant] = []
        self.days: list[int] = []
        self.firsts: list[int] = []
        first, beyond = date(year, 1, 1), date(year + 1, 1, 1)
        begin, end = (midnight_instant(day, timetable.zone) for day in (first, beyond))
        over = compute_closing_instant(timetable, first - _DAY)
        if over > begin:
            self.starts.append(begin)
            self.ends.append(over)
        for ordinal in range(first.toordinal(), beyond.toordinal()):
            self._append_day(ordinal, compute_window_instants(timetable, date.fromordinal(ordinal)))
        self.firsts.append(len(self.starts))
        self._last_close = self.ends[-1] if self.ends else begin
        if self.ends:
            self.ends[-1] = min(self.ends[-1], end)
        lengths = (end - start for start, end in zip(self.starts, self.ends, strict=True))
        self._sums = list(accumulate(lengths, initial=0))
        self.total = self._sums[-1]

    def _append_day(self, ordinal: int, windows: list[tuple[Instant, Instant, Window]]) -> None:
        if windows:
            self.days.append(ordinal)
            self.firsts.append(len(self.starts))
        for start, end, _ in windows:
            self.starts.append(start)
            self.ends.append(end)

    def open_seconds_before(self, at: Instant) -> int:
        """Opening seconds from the beginning of the year to `at`."""
        place = bisect_right(self.starts, at)
        if place == 0:
            return 0
        end = self.ends[place - 1]
        return self._sums[place] - (end - at if at < end else 0)

    def instant_reached(self, seconds: int) -> Instant:
        """The earliest instant by which the year has been open for `seconds` (1 to `total`)."""
        place = bisect_left(self._sums, seconds)
        return self.ends[place - 1] - (self._sums[place] - seconds)

    def next_opening(self, at: Instant) -> Instant | None:
        """The first open instant from `at` on; None if there is none left in this year."""
        place = bisect_right(self.ends, at)
        return max(at, self.starts[place]) if place < len(self.starts) else None

    def windows(self, ordinal: int) -> tuple[tuple[Instant, Instant], ...]:
        """(start, end) of each window of the day with this ordinal, including its part after New Year."""
        place = bisect_left(self.days, ordinal)
        if place == len(self.days) or self.days[place] != ordinal:
            return ()
        first, beyond = self.firsts[place], self.firsts[place + 1]
        ends = self.ends[first:beyond]
        if beyond == len(self.ends):
            ends[-1] = self._last_close
        return tuple(zip(self.starts[first:beyond], ends, strict=True))


def compute_window_instants(timetable: Timetable, on: date) -> list[tuple[Instant, Instant, Window]]:
    """(start, end, window) of each window of a date, as instants.

    Leaves out a window that a change of the clocks, or the night before, covers completely.
    """
    instants = []
    free_from = _previous_night_end(timetable, on)
    for window in timetable.hours_on(on).windows:
        # a window whose opening is skipped by a change of the clocks begins later, perhaps in the next one
        start = max(free_from, _to_instant(on, window.opens, timetable.zone))
        end = _window_closing_instant(window, on, timetable.zone)
        if start < end:
            instants.append((start, end, window))
            free_from = end
    return instants


def compute_closing_instant(timetable: Timetable, on: date) -> Instant:
    """The close of the last window of a date; 0 without a window."""
    windows = timetable.hours_on(on).windows
    return _window_closing_instant(windows[-1], on, timetable.zone) if windows else 0


def midnight_instant(on: date, zone: ZoneInfo) -> Instant:
    """The instant at which a local date begins."""
    return _to_instant(on, MIDNIGHT, zone)


def _previous_night_end(timetable: Timetable, on: date) -> Instant:
    """The end of an overnight window of the day before; 0 without one."""
    windows = timetable.hours_on(on - _DAY).windows
    overnight = windows and windows[-1].overnight
    return _window_closing_instant(windows[-1], on - _DAY, timetable.zone) if overnight else 0


def _window_closing_instant(window: Window, on: date, zone: ZoneInfo) -> Instant:
    later = window.overnight or window.closes == MIDNIGHT
    return _to_instant(on + _DAY if later else on, window.closes, zone)


def _to_instant(on: date, clock: time, zone: ZoneInfo) -> Instant:
    return from_datetime(datetime.combine(on, clock, tzinfo=zone))
