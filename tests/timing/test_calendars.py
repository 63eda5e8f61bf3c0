from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from offices import BOSTON, CUSTODY, NEW_YORK, OFFICES, SHANGHAI, at, shown

from workflows.language.schemas.calendars import read_calendar
from workflows.timing.calendars import Calendar, CalendarError
from workflows.timing.durations import Duration

HOUR = 3600
INSTANTS = st.integers(1_420_000_000, 1_900_000_000)


def due(start: str, promise: str, calendar: Calendar = SHANGHAI) -> str:
    return shown(calendar.deadline(at(start, calendar), Duration.parse(promise)), calendar)


class TestOpening:
    def test_the_lunch_break_is_closed(self):
        assert SHANGHAI.is_open(at("2026-03-02 11:59"))
        assert not SHANGHAI.is_open(at("2026-03-02 12:00"))
        assert shown(SHANGHAI.next_opening(at("2026-03-02 12:00"))) == "2026-03-02 13:30"

    def test_an_open_office_opens_now(self):
        assert SHANGHAI.next_opening(at("2026-03-02 10:00")) == at("2026-03-02 10:00")

    def test_the_next_opening_may_lie_in_the_next_year(self):
        assert shown(BOSTON.next_opening(at("2026-12-31 17:00", BOSTON)), BOSTON) == "2027-01-01 08:30"

    def test_a_window_may_end_at_midnight_and_the_next_begin_there(self):
        assert (
            CUSTODY.count_open_seconds(at("2026-05-11 18:00", CUSTODY), at("2026-05-12 06:00", CUSTODY))
            == 12 * HOUR
        )

    def test_the_windows_of_a_day_are_instants(self):
        morning, afternoon = SHANGHAI.windows(date(2026, 3, 2))
        assert morning == (at("2026-03-02 09:00"), at("2026-03-02 12:00"))
        assert afternoon == (at("2026-03-02 13:30"), at("2026-03-02 18:00"))

    def test_the_sites_own_dates_beat_the_week(self):
        assert not CUSTODY.is_working_day(date(2026, 5, 5))
        assert CUSTODY.is_working_day(date(2026, 5, 10))

    def test_the_sites_own_dates_beat_the_country(self):
        spec = {"zone": "Asia/Shanghai", "hours": {"mon-fri": ["09:00-18:00"]}, "holidays": "CN"}
        own = read_calendar("own", spec | {"open": ["2026-10-01"], "closed": ["2026-02-14"]})
        assert own.is_working_day(date(2026, 10, 1))
        assert not own.is_working_day(date(2026, 2, 14))

    def test_the_united_states_keep_their_holidays(self):
        spec = {"zone": "America/New_York", "hours": {"mon-fri": ["09:00-17:00"]}, "holidays": "US"}
        assert not read_calendar("us", spec).is_working_day(date(2026, 7, 3))


class TestCounting:
    def test_only_opening_time_counts(self):
        assert SHANGHAI.count_open_seconds(at("2026-03-02 08:00"), at("2026-03-02 19:00")) == 7.5 * HOUR

    def test_nothing_counts_backwards(self):
        assert SHANGHAI.count_open_seconds(at("2026-03-02 11:00"), at("2026-03-02 10:00")) == 0

    def test_years_add_up(self):
        years = SHANGHAI.count_open_seconds(at("2024-01-01 00:00"), at("2027-01-01 00:00"))
        assert years == (251 + 248 + 248) * 7.5 * HOUR

    def test_adding_ends_at_the_close_not_at_the_next_opening(self):
        assert shown(SHANGHAI.add_open_seconds(at("2026-03-02 09:00"), 3 * HOUR)) == "2026-03-02 12:00"

    def test_adding_nothing_stays_even_when_closed(self):
        assert SHANGHAI.add_open_seconds(at("2026-03-01 03:00"), 0) == at("2026-03-01 03:00")

    @given(st.sampled_from(OFFICES), INSTANTS, st.integers(0, 4_000 * HOUR))
    def test_what_was_added_is_counted(self, office: Calendar, start: int, seconds: int):
        assert office.count_open_seconds(start, office.add_open_seconds(start, seconds)) == seconds

    @given(st.sampled_from(OFFICES), INSTANTS, st.integers(1, 400 * HOUR))
    def test_adding_finds_the_earliest_instant(self, office: Calendar, start: int, seconds: int):
        assert office.count_open_seconds(start, office.add_open_seconds(start, seconds) - 1) == seconds - 1

    @given(st.sampled_from(OFFICES), st.tuples(INSTANTS, INSTANTS, INSTANTS).map(sorted))
    def test_parts_add_up_to_the_whole(self, office: Calendar, moments: list[int]):
        first, middle, last = moments
        parts = office.count_open_seconds(first, middle) + office.count_open_seconds(middle, last)
        assert parts == office.count_open_seconds(first, last)


class TestDeadlines:
    """Seeds from jbpm 1830, 1342, 233: before opening, after closing, on a holiday."""

    @pytest.mark.parametrize(
        ("start", "promise", "end"),
        [
            ("2026-03-02 07:00", "2 working hours", "2026-03-02 11:00"),
            ("2026-03-02 11:00", "2 working hours", "2026-03-02 14:30"),
            ("2026-03-02 20:00", "30 working minutes", "2026-03-03 09:30"),
            ("2026-03-06 17:00", "2 working hours", "2026-03-09 10:00"),
            ("2026-10-01 10:00", "1 working hour", "2026-10-08 10:00"),
            ("2026-03-02 09:00", "1 working day", "2026-03-03 18:00"),
            ("2026-03-02 23:00", "1 working day", "2026-03-03 18:00"),
            ("2026-03-07 10:00", "1 working day", "2026-03-09 18:00"),
            ("2026-09-30 10:00", "1 working day", "2026-10-08 18:00"),
            ("2026-02-13 10:00", "1 working day", "2026-02-14 18:00"),
            ("2026-12-31 10:00", "2 working days", "2027-01-05 18:00"),
            ("2026-03-02 23:30", "4 hours", "2026-03-03 03:30"),
            ("2026-03-02 23:30", "3 days", "2026-03-05 23:30"),
            ("2026-03-02 23:30", "2 weeks", "2026-03-16 23:30"),
        ],
    )
    def test_the_unit_decides_what_is_counted(self, start: str, promise: str, end: str):
        assert due(start, promise) == end

    def test_a_day_is_not_a_working_day_is_not_24_working_hours(self):
        assert due("2026-03-02 09:00", "1 day") == "2026-03-03 09:00"
        assert due("2026-03-02 09:00", "1 working day") == "2026-03-03 18:00"
        assert due("2026-03-02 09:00", "24 working hours") == "2026-03-05 10:30"

    @pytest.mark.parametrize(
        ("start", "promise", "end"),
        [
            ("2011-07-01 01:32", "1 working day", "2011-07-04 01:32"),
            ("2011-07-02 10:00", "1 working day", "2011-07-05 10:00"),
            ("2011-07-01 16:59", "2 working days", "2011-07-05 16:59"),
            ("2011-07-01 17:00", "2 working days", "2011-07-06 08:30"),
            ("2011-07-07 20:00", "1 working day", "2011-07-11 08:30"),
        ],
    )
    def test_to_the_minute_keeps_the_time_of_day(self, start: str, promise: str, end: str):
        assert due(start, promise, BOSTON) == end

    def test_after_hours_may_be_kept(self):
        assert due("2026-05-11 09:00", "1 working day", CUSTODY) == "2026-05-12 09:00"

    @given(st.sampled_from(OFFICES), INSTANTS, st.integers(1, 40))
    def test_more_working_days_are_never_due_sooner(self, office: Calendar, start: int, days: int):
        fewer, more = (Duration.parse(f"{amount} working days") for amount in (days, days + 1))
        assert start < office.deadline(start, fewer) < office.deadline(start, more)


class TestClockChanges:
    """New York: 2026-03-08 skips 02:00 to 03:00, 2026-11-01 shows 01:00 to 02:00 twice."""

    def test_a_window_shrinks_in_spring_and_grows_in_autumn(self):
        nights = [date(2026, 3, 8), date(2026, 3, 9), date(2026, 11, 1)]
        lengths = [end - start for night in nights for start, end in NEW_YORK.windows(night)[:1]]
        assert lengths == [2 * HOUR, 3 * HOUR, 4 * HOUR]

    def test_days_keep_the_time_on_the_wall_and_hours_do_not(self):
        assert due("2026-03-07 12:00", "1 day", NEW_YORK) == "2026-03-08 12:00"
        assert due("2026-03-07 12:00", "24 hours", NEW_YORK) == "2026-03-08 13:00"

    def test_a_time_the_clock_skips_is_taken_as_much_later(self):
        assert due("2026-03-07 02:30", "1 day", NEW_YORK) == "2026-03-08 03:30"

    def test_a_window_within_the_skipped_hour_does_not_open(self):
        spec = {"zone": "America/New_York", "hours": {"sun": ["02:00-03:00"]}}
        assert not read_calendar("night", spec).is_working_day(date(2026, 3, 8))

    def test_windows_do_not_run_into_each_other(self):
        spec = {"zone": "America/New_York", "hours": {"mon-sun": ["02:00-03:00", "03:00-04:00"]}}
        night = read_calendar("night", spec)
        assert night.windows(date(2026, 3, 8)) == (
            (at("2026-03-08 03:00", night), at("2026-03-08 04:00", night)),
        )

    def test_a_rest_day_that_the_clock_change_makes_is_closed(self):
        spec = {"zone": "America/New_York", "hours": {"sun": ["02:00-03:00"]}}
        night = read_calendar("night", spec)
        pieces = night.segments(at("2026-03-08 00:00", night), at("2026-03-09 00:00", night))
        assert not any(piece.counted for piece in pieces)


class TestSegments:
    def test_each_stretch_says_why(self):
        pieces = SHANGHAI.segments(at("2026-02-13 10:00"), at("2026-02-24 10:00"))
        assert [(shown(p.start), p.reason, p.rule) for p in pieces] == [
            ("2026-02-13 10:00", "open", "mon-fri 09:00-12:00"),
            ("2026-02-13 12:00", "lunch break", "mon-fri 09:00-12:00, 13:30-18:00"),
            ("2026-02-13 13:30", "open", "mon-fri 13:30-18:00"),
            ("2026-02-13 18:00", "outside hours", "mon-fri 09:00-12:00, 13:30-18:00"),
            ("2026-02-14 00:00", "outside hours", "make-up working day 09:00-12:00, 13:30-18:00"),
            ("2026-02-14 09:00", "open", "make-up working day 09:00-12:00"),
            ("2026-02-14 12:00", "lunch break", "make-up working day 09:00-12:00, 13:30-18:00"),
            ("2026-02-14 13:30", "open", "make-up working day 13:30-18:00"),
            ("2026-02-14 18:00", "outside hours", "make-up working day 09:00-12:00, 13:30-18:00"),
            ("2026-02-15 00:00", "weekly rest day", "sat, sun"),
            ("2026-02-16 00:00", "holiday", "Chinese New Year's Eve"),
            ("2026-02-17 00:00", "holiday", "Chinese New Year (Spring Festival)"),
            ("2026-02-20 00:00", "holiday", "Day off (substituted from 02/14/2026)"),
            ("2026-02-21 00:00", "weekly rest day", "sat, sun"),
            ("2026-02-23 00:00", "holiday", "Day off (substituted from 02/28/2026)"),
            ("2026-02-24 00:00", "outside hours", "mon-fri 09:00-12:00, 13:30-18:00"),
            ("2026-02-24 09:00", "open", "mon-fri 09:00-12:00"),
        ]

    def test_the_sites_own_reason_is_shown(self):
        pieces = CUSTODY.segments(at("2026-05-05 00:00", CUSTODY), at("2026-05-05 12:00", CUSTODY))
        assert [(p.reason, p.rule) for p in pieces] == [("closed", "typhoon")]

    def test_no_time_has_no_segments(self):
        assert SHANGHAI.segments(at("2026-03-02 10:00"), at("2026-03-02 10:00")) == []

    @given(st.sampled_from(OFFICES), INSTANTS, st.integers(1, 30 * 24 * HOUR))
    def test_they_cover_the_time_without_gaps_and_agree_with_counting(
        self, office: Calendar, start: int, length: int
    ):
        pieces = office.segments(start, start + length)
        assert (pieces[0].start, pieces[-1].end) == (start, start + length)
        assert all(one.end == other.start for one, other in pairwise(pieces))
        assert sum(p.end - p.start for p in pieces if p.counted) == office.count_open_seconds(
            start, start + length
        )


class TestRange:
    @pytest.mark.parametrize("instant", [-(10**6), 10**10, 10**15])
    def test_an_instant_outside_the_years_is_refused(self, instant: int):
        with pytest.raises(CalendarError, match="outside the years 1970 to 2200"):
            SHANGHAI.next_opening(instant)

    @pytest.mark.parametrize("promise", ["1 working day", "9 working hours", "30 days", "900 hours"])
    def test_a_deadline_outside_the_years_is_refused(self, promise: str):
        with pytest.raises(CalendarError, match="outside the years 1970 to 2200"):
            SHANGHAI.deadline(at("2200-12-31 18:00"), Duration.parse(promise))

    def test_there_is_no_opening_after_the_last(self):
        with pytest.raises(CalendarError, match="outside"):
            SHANGHAI.next_opening(at("2200-12-31 18:00"))

    def test_a_date_outside_the_years_is_refused(self):
        with pytest.raises(CalendarError, match="year 1969"):
            SHANGHAI.is_working_day(date(1969, 12, 31))

    def test_opening_time_is_not_sought_beyond_the_years(self):
        with pytest.raises(CalendarError, match="outside"):
            SHANGHAI.deadline(at("2150-01-01 00:00"), Duration.parse("200000 working hours"))
