"""The opening windows of one year on the time line, summed up so that counting is two bisections."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date, datetime, time, timedelta
from itertools import accumulate

from workflows.timing.instants import Instant, from_datetime
from workflows.timing.timetable import Timetable
from workflows.timing.windows import MIDNIGHT, Window

_DAY = timedelta(days=1)


class Openings:
    """All windows of one local year, in order: where each starts and ends, and the seconds up to it."""

    __slots__ = ("_sums", "days", "ends", "firsts", "starts", "total", "year")

    def __init__(self, timetable: Timetable, year: int) -> None:
        self.year = year
        self.starts: list[Instant] = []
        self.ends: list[Instant] = []
        self.days: list[int] = []
        self.firsts: list[int] = []
        for ordinal in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
            self._append(ordinal, placed_windows(timetable, date.fromordinal(ordinal)))
        self.firsts.append(len(self.starts))
        lengths = (end - start for start, end in zip(self.starts, self.ends, strict=True))
        self._sums = list(accumulate(lengths, initial=0))
        self.total = self._sums[-1]

    def _append(self, ordinal: int, windows: list[tuple[Instant, Instant, Window]]) -> None:
        if windows:
            self.days.append(ordinal)
            self.firsts.append(len(self.starts))
        for start, end, _ in windows:
            self.starts.append(start)
            self.ends.append(end)

    def before(self, at: Instant) -> int:
        """Seconds of opening from the year's beginning to `at`."""
        place = bisect_right(self.starts, at)
        if place == 0:
            return 0
        end = self.ends[place - 1]
        return self._sums[place] - (end - at if at < end else 0)

    def reach(self, seconds: int) -> Instant:
        """The earliest instant before which the year has been open for `seconds` (1 up to `total`)."""
        place = bisect_left(self._sums, seconds)
        return self.ends[place - 1] - (self._sums[place] - seconds)

    def next_opening(self, at: Instant) -> Instant | None:
        """The first instant at or after `at` that is open; None when there is none left in this year."""
        place = bisect_right(self.ends, at)
        return max(at, self.starts[place]) if place < len(self.starts) else None

    def windows(self, ordinal: int) -> tuple[tuple[Instant, Instant], ...]:
        """The (start, end) of each window of the day with this ordinal."""
        place = bisect_left(self.days, ordinal)
        if place == len(self.days) or self.days[place] != ordinal:
            return ()
        first, beyond = self.firsts[place], self.firsts[place + 1]
        return tuple(zip(self.starts[first:beyond], self.ends[first:beyond], strict=True))


def placed_windows(timetable: Timetable, on: date) -> list[tuple[Instant, Instant, Window]]:
    """The windows of a date on the time line, without those that a change of the clocks swallows."""
    placed = []
    free_from = 0
    midnight = datetime(on.year, on.month, on.day, tzinfo=timetable.zone)
    for window in timetable.day(on).windows:
        # a window whose opening the clock skips begins later, and may then run into the one after it
        start = max(free_from, _on_the_day(midnight, window.opens))
        end = _on_the_day(midnight + _DAY if window.closes == MIDNIGHT else midnight, window.closes)
        if start < end:
            placed.append((start, end, window))
            free_from = end
    return placed


def _on_the_day(midnight: datetime, clock: time) -> Instant:
    return from_datetime(midnight.replace(hour=clock.hour, minute=clock.minute))
