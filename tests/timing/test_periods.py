"""The time that a report covers."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from workflows.timing.instants import parse_rfc3339, to_datetime
from workflows.timing.periods import Period, PeriodBounds

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("words", "moment", "first", "after"),
    [
        ("day", "2026-03-02T00:30:00+08:00", "2026-03-02", "2026-03-03"),
        ("week", "2026-03-05T10:00:00+08:00", "2026-03-02", "2026-03-09"),
        ("week to thursday", "2026-03-05T23:59:59+08:00", "2026-02-27", "2026-03-06"),
        ("week to thursday", "2026-03-06T00:00:00+08:00", "2026-03-06", "2026-03-13"),
        ("month", "2026-02-28T17:00:00+08:00", "2026-02-01", "2026-03-01"),
        ("month to 24", "2026-03-24T10:00:00+08:00", "2026-02-25", "2026-03-25"),
        ("month to 24", "2025-12-25T10:00:00+08:00", "2025-12-25", "2026-01-25"),
        ("month to 28", "2026-03-01T10:00:00+08:00", "2026-03-01", "2026-03-29"),
        ("previous day", "2026-03-01T10:00:00+08:00", "2026-02-28", "2026-03-01"),
        ("previous month", "2026-01-05T10:00:00+08:00", "2025-12-01", "2026-01-01"),
        ("previous quarter", "2026-05-05T10:00:00+08:00", "2026-01-01", "2026-04-01"),
        ("quarter", "2026-12-31T10:00:00+08:00", "2026-10-01", "2027-01-01"),
        ("previous year", "2026-05-05T10:00:00+08:00", "2025-01-01", "2026-01-01"),
    ],
)
def test_a_period_is_of_whole_days_at_the_site(words: str, moment: str, first: str, after: str) -> None:
    """From the first midnight up to the one after the last day."""
    begin, end = Period.parse(words).bounds_at(parse_rfc3339(moment), SHANGHAI)
    days = [str(to_datetime(each, SHANGHAI)) for each in (begin, end)]
    assert days == [f"{first} 00:00:00+08:00", f"{after} 00:00:00+08:00"]


@pytest.mark.parametrize(
    "words",
    ["", "fortnight", "previous", "week to 3", "month to 29", "month to 0", "day to monday", "2 weeks"],
)
def test_what_is_no_period_is_refused(words: str) -> None:
    """With the words that are."""
    with pytest.raises(ValueError, match="is no period"):
        Period.parse(words)


def test_the_nearest_word_is_named() -> None:
    """For a slip of the keys."""
    with pytest.raises(ValueError, match="did you mean 'month'"):
        Period.parse("previous monht")
    with pytest.raises(ValueError, match="did you mean 'thursday'"):
        Period.parse("week to thurday")


@pytest.mark.parametrize(
    ("first", "after", "cut", "years", "found"),
    [
        ("2026-11-01", "2026-12-01", "2026-11-30", 0, ("2026-10-01", "2026-11-01", "2026-10-30")),
        ("2026-03-01", "2026-04-01", "2026-03-31", 0, ("2026-02-01", "2026-03-01", "2026-02-28")),
        ("2026-02-01", "2026-03-01", "2026-03-01", 0, ("2026-01-01", "2026-02-01", "2026-02-01")),
        ("2026-02-25", "2026-03-25", "2026-03-25", 0, ("2026-01-25", "2026-02-25", "2026-02-25")),
        ("2026-01-01", "2026-04-01", "2026-02-10", 0, ("2025-10-01", "2026-01-01", "2025-11-10")),
        ("2026-03-02", "2026-03-09", "2026-03-04", 0, ("2026-02-23", "2026-03-02", "2026-02-25")),
        ("2026-03-02", "2026-03-03", "2026-03-03", 0, ("2026-03-01", "2026-03-02", "2026-03-02")),
        ("2026-11-01", "2026-12-01", "2026-11-30", 1, ("2025-11-01", "2025-12-01", "2025-11-30")),
        ("2028-02-29", "2028-03-01", "2028-03-01", 1, ("2027-02-28", "2027-03-01", "2027-03-01")),
    ],
)
def test_an_earlier_period_is_as_long_and_cut_at_the_same_place(
    first: str, after: str, cut: str, years: int, found: tuple[str, str, str]
) -> None:
    """Months are compared with months, whatever their length; other periods with as many days."""
    bounds = PeriodBounds(*(parse_rfc3339(f"{day}T00:00:00+08:00") for day in (first, after, cut)))
    earlier = bounds.earlier(SHANGHAI, years=years)
    days = [str(to_datetime(each, SHANGHAI).date()) for each in (earlier.since, earlier.until, earlier.cut)]
    assert days == list(found)
    assert earlier.over == bounds.over


def test_an_earlier_period_begins_at_midnight_though_the_clocks_were_changed() -> None:
    """In Madrid they go forward on 29 March 2026."""
    madrid = ZoneInfo("Europe/Madrid")
    day = parse_rfc3339("2026-03-30T00:00:00+02:00")
    earlier = PeriodBounds(day, day + 86_400, day + 86_400).earlier(madrid)
    assert str(to_datetime(earlier.since, madrid)) == "2026-03-29 00:00:00+01:00"
