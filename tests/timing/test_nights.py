"""Hours that pass midnight belong to the day on which they begin, holidays and all."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise

import pytest

from workflows.language.schemas.calendars import read_calendar
from workflows.timing.durations import Duration

SPEC = {
    "zone": "Asia/Shanghai",
    "hours": {"mon-fri": ["22:00-06:00"]},
    "closed": {"2026-07-09": "holiday"},
}
NIGHT = read_calendar("night", SPEC)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=NIGHT.zone).timestamp())


def shown(instant: int) -> str:
    return datetime.fromtimestamp(instant, NIGHT.zone).strftime("%a %m-%d %H:%M")


@pytest.mark.parametrize(
    ("start", "promise", "due"),
    [
        ("2026-07-08 23:00", "2 working hours", "Thu 07-09 01:00"),  # the night before the closed Thursday
        ("2026-07-10 23:00", "1 working day", "Tue 07-14 06:00"),  # Friday's night is Friday's; then Monday's
        ("2026-07-08 23:00", "1 working day", "Sat 07-11 06:00"),  # Thursday's night does not begin
        ("2026-07-09 01:00", "1 working day", "Sat 07-11 06:00"),  # still Wednesday's night
        ("2026-07-09 05:30", "1 working hour", "Fri 07-10 22:30"),
        ("2026-07-11 12:00", "1 working day", "Tue 07-14 06:00"),
    ],
)
def test_a_promise_goes_by_nights(start: str, promise: str, due: str):
    assert shown(NIGHT.deadline(at(start), Duration.parse(promise))) == due


def test_to_the_minute_keeps_the_time_within_the_night():
    by_minute = read_calendar("night", SPEC | {"working_days": "to-the-minute"})
    assert shown(by_minute.deadline(at("2026-07-09 01:00"), Duration.parse("1 working day"))) == (
        "Sat 07-11 01:00"
    )


def test_a_night_is_one_shift_of_the_day_on_which_it_begins():
    assert [NIGHT.is_working_day(date(2026, 7, day)) for day in (8, 9, 10, 11)] == [True, False, True, False]
    ((start, end),) = NIGHT.windows(date(2026, 7, 10))
    assert (shown(start), shown(end)) == ("Fri 07-10 22:00", "Sat 07-11 06:00")
    assert shown(NIGHT.closing_time(date(2026, 7, 10))) == "Sat 07-11 06:00"


def test_an_explanation_has_no_gaps_and_says_whose_night_it_was():
    segments = NIGHT.segments(at("2026-07-08 21:00"), at("2026-07-11 08:00"))
    assert all(one.end == other.start for one, other in pairwise(segments))
    told = [(each.counted, each.reason, shown(each.start)) for each in segments]
    assert told == [
        (False, "outside hours", "Wed 07-08 21:00"),
        (True, "open", "Wed 07-08 22:00"),
        (False, "closed", "Thu 07-09 06:00"),
        (False, "outside hours", "Fri 07-10 00:00"),
        (True, "open", "Fri 07-10 22:00"),
        (False, "weekly rest day", "Sat 07-11 06:00"),
    ]


def test_a_night_that_passes_new_year_is_counted_once_in_each_year():
    start, end = at("2026-12-31 20:00"), at("2027-01-01 08:00")
    assert NIGHT.count_open_seconds(start, end) == 8 * 3600
    assert NIGHT.count_open_seconds(start, at("2027-01-01 00:00")) == 2 * 3600
    assert shown(NIGHT.add_open_seconds(start, 3 * 3600)) == "Fri 01-01 01:00"
    assert shown(NIGHT.next_opening(at("2027-01-01 02:00"))) == "Fri 01-01 02:00"
    ((_, close),) = NIGHT.windows(date(2026, 12, 31))
    assert shown(close) == "Fri 01-01 06:00"


def test_a_days_own_hours_give_way_to_the_night_before():
    calendar = read_calendar("night", SPEC | {"open": {"2026-07-11": ["05:00-09:00"]}})
    ((start, end),) = calendar.windows(date(2026, 7, 11))
    assert (shown(start), shown(end)) == ("Sat 07-11 06:00", "Sat 07-11 09:00")
