"""Days that differ: opening hours of one day, holidays of a region, and of more kinds than one."""

from __future__ import annotations

from datetime import date

import pytest

from workflows.language.schemas.calendars import read_calendar
from workflows.language.schemas.load import SpecError
from workflows.timing.calendars import Window
from workflows.timing.site_calendar import merge_site_spec

GOOD = {"zone": "Asia/Shanghai", "hours": {"mon-fri": ["09:00-18:00"]}}


def problems(**changes: object) -> list[tuple[tuple[object, ...], str]]:
    with pytest.raises(SpecError) as caught:
        read_calendar("office", GOOD | changes)
    return caught.value.problems


def test_a_list_under_open_is_the_hours_of_that_day():
    calendar = read_calendar("office", GOOD | {"open": {"2026-12-26": ["10:00-16:00"]}})
    day = date(2026, 12, 26)
    assert calendar.timetable.hours_on(day).windows == (Window.parse("10:00-16:00"),)
    (start, end) = calendar.windows(day)[0]
    assert end - start == 6 * 3600


def test_hours_and_a_reason_are_told_apart():
    said = {"hours": ["10:00-12:00"], "reason": "盘点"}
    calendar = read_calendar("office", GOOD | {"open": {"2026-12-26": said}})
    assert calendar.on[date(2026, 12, 26)] == ((Window.parse("10:00-12:00"),), "盘点")


@pytest.mark.parametrize(
    ("entry", "path", "message"),
    [
        (["10-16"], ("open", "2026-12-26", 0), "is no window"),
        ({"hours": ["10:00"]}, ("open", "2026-12-26", "hours", 0), "is no window"),
        ([], ("open", "2026-12-26"), "list it under closed"),
        ({"hurs": ["10:00-12:00"]}, ("open", "2026-12-26", "hurs"), "did you mean 'hours'"),
    ],
)
def test_hours_of_a_day_that_are_none_are_refused(entry: object, path: tuple[object, ...], message: str):
    assert any(where == path and message in what for where, what in problems(open={"2026-12-26": entry}))


def test_holidays_of_a_region_and_of_further_kinds_are_kept():
    general = read_calendar("office", GOOD | {"holidays": {"country": "HK", "kinds": ["public", "optional"]}})
    statutory = read_calendar("office", GOOD | {"holidays": "HK"})
    boston = read_calendar("office", GOOD | {"holidays": {"country": "US", "region": "MA"}})
    elsewhere = read_calendar("office", GOOD | {"holidays": "US"})
    good_friday, patriots_day = date(2026, 4, 3), date(2026, 4, 20)
    assert (general.is_working_day(good_friday), statutory.is_working_day(good_friday)) == (False, True)
    assert (boston.is_working_day(patriots_day), elsewhere.is_working_day(patriots_day)) == (False, True)


@pytest.mark.parametrize(
    ("said", "path", "message"),
    [
        ({"country": "HK", "kinds": ["optonal"]}, ("holidays", "kinds"), "did you mean 'optional'"),
        ({"country": "US", "region": "XX"}, ("holidays", "region"), "US has no region 'XX'"),
        ({"country": "Hong Kong"}, ("holidays", "country"), "unknown country"),
        ({"contry": "HK"}, ("holidays", "contry"), "did you mean 'country'"),
        (["CN"], ("holidays",), "a list where the name of a country belongs"),
    ],
)
def test_holidays_that_nobody_knows_are_refused(said: object, path: tuple[object, ...], message: str):
    assert any(where == path and message in what for where, what in problems(holidays=said))


def test_a_sites_word_beats_the_companys_on_the_same_day():
    company = GOOD | {"closed": {"2026-05-06": "audit"}, "open": ["2026-05-09"]}
    said = {"open": {"2026-05-06": "needed"}, "closed": ["2026-05-09"]}
    calendar = read_calendar("office", merge_site_spec(company, said, "Asia/Hong_Kong"))
    assert calendar.is_working_day(date(2026, 5, 6))
    assert not calendar.is_working_day(date(2026, 5, 9))
    assert calendar.zone.key == "Asia/Hong_Kong"


def test_make_up_hours_follow_whoever_has_said_the_hours():
    company = GOOD | {"make_up_hours": ["09:00-12:00"], "open": ["2026-05-09"]}
    spec = merge_site_spec(company, {"hours": {"mon-fri": ["08:00-10:00"]}}, None)
    assert read_calendar("office", spec).windows(date(2026, 5, 9))[0][1] == 1_778_292_000
    assert "make_up_hours" in merge_site_spec(company, {"closed": []}, None)


def test_calendars_with_one_seal_have_the_same_days_and_hours():
    plain, titled = (
        read_calendar("office", GOOD),
        read_calendar("desk", GOOD | {"title": {"en": "Desk"}}),
    )
    assert plain.seal == titled.seal
    assert plain.seal != read_calendar("office", GOOD | {"closed": ["2026-05-06"]}).seal
