"""The dumbest possible calendar: it looks at the wall once a minute and writes down what it sees.

It shares nothing with `workflows.timing` but the offices' hours, written out here once more by hand.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
FIRST = datetime(2025, 10, 15, tzinfo=UTC)
LAST = datetime(2026, 5, 31, tzinfo=UTC)

Hours = list[tuple[int, int]]
"""From minute to minute of the day, on the clock on the wall."""


def hm(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def hours(*windows: str) -> Hours:
    """What closes earlier than it opens closes on the next day: minutes from 1440 on."""
    found = [(hm(window[:5]), hm(window[6:])) for window in windows]
    return [(opens, closes if closes > opens else closes + 24 * 60) for opens, closes in found]


@dataclass
class Walker:
    """Minutes are numbered from FIRST; `tape` has a 1 for each minute in which the office is open."""

    zone: str
    hours_on: Callable[[date], Hours]
    skipped: int = 0
    tape: bytearray = field(default_factory=bytearray)
    shown_first: dict[datetime, int] = field(default_factory=dict)
    last_close: dict[date, int] = field(default_factory=dict)
    wall: list[datetime] = field(default_factory=list)
    day_of: list[date] = field(default_factory=list)

    def walk(self) -> "Walker":
        zone, moment = ZoneInfo(self.zone), FIRST
        today, open_today, yesterday = date.min, [], []
        while moment < LAST:
            local = moment.astimezone(zone).replace(tzinfo=None, fold=0)
            if local.date() != today:
                today = local.date()
                yesterday = self.hours_on(today - DAY)
                open_today = self.hours_on(today)
            number, minute = len(self.tape), local.hour * 60 + local.minute
            is_open = any(opens <= minute < closes for opens, closes in open_today)
            in_night = any(minute + 24 * 60 < closes for _, closes in yesterday)
            is_open = is_open or in_night
            self.tape.append(is_open)
            self.wall.append(local)
            self.shown_first.setdefault(local, number)
            self.day_of.append(today - DAY if in_night else today)
            if is_open:
                self.last_close[self.day_of[-1]] = number + 1
            moment += MINUTE
        return self

    def counted(self, start: int, end: int) -> int:
        return sum(self.tape[start:end])

    def add(self, start: int, minutes: int) -> int:
        while minutes:
            minutes -= self.tape[start]
            start += 1
        return start

    def next_opening(self, start: int) -> int:
        while not self.tape[start]:
            start += 1
        return start

    def days_later(self, start: int, days: int) -> int:
        return self.showing(self.wall[start] + days * DAY)

    def showing(self, local: datetime) -> int:
        """The minute when the wall first shows this; a time that is skipped is looked for as much later."""
        if local in self.shown_first:
            return self.shown_first[local]
        return self.shown_first[local + self.skipped * MINUTE]

    def close_after(self, start: int, working_days: int) -> int:
        day = self.day_of[start]
        for _ in range(working_days):
            day = self.working_day(day + DAY)
        return self.last_close[day]

    def same_time_after(self, start: int, working_days: int, next_opening: bool) -> int:
        later = self.wall[start].date() - self.day_of[start]
        day = self.working_day(self.day_of[start])
        for _ in range(working_days):
            day = self.working_day(day + DAY)
        due = self.showing(datetime.combine(day + later, self.wall[start].time()))
        return self.next_opening(due) if next_opening and due >= self.last_close[day] else due

    def working_day(self, day: date) -> date:
        while not self.hours_on(day):
            day += DAY
        return day


def days(first: str, last: str) -> set[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return {start + count * DAY for count in range((end - start).days + 1)}


CHINA_OFF = days("2026-01-01", "2026-01-03") | days("2026-02-15", "2026-02-23")
CHINA_OFF |= days("2026-04-04", "2026-04-06") | days("2026-05-01", "2026-05-05")
CHINA_WORKED = {date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9)}


def shanghai(day: date) -> Hours:
    works = day in CHINA_WORKED or (day.weekday() < 5 and day not in CHINA_OFF)
    return hours("09:00-12:00", "13:30-18:00") if works else []


def new_york(day: date) -> Hours:
    return hours("01:00-04:00", "09:00-17:00")


def boston(day: date) -> Hours:
    return hours("08:30-17:00") if day.weekday() < 5 else []


def custody(day: date) -> Hours:
    if day == date(2026, 5, 5):
        return []
    if day == date(2026, 5, 10):
        return hours("10:00-11:00")
    return hours("00:00-06:00", "18:00-24:00") if day.weekday() < 4 else saturday(day)


def saturday(day: date) -> Hours:
    return hours("10:00-12:00") if day.weekday() == 5 else []


def night_guard(day: date) -> Hours:
    """Nights of China's working days, and a day shift on Saturdays."""
    if day.weekday() == 5 and day not in CHINA_WORKED:
        return hours("09:00-12:00") if day not in CHINA_OFF else []
    works = day in CHINA_WORKED or (day.weekday() < 5 and day not in CHINA_OFF)
    return hours("18:30-20:00", "22:00-06:15") if works else []


def night_club(day: date) -> Hours:
    return hours("20:00-03:00") if day.weekday() in (3, 4, 5) else []


def lord_howe(day: date) -> Hours:
    return hours("01:00-05:00", "06:00-07:00")
