"""10,000 random questions, each answered by the calendar and by walking minute for minute."""

from random import Random

import minute_walker as walkers
import pytest
from minute_walker import FIRST, Walker
from offices import BOSTON, CUSTODY, NEW_YORK, SHANGHAI

from workflows.language.schemas.calendars import read_calendar
from workflows.timing.calendars import Calendar
from workflows.timing.durations import Duration, Unit

QUESTIONS = 2_000
DAY = 24 * 60
START = int(FIRST.timestamp())
LORD_HOWE = read_calendar(
    "island", {"zone": "Australia/Lord_Howe", "hours": {"mon-sun": ["01:00-05:00", "06:00-07:00"]}}
)
NIGHT_GUARD = read_calendar(
    "guard",
    {
        "zone": "Asia/Shanghai",
        "hours": {"mon-fri": ["18:30-20:00", "22:00-06:15"], "sat": ["09:00-12:00"]},
        "holidays": "CN",
    },
)
NIGHT_CLUB = read_calendar("club", {"zone": "America/New_York", "hours": {"thu-sat": ["20:00-03:00"]}})
OFFICES = {
    "shanghai": (SHANGHAI, ("Asia/Shanghai", walkers.shanghai, 0)),
    "new york": (NEW_YORK, ("America/New_York", walkers.new_york, 60)),
    "boston": (BOSTON, ("America/New_York", walkers.boston, 60)),
    "custody": (CUSTODY, ("Asia/Hong_Kong", walkers.custody, 0)),
    "night guard": (NIGHT_GUARD, ("Asia/Shanghai", walkers.night_guard, 0)),
    "night club": (NIGHT_CLUB, ("America/New_York", walkers.night_club, 60)),
    "night club by the minute": (
        read_calendar("club", NIGHT_CLUB.spec | {"working_days": "to-the-minute"}),
        ("America/New_York", walkers.night_club, 60),
    ),
    "lord howe": (LORD_HOWE, ("Australia/Lord_Howe", walkers.lord_howe, 30)),
}


def walked_deadline(calendar: Calendar, walker: Walker, start: int, promise: Duration) -> int:
    match promise.unit:
        case Unit.MINUTES:
            return start + promise.amount
        case Unit.DAYS:
            return walker.days_later(start, promise.amount)
        case Unit.WORKING_MINUTES:
            return walker.add(start, promise.amount)
    if calendar.working_days == "to-close":
        return walker.close_after(start, promise.amount)
    return walker.same_time_after(start, promise.amount, calendar.after_hours == "next-opening")


def question(dice: Random) -> tuple[int, int, Duration]:
    """A start and a length in minutes, and a promise."""
    unit = dice.choice([Unit.MINUTES, Unit.DAYS, Unit.WORKING_MINUTES, Unit.WORKING_DAYS])
    most = {Unit.DAYS: 30, Unit.WORKING_DAYS: 8}.get(unit, 20 * 60)
    start = dice.randrange(DAY, 180 * DAY)
    return start, dice.randrange(20 * DAY), Duration(dice.randint(1, most), unit)


@pytest.mark.parametrize("name", OFFICES)
def test_the_calendar_agrees_with_the_walker(name: str):
    calendar, described = OFFICES[name]
    walker = Walker(*described).walk()
    dice = Random(name)

    def instant(minute: int) -> int:
        return START + minute * 60

    for _ in range(QUESTIONS):
        start, length, promise = question(dice)
        opening = dice.randrange(1, 20 * 60)
        counted = calendar.count_open_seconds(instant(start), instant(start + length))
        assert counted == 60 * walker.counted(start, start + length), (start, length)
        assert calendar.add_open_seconds(instant(start), opening * 60) == instant(
            walker.add(start, opening)
        ), (
            start,
            opening,
        )
        walked = instant(walked_deadline(calendar, walker, start, promise))
        assert calendar.deadline(instant(start), promise) == walked, (walker.wall[start], str(promise))
