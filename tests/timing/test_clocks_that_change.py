"""When the clocks change, what recurs and what escalates leaves no hole and comes no time twice."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from offices import policy_of

from workflows.language.schemas.calendars import read_calendar
from workflows.timing import clock_operations
from workflows.timing.calendars import Calendar
from workflows.timing.daily_times import DailyTimes
from workflows.timing.durations import Duration
from workflows.timing.escalation import compute_level_at
from workflows.timing.instants import Instant, from_datetime, to_datetime
from workflows.timing.recurrence import Recurrence, Slot
from workflows.timing.recurrence_days import ScheduledTime, build_daily_rule

HOUR, DAY = 3600, 86_400
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # by half an hour
    "America/Havana",  # at midnight, back to the day before
    "Africa/Cairo",  # at midnight, forward
    "Pacific/Chatham",  # at a quarter to three
    "Asia/Shanghai",  # never
)
CALENDARS = {
    zone: read_calendar("all", {"zone": zone, "hours": {"mon-sun": ["00:00-24:00"]}}) for zone in ZONES
}
for each in CALENDARS.values():
    each.count_open_seconds(
        1_767_225_600, 1_830_000_000
    )  # worked out beforehand, or the first example is slow
DATES = st.dates(date(2026, 1, 2), date(2027, 12, 30))
CALENDAR = st.sampled_from(ZONES).map(CALENDARS.__getitem__)


def changes(zone: str) -> list[date]:
    """The dates of 2026 whose days are longer or shorter than others."""
    found, day = [], date(2026, 1, 1)
    while day.year == 2026:
        if length(day, ZoneInfo(zone)) != DAY:
            found.append(day)
        day += timedelta(days=1)
    return found


def length(day: date, zone: ZoneInfo) -> int:
    first, last = (
        from_datetime(datetime(each.year, each.month, each.day, tzinfo=zone))
        for each in (day, day + timedelta(days=1))
    )
    return last - first


def moment(day: date, clock: str, zone: ZoneInfo) -> Instant:
    return from_datetime(datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=zone))


def night(calendar: Calendar, day: date, every: str, begin: str, until: str) -> list[Slot]:
    """The rounds from the evening of a date until the next morning."""
    hours = DailyTimes.parse(Duration.parse(every), ScheduledTime.parse(begin), ScheduledTime.parse(until))
    found = Recurrence(rules=(build_daily_rule(),), times=hours, calendar=calendar)
    start = moment(day, begin, calendar.zone)
    last = day if until > begin else day + timedelta(days=1)
    return found.slots(start, moment(last, until, calendar.zone))


def daily(calendar: Calendar, *times: str) -> Recurrence:
    return Recurrence(
        rules=(build_daily_rule(),), times=tuple(map(ScheduledTime.parse, times)), calendar=calendar
    )


@pytest.mark.parametrize(
    ("day", "rounds"),
    [
        (date(2026, 3, 28), ["22:00", "23:00", "00:00", "01:00", "03:00", "04:00", "05:00"]),
        (
            date(2026, 10, 24),
            ["22:00", "23:00", "00:00", "01:00", "02:00", "02:00+01:00", "03:00", "04:00", "05:00"],
        ),
        (date(2026, 6, 1), ["22:00", "23:00", "00:00", "01:00", "02:00", "03:00", "04:00", "05:00"]),
    ],
)
def test_every_hour_of_the_night_in_which_the_clocks_change(day: date, rounds: list[str]):
    slots = night(CALENDARS["Europe/Berlin"], day, "1 hour", "22:00", "06:00")
    assert [slot.key.partition(" ")[2] for slot in slots] == rounds
    assert {other.at - one.at for one, other in pairwise(slots)} == {HOUR}


@given(
    CALENDAR,
    DATES,
    st.sampled_from(["10 minutes", "25 minutes", "45 minutes", "1 hour", "2 hours", "7 hours"]),
    st.sampled_from(["22:00", "00:00", "01:30", "02:30", "20:15"]),
    st.sampled_from(["06:00", "03:00", "02:30", "00:00"]),
)
def test_rounds_lie_exactly_so_far_apart_from_the_first_to_the_last(
    calendar: Calendar, day: date, every: str, begin: str, until: str
):
    slots = night(calendar, day, every, begin, until)
    step = Duration.parse(every).amount * (60 if "minute" in every else HOUR)
    start = moment(day, begin, calendar.zone)
    end = moment(day if until > begin else day + timedelta(days=1), until, calendar.zone)
    assert [slot.at for slot in slots] == list(range(start, end, step))
    assert len({slot.key for slot in slots}) == len(slots)


@pytest.mark.parametrize("zone", ZONES)
def test_rounds_of_the_whole_day_leave_no_hole_in_a_year(zone: str):
    calendar = CALENDARS[zone]
    hours = DailyTimes.parse(Duration.parse("30 minutes"), None, None)
    found = Recurrence(rules=(build_daily_rule(),), times=hours, calendar=calendar)
    first, last = (
        moment(date(2026, 1, 1), "00:00", calendar.zone),
        moment(date(2027, 1, 1), "00:00", calendar.zone),
    )
    slots = found.slots(first, last)
    assert {other.at - one.at for one, other in pairwise(slots)} == {1_800}
    assert len({slot.key for slot in slots}) == len(slots)


@given(CALENDAR, DATES, st.lists(st.integers(0, 3 * DAY), min_size=1, max_size=4, unique=True))
def test_whenever_a_clock_looks_it_sees_each_round_in_one_look(
    calendar: Calendar, day: date, cuts: list[int]
):
    hours = DailyTimes.parse(
        Duration.parse("1 hour"), ScheduledTime.parse("22:00"), ScheduledTime.parse("06:00")
    )
    found = Recurrence(rules=(build_daily_rule(),), times=hours, calendar=calendar)
    start = moment(day, "12:00", calendar.zone)
    ends = sorted({start, *(start + cut for cut in cuts), start + 3 * DAY})
    assert [slot for a, b in pairwise(ends) for slot in found.slots(a, b)] == found.slots(
        start, start + 3 * DAY
    )


@given(CALENDAR, st.sampled_from(["02:30", "00:00", "00:30", "02:00", "01:45", "23:30"]))
def test_what_is_daily_is_so_once_each_day_also_in_the_hour_that_is_missing_or_comes_twice(
    calendar: Calendar, clock: str
):
    first, last = (
        moment(date(2026, 1, 1), "12:00", calendar.zone),
        moment(date(2027, 1, 1), "12:00", calendar.zone),
    )
    slots = daily(calendar, clock).slots(first, last)
    assert len(slots) == 365
    assert len({slot.at for slot in slots}) == len({slot.key for slot in slots}) == 365
    assert all(22 * HOUR < other.at - one.at < 26 * HOUR for one, other in pairwise(slots))


def test_in_the_missing_hour_it_comes_as_much_later():
    (slot,) = daily(CALENDARS["Europe/Berlin"], "02:30").slots(
        moment(date(2026, 3, 29), "00:00", ZoneInfo("Europe/Berlin")),
        moment(date(2026, 3, 30), "00:00", ZoneInfo("Europe/Berlin")),
    )
    assert f"{to_datetime(slot.at, ZoneInfo('Europe/Berlin')):%H:%M}" == "03:30"


def fired(calendar: Calendar, due_at: Instant, levels: list[dict[str, object]]) -> list[Instant]:
    """When each level of a policy fires for a promise that falls due at a moment."""
    policy = policy_of(*levels)
    clock = clock_operations.start("due", None, due_at, due_at - DAY, calendar, policy)
    moments = [compute_level_at(clock, policy, index, calendar) for index in range(len(policy.levels))]
    return [each for each in moments if each is not None]


@given(CALENDAR, DATES, st.integers(0, DAY), st.sampled_from([("30 minutes", 1_800), ("1 hour", HOUR)]))
def test_levels_by_the_hour_lie_so_far_apart(
    calendar: Calendar, day: date, seconds: int, every: tuple[str, int]
):
    due_at = moment(day, "00:00", calendar.zone) + seconds
    moments = fired(calendar, due_at, [{"at": "100%"}, {"every": every[0], "times": 30}])
    assert moments == [due_at + count * every[1] for count in range(31)]


@pytest.mark.parametrize("zone", ZONES)
def test_levels_by_the_day_keep_the_time_of_day_and_do_not_drift(zone: str):
    """In the missing hour it is as much later, that day only."""
    calendar = CALENDARS[zone]
    for change in changes(zone) or [date(2026, 3, 29)]:
        for clock in ("00:15", "01:30", "02:30", "02:50"):
            due_at = moment(change - timedelta(days=3), clock, calendar.zone)
            moments = fired(calendar, due_at, [{"at": "100%"}, {"every": "1 day", "times": 6}])
            assert len(set(moments)) == 7
            assert moments == sorted(moments)
            assert [at for at in moments if at not in _daily(due_at, calendar)] == []


def _daily(due_at: Instant, calendar: Calendar) -> list[Instant]:
    shown = to_datetime(due_at, calendar.zone).replace(tzinfo=None)
    return [from_datetime((shown + timedelta(days=n)).replace(tzinfo=calendar.zone)) for n in range(7)]
