"""Calendars and escalations have an editors' JSON Schema, made from the shapes that reading loads by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from workflows.language.editor_schema import calendars_schema, escalations_schema
from workflows.language.files.source import SourceFile
from workflows.language.schemas.calendars import read_calendar
from workflows.language.schemas.escalations import read_policy
from workflows.language.schemas.load import SpecError

FOLDER = Path(__file__).parents[2] / "definitions"
CALENDARS, ESCALATIONS = (Draft202012Validator(made()) for made in (calendars_schema, escalations_schema))
TITLE = {"en": "X", "zh-Hans": "X", "zh-Hant": "X", "es": "X"}
OFFICE = {"zone": "Asia/Shanghai", "hours": {"mon-fri": ["09:00-18:00"]}}


def fits(validator: Draft202012Validator, entry: object) -> bool:
    """Whether a file with this entry fits."""
    return not list(validator.iter_errors({"x": entry}))


def is_calendar(spec: dict[str, Any]) -> bool:
    """Whether reading takes it."""
    try:
        read_calendar("x", spec)
    except SpecError:
        return False
    return True


def is_policy(*levels: object) -> bool:
    """Whether reading takes a policy of these levels."""
    try:
        read_policy("x", {"levels": list(levels)})
    except SpecError:
        return False
    return True


@pytest.mark.parametrize(
    ("validator", "file"), [(CALENDARS, "calendars.yaml"), (ESCALATIONS, "escalations.yaml")]
)
def test_our_own_files_fit(validator: Draft202012Validator, file: str) -> None:
    """They are of the dialect that the schema names."""
    Draft202012Validator.check_schema(validator.schema)
    assert [
        error.message for error in validator.iter_errors(SourceFile((FOLDER / file).read_bytes(), file).data)
    ] == []


@pytest.mark.parametrize(
    "more",
    [
        {"holidays": "none"},
        {"holidays": None},
        {"holidays": {"country": "HK", "kinds": ["public", "optional"]}},
        {"holidays": {"country": "US", "region": "MA", "kinds": "public"}},
        {"hours": {"sat": [], "sun-mon": ["22:00-06:00", "18:00-20:00"]}},
        {"make_up_hours": ["10:00-24:00"]},
        {"closed": ["2026-05-04"]},
        {"closed": {"2026-05-04": "audit", "2026-05-05": None, "2026-05-06": ""}},
        {"open": ["2026-05-09"]},
        {"open": {"2026-05-09": "补班", "2026-12-26": ["10:00-16:00"]}},
        {"open": {"2026-05-09": {"hours": ["10:00-16:00"], "reason": "盘点"}, "2026-05-10": {}}},
        {"working_days": "to-the-minute", "after_hours": "next-opening"},
    ],
)
def test_a_calendar_that_reading_takes_fits(more: dict[str, object]) -> None:
    """Every way to write a day."""
    assert is_calendar(OFFICE | more)
    assert fits(CALENDARS, OFFICE | more | {"title": TITLE})


@pytest.mark.parametrize(
    "wrong",
    [
        {"huors": {}},
        {"zone": "Asia/Shangai"},
        {"zone": None},
        {"hours": None},
        {"hours": ["09:00-12:00"]},
        {"hours": {"mon-fir": ["09:00-12:00"]}},
        {"hours": {"mon": "09:00-12:00"}},
        {"hours": {"mon": ["9-5"]}},
        {"hours": {"mon": ["24:00-06:00"]}},
        {"make_up_hours": [5]},
        {"holidays": "XX"},
        {"holidays": ["CN"]},
        {"holidays": {"contry": "HK"}},
        {"holidays": {"region": "MA"}},
        {"closed": "2026-05-04"},
        {"closed": ["4 May"]},
        {"closed": {"2026-05-04": ["x"]}},
        {"open": {"4 May": "x"}},
        {"open": {"2026-05-09": []}},
        {"open": {"2026-05-09": ["x"]}},
        {"open": {"2026-05-09": {"hour": []}}},
        {"open": {"2026-05-09": {"hours": []}}},
        {"working_days": "to-closing"},
        {"after_hours": 5},
    ],
)
def test_a_mistake_in_a_calendar_does_not_fit(wrong: dict[str, object]) -> None:
    """Nor is it read."""
    assert not is_calendar(OFFICE | wrong)
    assert not fits(CALENDARS, OFFICE | wrong | {"title": TITLE})


@pytest.mark.parametrize("key", ["title", "zone", "hours"])
def test_a_calendar_needs_its_title_zone_and_hours(key: str) -> None:
    """Everything else may be left out."""
    whole = OFFICE | {"title": TITLE}
    assert fits(CALENDARS, whole)
    assert not fits(CALENDARS, {name: value for name, value in whole.items() if name != key})


@pytest.mark.parametrize(
    "level",
    [
        {"at": "80%", "notify": "assignee"},
        {"at": "1000 %", "notify": ["owner", "office-director"], "urgent": True},
        {"after": "1 working day", "raise": "priority"},
        {"every": "2 days", "times": 100, "fire": "miss"},
    ],
)
def test_a_level_that_reading_takes_fits(level: dict[str, object]) -> None:
    """Of each kind."""
    assert is_policy(level)
    assert fits(ESCALATIONS, {"title": TITLE, "levels": [level]})


@pytest.mark.parametrize(
    "level",
    [
        "tell everybody",
        {"at": "80%", "notfy": "x"},
        {"notify": "x"},
        {"at": "80%", "after": "1 day", "notify": "x"},
        {"at": 80, "notify": "x"},
        {"at": "0%", "notify": "x"},
        {"at": "1001%", "notify": "x"},
        {"after": "P1D", "notify": "x"},
        {"every": "1 day", "notify": "x"},
        {"every": "1 day", "times": 0, "notify": "x"},
        {"every": "1 day", "times": 101, "notify": "x"},
        {"every": "1 day", "times": True, "notify": "x"},
        {"after": "1 day", "times": 2, "notify": "x"},
        {"at": "80%", "notify": 5},
        {"at": "80%", "notify": "The Boss"},
        {"at": "80%", "raise": "hell"},
        {"at": "80%", "fire": ["x"]},
        {"at": "80%", "notify": "x", "urgent": "very"},
        {"at": "80%"},
    ],
)
def test_a_mistake_in_a_level_does_not_fit(level: object) -> None:
    """Nor is it read."""
    assert not is_policy(level)
    assert not fits(ESCALATIONS, {"title": TITLE, "levels": [level]})


@pytest.mark.parametrize("levels", [None, "80%", [], {}])
def test_a_policy_has_a_list_of_levels(levels: object) -> None:
    """At least one."""
    assert not fits(ESCALATIONS, {"title": TITLE, "levels": levels})
    assert not fits(ESCALATIONS, {"title": TITLE})
    with pytest.raises(SpecError):
        read_policy("x", {"levels": levels})


def test_a_calendar_goes_by_the_timetables_own_words_for_what_is_not_said() -> None:
    """Stated once, there."""
    made = read_calendar("x", yaml.safe_load("{zone: UTC, hours: {sun: ['10:00-12:00']}}"))
    assert (made.working_days, made.after_hours) == ("to-close", "keep")
    assert made.timetable.holidays is None
    assert made.timetable.make_up_windows == made.week[6]


def test_each_mistake_of_a_policy_is_one_finding() -> None:
    """What follows from it is not counted again."""
    wrong = [{"at": "8O%", "notify": "owner"}, {"at": "50%", "ntify": "owner"}, {"at": "50%", "fire": "x"}]
    with pytest.raises(SpecError) as caught:
        read_policy("x", {"levels": wrong})
    assert [path for path, _ in caught.value.problems] == [("levels", 0, "at"), ("levels", 1, "ntify")]
