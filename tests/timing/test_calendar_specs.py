"""What may be written about a calendar, and what is said about mistakes."""

from datetime import date

import pytest

from workflows.language.schemas.calendars import read_calendar
from workflows.language.schemas.load import SpecError
from workflows.timing.calendars import Window

GOOD = {"zone": "Asia/Shanghai", "hours": {"mon-fri": ["09:00-18:00"]}}


def problems(**changes: object) -> list[tuple[tuple[object, ...], str]]:
    with pytest.raises(SpecError) as caught:
        read_calendar("office", GOOD | changes)
    return caught.value.problems


def test_a_calendar_knows_its_name_version_and_rules():
    calendar = read_calendar("office", GOOD | {"title": {"en": "Office"}}, version=3)
    assert (calendar.name, calendar.version, calendar.zone.key) == ("office", 3, "Asia/Shanghai")
    assert (calendar.working_days, calendar.after_hours) == ("to-close", "keep")
    assert calendar.week[0] == (Window.parse("09:00-18:00"),)
    assert calendar.week[6] == ()


def test_days_may_be_ranges_single_or_run_over_the_weekend():
    calendar = read_calendar("shop", GOOD | {"hours": {"sat-mon": ["10:00-12:00"], "wed": []}})
    assert [bool(calendar.week[day]) for day in range(7)] == [True, False, False, False, False, True, True]


def test_dates_may_be_text_or_dates_mapped_or_listed():
    calendar = read_calendar(
        "office",
        GOOD | {"closed": [date(2026, 5, 4), "2026-05-05"], "open": {date(2026, 5, 9): "moving day"}},
    )
    assert calendar.off == {date(2026, 5, 4): "closed", date(2026, 5, 5): "closed"}
    assert calendar.on == {date(2026, 5, 9): ((Window.parse("09:00-18:00"),), "moving day")}


def test_a_make_up_day_has_hours_of_its_own_when_given():
    calendar = read_calendar("office", GOOD | {"make_up_hours": ["10:00-15:00"], "open": ["2026-05-09"]})
    assert calendar.on[date(2026, 5, 9)] == ((Window.parse("10:00-15:00"),), "make-up working day")


@pytest.mark.parametrize(
    ("changes", "path", "message"),
    [
        ({"huors": {}}, ("huors",), "did you mean 'hours'"),
        ({"zone": "Asia/Shangai"}, ("zone",), "did you mean 'Asia/Shanghai'"),
        ({"zone": None}, ("zone",), "nothing stands after the colon"),
        ({"hours": {"mon-fir": ["09:00-12:00"]}}, ("hours", "mon-fir"), "did you mean 'fri'"),
        ({"hours": {"mon": ["09:00-12:00", "9-5"]}}, ("hours", "mon", 1), "no window"),
        ({"hours": {"mon": ["12:00-12:00"]}}, ("hours", "mon", 0), "closes as it opens"),
        (
            {"hours": {"mon": ["22:00-06:00"], "tue": ["05:00-09:00"]}},
            ("hours", "mon"),
            "22:00-06:00 of mon runs into 05:00-09:00 of tue",
        ),
        ({"hours": {"mon": ["09:00-12:00", "11:00-13:00"]}}, ("hours", "mon"), "overlap"),
        ({"hours": {"mon": "09:00-12:00"}}, ("hours", "mon"), "where a list of windows such as"),
        ({"hours": {"mon-fri": ["09:00-12:00"], "fri": ["09:00-10:00"]}}, ("hours", "fri"), "given twice"),
        ({"hours": ["09:00-12:00"]}, ("hours",), "a list where a mapping such as"),
        ({"hours": {"mon": []}}, ("hours",), "never opens"),
        ({"holidays": "XX"}, ("holidays",), "unknown country 'XX'"),
        ({"closed": ["2026-02-30"]}, ("closed", 0), "no date"),
        ({"closed": {"2026-02-30": "x"}}, ("closed", "2026-02-30"), "no date"),
        ({"closed": {"2026-05-04": ["x"]}}, ("closed", "2026-05-04"), "a list where a text belongs"),
        ({"closed": "2026-05-04"}, ("closed",), "where a mapping of dates, or a list of them, belongs"),
        ({"open": {"2026-05-09": {"hour": []}}}, ("open", "2026-05-09", "hour"), "did you mean 'hours'"),
        ({"open": {"2026-05-09": {"hours": ["x"]}}}, ("open", "2026-05-09", "hours", 0), "no window"),
        (
            {"open": ["2026-05-09"], "closed": ["2026-05-09"]},
            ("open", "2026-05-09"),
            "under closed as well",
        ),
        ({"working_days": "to-closing"}, ("working_days",), "did you mean 'to-close'"),
        ({"after_hours": "next"}, ("after_hours",), "'next' is none of keep, next-opening"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    changes: dict[str, object], path: tuple[object, ...], message: str
):
    found = problems(**changes)
    assert [place for place, _ in found] == [path]
    assert message in found[0][1]


def test_all_mistakes_are_named_at_once():
    assert len(problems(zone="Mars", holidays="XX", after_hours="never", closed=["x", "y"])) == 5


def test_days_given_twice_are_told_beside_a_window_that_is_none():
    hours = {"mon": ["9-5"], "tue-wed": ["09:00-12:00"], "wed": ["09:00-10:00"], "thu-fri": ["22:00-23:00"]}
    assert [path for path, _ in problems(hours=hours)] == [("hours", "mon", 0), ("hours", "wed")]


@pytest.mark.parametrize("reason", [None, "", 0, False])
def test_a_day_without_a_reason_is_closed_all_the_same(reason: object):
    calendar = read_calendar("office", GOOD | {"closed": {"2026-05-04": reason}})
    assert calendar.off == {date(2026, 5, 4): "closed"}


def test_a_calendar_without_hours_is_refused():
    with pytest.raises(SpecError, match="hours: 'hours' is missing"):
        read_calendar("office", {"zone": "UTC"})


def test_the_message_carries_the_path():
    with pytest.raises(SpecError, match=r"hours\.mon\.0: '9-5' is no window"):
        read_calendar("office", GOOD | {"hours": {"mon": ["9-5"]}})


def test_hours_written_once_for_five_days_are_one_problem():
    spec = GOOD | {"hours": {"mon-fri": ["09:00-12:00", "18:00-13:30"]}}
    with pytest.raises(SpecError) as caught:
        read_calendar("office", spec)
    assert [message for _, message in caught.value.problems] == [
        "18:00-13:30 of mon runs into 09:00-12:00 of tue"
    ]
