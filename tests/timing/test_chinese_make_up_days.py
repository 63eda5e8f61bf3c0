"""The State Council's notices of 2024 to 2026, as collected by NateScarlet/holiday-cn."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from offices import BOSTON, SHANGHAI

from workflows.language.schemas.calendars import read_calendar

NOTICES = Path(__file__).parents[2].parent / "shared" / "data" / "china_holidays_2024_2027.csv"
needs_notices = pytest.mark.skipif(not NOTICES.exists(), reason="the shared data is not on this machine")


def noticed() -> dict[date, bool]:
    """Each day of a notice, and whether it is off."""
    with NOTICES.open(encoding="utf-8", newline="") as lines:
        return {date.fromisoformat(row["date"]): row["is_off_day"] == "True" for row in csv.DictReader(lines)}


@needs_notices
def test_every_day_of_the_notices_is_off_or_worked_as_they_say():
    assert {day: not SHANGHAI.is_working_day(day) for day in noticed()} == noticed()


@needs_notices
def test_every_other_day_follows_the_week():
    days = {date(2024, 1, 1) + timedelta(days=count) for count in range(366 + 365 + 365)} - noticed().keys()
    assert [day for day in days if SHANGHAI.is_working_day(day) != (day.weekday() < 5)] == []


@pytest.mark.parametrize(("year", "worked"), [(2024, 251), (2025, 248), (2026, 248)])
def test_the_working_days_of_a_year_are_those_of_its_notice(year: int, worked: int):
    days = (date(year, 1, 1) + timedelta(days=count) for count in range(366))
    assert sum(SHANGHAI.is_working_day(day) for day in days if day.year == year) == worked


def test_a_year_without_its_notice_is_warned_about():
    (warning,) = SHANGHAI.warnings(date(2026, 8, 1))
    assert "make-up working days of 2027 are not known yet" in warning


def test_the_sites_own_make_up_days_end_the_warning():
    spec = {"zone": "Asia/Shanghai", "hours": {"mon-fri": ["09:00-18:00"]}, "holidays": "CN"}
    assert read_calendar("office", spec | {"open": ["2027-02-20"]}).warnings(date(2026, 8, 1)) == []


def test_countries_without_yearly_notices_need_no_warning():
    assert BOSTON.warnings(date(2026, 8, 1)) == []


def test_special_hours_on_an_ordinary_day_do_not_end_the_warning():
    spec = {"zone": "Asia/Shanghai", "hours": {"mon-fri": ["09:00-18:00"]}, "holidays": "CN"}
    special = spec | {"open": {"2027-03-01": ["10:00-16:00"]}}
    assert len(read_calendar("office", special).warnings(date(2026, 8, 1))) == 1


def test_weekends_that_join_a_holiday_are_off_for_those_who_work_on_saturdays():
    spec = {"zone": "Asia/Shanghai", "hours": {"mon-sat": ["09:00-18:00"]}, "holidays": "CN"}
    shop = read_calendar("shop", spec)
    off = [date(2026, 2, 21), date(2026, 4, 4), date(2026, 5, 2), date(2026, 10, 3)]
    assert [shop.is_working_day(day) for day in off] == [False] * 4
    assert shop.is_working_day(date(2026, 2, 28))  # worked in exchange
    assert shop.is_working_day(date(2026, 3, 7))
    assert shop.is_working_day(date(2026, 9, 19))
