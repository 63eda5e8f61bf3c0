"""Every recurrence of the trade: which day, rolled off which holiday, opened how long ahead."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from offices import BOSTON, NEW_YORK, SHANGHAI, shown
from offices import at as local

from workflows.language.schemas.calendars import read_calendar
from workflows.timing.calendars import Calendar, CalendarError
from workflows.timing.daily_times import DailyTimes
from workflows.timing.durations import Duration
from workflows.timing.recurrence import Recurrence
from workflows.timing.recurrence_days import (
    MonthDay,
    Rule,
    ScheduledTime,
    YearDay,
    build_daily_rule,
    build_monthly_rules,
    build_weekly_rule,
)

DAY = 86_400


def monthly(*days: int | str, months: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    return build_monthly_rules(tuple(map(MonthDay.parse, days)), months)


def recurring(
    *rules: Rule, at: str | tuple[str, ...] = "09:00", calendar: Calendar = SHANGHAI, **more: str
) -> Recurrence:
    hours = tuple(map(ScheduledTime.parse, (at,) if isinstance(at, str) else at))
    lead = Duration.parse(more["lead"]) if "lead" in more else None
    return Recurrence(
        rules=rules,
        times=hours,
        calendar=calendar,
        roll=more.get("roll", "none"),  # type: ignore[arg-type]
        lead=lead,
    )


def moments(found: Recurrence, start: str, end: str) -> list[str]:
    """The slots that are opened in a stretch of local time, as the clock on the wall shows them."""
    zone = found.calendar
    return [shown(slot.at, zone) for slot in found.slots(local(start, zone), local(end, zone))]


def openings(found: Recurrence, start: str, end: str) -> list[str]:
    zone = found.calendar
    return [shown(slot.opens_at, zone) for slot in found.slots(local(start, zone), local(end, zone))]


def test_the_first_friday_of_every_month_moves_later_over_a_holiday():
    """T2: Labour Day and the National Day week push it to the next working day, which 2026 has twice."""
    found = recurring(*monthly("first friday"), at="10:00", roll="forward")
    assert moments(found, "2026-04-01 00:00", "2026-12-01 00:00") == [
        "2026-04-03 10:00",
        "2026-05-06 10:00",
        "2026-06-05 10:00",
        "2026-07-03 10:00",
        "2026-08-07 10:00",
        "2026-09-04 10:00",
        "2026-10-08 10:00",
        "2026-11-06 10:00",
    ]


def test_or_to_the_next_friday_where_a_company_reads_it_so():
    """A6: postponed to the same weekday of the next week that is worked."""
    found = recurring(*monthly("first friday"), at="10:00", roll="next-week")
    assert moments(found, "2026-05-01 00:00", "2026-05-31 00:00") == ["2026-05-08 10:00"]
    assert moments(found, "2026-10-01 00:00", "2026-10-31 00:00") == ["2026-10-09 10:00"]


def test_it_is_opened_fifteen_days_ahead_of_the_day_it_takes_place():
    """Of the day itself, not of the holiday it was moved from."""
    found = recurring(*monthly("first friday"), at="10:00", roll="forward", lead="15 days")
    assert openings(found, "2026-04-15 00:00", "2026-05-15 00:00") == ["2026-04-21 10:00"]
    assert moments(found, "2026-04-15 00:00", "2026-05-15 00:00") == ["2026-05-06 10:00"]


def test_before_the_25th_is_the_close_of_the_24th_or_of_the_working_day_before():
    """T7, A7: a Sunday gives the Friday before it, a working Monday itself."""
    found = recurring(*monthly(24), at="close", roll="backward", lead="3 working days")
    assert moments(found, "2026-05-01 00:00", "2026-08-30 00:00") == [
        "2026-05-22 18:00",
        "2026-06-24 18:00",
        "2026-07-24 18:00",
        "2026-08-24 18:00",
    ]
    assert openings(found, "2026-05-01 00:00", "2026-05-30 00:00") == ["2026-05-19 09:00"]


def test_thursday_before_the_close_moves_earlier_over_a_holiday():
    """T5: the Thursday of the National Day becomes the Wednesday before."""
    found = recurring(build_weekly_rule(("thu",)), at="close", roll="backward")
    assert moments(found, "2026-09-21 00:00", "2026-10-10 00:00") == [
        "2026-09-24 18:00",
        "2026-09-30 18:00",
        "2026-10-08 18:00",
    ]


def test_the_last_day_of_the_month_moves_earlier_but_a_make_up_saturday_counts():
    """T6: 28 February 2026 is a Saturday that is worked; 31 January is one that is not."""
    found = recurring(*monthly("last"), at="close", roll="backward")
    assert moments(found, "2026-01-01 00:00", "2026-04-01 00:00") == [
        "2026-01-30 18:00",
        "2026-02-28 18:00",
        "2026-03-31 18:00",
    ]


def test_weekly_on_several_days_and_several_times_a_day():
    found = recurring(build_weekly_rule(("mon", "fri")), at=("08:30", "20:30"))
    assert moments(found, "2026-03-02 00:00", "2026-03-08 00:00") == [
        "2026-03-02 08:30",
        "2026-03-02 20:30",
        "2026-03-06 08:30",
        "2026-03-06 20:30",
    ]


def test_every_half_month():
    """T31."""
    found = recurring(*monthly(1, 16))
    assert moments(found, "2026-02-01 00:00", "2026-04-01 00:00") == [
        "2026-02-01 09:00",
        "2026-02-16 09:00",
        "2026-03-01 09:00",
        "2026-03-16 09:00",
    ]


def test_every_hour_of_the_night():
    """T27: past midnight, up to the hour at which the night ends."""
    hours = DailyTimes.parse(
        Duration.parse("1 hour"), ScheduledTime.parse("22:00"), ScheduledTime.parse("06:00")
    )
    found = Recurrence(rules=(build_daily_rule(),), times=hours, calendar=SHANGHAI)
    night = moments(found, "2026-03-02 12:00", "2026-03-03 12:00")
    assert [moment[-5:] for moment in night] == [
        "22:00",
        "23:00",
        "00:00",
        "01:00",
        "02:00",
        "03:00",
        "04:00",
        "05:00",
    ]


def test_every_quarter_and_every_year():
    quarterly = recurring(*monthly(15, months=("jan", "apr", "jul", "oct")), roll="forward")
    assert moments(quarterly, "2026-01-01 00:00", "2027-01-01 00:00") == [
        "2026-01-15 09:00",
        "2026-04-15 09:00",
        "2026-07-15 09:00",
        "2026-10-15 09:00",
    ]
    yearly = recurring(YearDay.parse("11-18").rule, YearDay.parse("03-01").rule)
    assert moments(yearly, "2026-01-01 00:00", "2027-01-01 00:00") == ["2026-03-01 09:00", "2026-11-18 09:00"]


def test_a_closed_day_may_be_left_out():
    """Each working day: the National Day week has none until the eighth."""
    found = recurring(build_daily_rule(), roll="skip")
    assert moments(found, "2026-09-30 00:00", "2026-10-10 00:00") == [
        "2026-09-30 09:00",
        "2026-10-08 09:00",
        "2026-10-09 09:00",
    ]


def test_open_and_close_are_those_of_the_day():
    """Without rolling, a closed day begins at midnight and ends at midnight."""
    found = recurring(build_daily_rule(), at=("open", "close"))
    assert moments(found, "2026-03-06 00:00", "2026-03-08 00:00") == [
        "2026-03-06 09:00",
        "2026-03-06 18:00",
        "2026-03-07 00:00",
    ]


def test_two_slots_that_are_moved_to_one_moment_are_one():
    """Thursday and Friday of a holiday week both become the Wednesday; it is opened once, as the Thursday."""
    found = recurring(build_weekly_rule(("thu", "fri")), roll="backward")
    slots = found.slots(local("2026-09-30 00:00", SHANGHAI), local("2026-10-01 00:00", SHANGHAI))
    assert [slot.key for slot in slots] == ["2026-10-01 09:00"]


def test_a_slot_keeps_its_key_when_the_calendar_changes():
    """So what was opened ahead is not opened again once the holidays are announced."""
    plain = read_calendar("plain", {"zone": "Asia/Shanghai", "hours": {"mon-fri": ["09:00-18:00"]}})
    rules = monthly("first friday")
    one, other = (recurring(*rules, roll="forward", calendar=each) for each in (plain, SHANGHAI))
    may = local("2026-05-01 00:00", SHANGHAI), local("2026-05-31 00:00", SHANGHAI)
    assert [s.key for s in one.slots(*may)] == [s.key for s in other.slots(*may)] == ["2026-05-01 09:00"]
    assert one.slots(*may)[0].at != other.slots(*may)[0].at


def test_a_time_that_the_clocks_skip_comes_once_and_one_they_show_twice_too():
    """New York: 02:30 does not exist on 8 March 2026, 01:30 comes twice on 1 November."""
    spring, autumn = (
        recurring(build_daily_rule(), at="02:30", calendar=NEW_YORK),
        recurring(build_daily_rule(), at="01:30", calendar=NEW_YORK),
    )
    assert moments(spring, "2026-03-07 00:00", "2026-03-10 00:00") == [
        "2026-03-07 02:30",
        "2026-03-08 03:30",
        "2026-03-09 02:30",
    ]
    assert len(moments(autumn, "2026-11-01 00:00", "2026-11-02 00:00")) == 1


def test_the_next_ones_are_found_however_far_off():
    found = recurring(YearDay.parse("03-01").rule)
    keys = [slot.key for slot in found.upcoming(local("2026-03-02 00:00", SHANGHAI), 2)]
    assert keys == ["2027-03-01 09:00", "2028-03-01 09:00"]


def test_nothing_recurs_in_no_time():
    found = recurring(build_daily_rule())
    assert found.slots(local("2026-03-02 09:00", SHANGHAI), local("2026-03-02 09:00", SHANGHAI)) == []


def test_an_office_that_stays_closed_for_a_quarter_is_complained_of():
    closed = {date.fromordinal(date(2026, 1, 1).toordinal() + n): "moved" for n in range(250)}
    shut = read_calendar(
        "shut", {"zone": "Asia/Shanghai", "hours": {"mon-fri": ["09:00-18:00"]}, "closed": closed}
    )
    with pytest.raises(CalendarError, match="no working day within 92"):
        moments(recurring(*monthly(1), roll="forward", calendar=shut), "2026-01-01 00:00", "2026-03-01 00:00")


@pytest.mark.parametrize(
    ("parse", "said", "complaint"),
    [
        (ScheduledTime.parse, "8:30", "no time of the day"),
        (ScheduledTime.parse, "24:00", "no time of the day"),
        (MonthDay.parse, 31, "not every month has a day 31; did you mean 'last'"),
        (MonthDay.parse, 0, "not every month has a day 0"),
        (MonthDay.parse, "fist friday", "did you mean 'first'"),
        (MonthDay.parse, "first", "no day of a month"),
        (MonthDay.parse, "first freitag", "unknown weekday"),
        (YearDay.parse, "02-29", "not every year"),
        (YearDay.parse, "02-30", "no day of a year"),
        (YearDay.parse, "3-1", "no day of a year"),
    ],
)
def test_what_names_no_time_is_refused(parse, said, complaint):
    """With what was probably meant."""
    with pytest.raises(ValueError, match=complaint):
        parse(said)


@pytest.mark.parametrize("every", ["1 day", "90 seconds", "2 working hours", "24 hours"])
def test_a_round_is_of_whole_minutes_and_less_than_a_day(every):
    with pytest.raises(ValueError, match="whole minutes or hours"):
        DailyTimes.parse(Duration.parse(every), None, None)


def test_rounds_go_between_fixed_times():
    with pytest.raises(ValueError, match="no fixed time"):
        DailyTimes.parse(Duration.parse("1 hour"), ScheduledTime.parse("open"), None)


RULES = st.sampled_from(
    [
        (build_daily_rule(),),
        (build_weekly_rule(("mon", "thu")),),
        monthly("first friday"),
        monthly("last"),
        monthly(1, 16),
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    rules=RULES,
    at=st.sampled_from(["open", "close", "00:00", "02:30", "23:59"]),
    roll=st.sampled_from(["none", "forward", "backward", "next-week", "skip"]),
    lead=st.sampled_from([None, "1 hour", "15 days", "3 working days"]),
    calendar=st.sampled_from([SHANGHAI, NEW_YORK, BOSTON]),
    cuts=st.lists(st.integers(0, 120 * DAY), min_size=1, max_size=4, unique=True),
)
def test_a_stretch_cut_into_pieces_gives_the_same_slots(rules, at, roll, lead, calendar, cuts):
    """Whenever a clock looks, it sees each slot in exactly one look."""
    assume(roll != "next-week" or rules == monthly("first friday"))
    found = Recurrence(
        rules=rules,
        times=(ScheduledTime.parse(at), ScheduledTime.parse("12:15")),
        calendar=calendar,
        roll=roll,
        lead=Duration.parse(lead) if lead else None,
    )
    start = local("2026-08-20 00:00", SHANGHAI)
    ends = sorted(start + cut for cut in [0, *cuts, 120 * DAY])
    pieces = [slot for a, b in pairwise(ends) for slot in found.slots(a, b)]
    assert pieces == found.slots(start, start + 120 * DAY)
    assert len({slot.key for slot in pieces}) == len(pieces) == len({slot.at for slot in pieces})
