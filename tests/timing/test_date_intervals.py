"""Every so many days, weeks or months from a date on, and the nth working day of a month."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workflows.language.schemas.calendars import read_calendar
from workflows.timing.calendars import Calendar
from workflows.timing.date_intervals import DateInterval, IntervalRule, WorkingDay, WorkingDayRule
from workflows.timing.recurrence import Recurrence, parse_slot_date
from workflows.timing.recurrence_days import ScheduledTime, parse_day_of_month

SPEC = {"zone": "Asia/Shanghai", "hours": {"mon-fri": ["09:00-18:00"]}}
OFFICE = read_calendar("office", SPEC)
MONDAY = date(2026, 3, 2)


def days(rule: object, first: str, last: str, calendar: Calendar = OFFICE) -> list[str]:
    found = rule.days(date.fromisoformat(first), date.fromisoformat(last), calendar.is_working_day)  # type: ignore[attr-defined]
    return [f"{day:%m-%d}" for day, _ in found]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("10 days", ["03-02", "03-12", "03-22", "04-01"]),
        ("2 weeks", ["03-02", "03-16", "03-30"]),
        ("1 month", ["03-02", "04-02"]),
    ],
)
def test_a_cycle_counts_from_its_date_on(said: str, expected: list[str]):
    cycle = DateInterval.parse(said)
    assert cycle is not None
    assert days(IntervalRule(cycle, MONDAY), "2026-02-01", "2026-04-05") == expected


def test_a_month_without_its_day_has_it_on_its_last_one():
    monthly = IntervalRule(DateInterval(1, "months"), date(2026, 1, 31))
    assert days(monthly, "2026-01-01", "2026-06-30") == ["01-31", "02-28", "03-31", "04-30", "05-31", "06-30"]
    quarterly = IntervalRule(DateInterval(3, "months"), date(2025, 11, 30))
    assert days(quarterly, "2026-01-01", "2026-12-31") == ["02-28", "05-30", "08-30", "11-30"]


def test_weekdays_of_every_second_week_are_counted_from_the_week_of_the_date():
    rule = IntervalRule(
        DateInterval(2, "weeks"), date(2026, 3, 4), (0, 3)
    )  # a Wednesday: its Monday has passed
    assert days(rule, "2026-03-01", "2026-04-05") == ["03-05", "03-16", "03-19", "03-30", "04-02"]


@pytest.mark.parametrize("said", ["0 days", "5000 days", "0 months"])
def test_no_cycle_is_empty_or_endless(said: str):
    with pytest.raises(ValueError, match="can lie between two"):
        DateInterval.parse(said)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("first working day", ["03-02", "04-01", "05-01"]),
        ("third working day", ["03-04", "04-03", "05-05"]),
        ("last working day", ["03-31", "04-30", "05-29"]),
        ("working day 5", ["03-06", "04-07", "05-07"]),
    ],
)
def test_working_days_of_a_month_are_those_of_the_calendar(said: str, expected: list[str]):
    rule = WorkingDayRule(parse_day_of_month(said))  # type: ignore[arg-type]
    assert days(rule, "2026-03-01", "2026-05-31") == expected


def test_a_closure_moves_the_working_day_and_its_slot_keeps_its_name():
    closed = read_calendar("office", SPEC | {"closed": ["2026-03-03"]})
    slots = [
        Recurrence(
            rules=(WorkingDayRule(WorkingDay(3)),), times=(ScheduledTime.parse("open"),), calendar=each
        ).upcoming(int(datetime(2026, 3, 1, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()), 1)[0]
        for each in (OFFICE, closed)
    ]
    assert slots[0].key == slots[1].key == "2026-03-01 working-day-3 open"
    assert slots[1].at - slots[0].at == 86_400
    assert parse_slot_date(slots[0].key) == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("thrid working day", "did you mean 'third'"),
        ("working day 24", "up to 23 working days"),
        ("working day 0", "up to 23 working days"),
    ],
)
def test_what_is_no_working_day_is_refused(said: str, message: str):
    with pytest.raises(ValueError, match=message):
        parse_day_of_month(said)


def test_a_change_of_the_clocks_leaves_no_hole():
    office = read_calendar("office", SPEC | {"zone": "America/New_York"})
    rule = Recurrence(
        rules=(IntervalRule(DateInterval(7, "days"), date(2026, 3, 1)),),
        times=(ScheduledTime.parse("02:30"),),
        calendar=office,
    )
    begin = int(datetime(2026, 3, 1, tzinfo=office.zone).timestamp())
    found = [datetime.fromtimestamp(slot.at, office.zone) for slot in rule.upcoming(begin, 3)]
    assert [each.date() for each in found] == [date(2026, 3, 1) + timedelta(days=7 * n) for n in range(3)]
    assert [f"{each:%H:%M}" for each in found] == ["02:30", "03:30", "02:30"]
