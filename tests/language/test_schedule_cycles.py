"""How schedules.yaml says every so many weeks, an item's own turn, the nth working day; and what is refused."""

# ruff: noqa: E501  # YAML as its authors write it
from __future__ import annotations

from datetime import date

import pytest

from tests.language.test_schedules import WEEKLY, T, read
from workflows.language.schedule_spec import ItemCycle
from workflows.timing.date_intervals import DateInterval
from workflows.timing.instants import to_datetime
from workflows.timing.recurrence import Recurrence

ROWS = "[{unit: wings, days: 7, since: 2026-03-01}, {unit: head, days: 10, since: 2026-03-01}]"
ITEMS = f"""\
weekly:
  title: {T}
  opens: patrol
  on: {{every: item.days, from: item.since, at: 09:00}}
  each: {{rows: {ROWS}}}
  with: {{by: slot, unit: item.unit}}
"""


def on(times: str) -> str:
    return (
        WEEKLY.replace("{weekly: thu, at: close}", times)
        .replace("  roll: backward\n", "")
        .replace("  lead: 1 working day\n", "")
    )


def slots(times: str, count: int = 3) -> list[str]:
    plan, problems = read(on(times))
    assert problems == []
    when = plan.schedules["weekly"].when
    assert isinstance(when, Recurrence)
    return [
        f"{to_datetime(each.at, when.calendar.zone):%m-%d %H:%M}"
        for each in when.upcoming(1_772_380_800, count)
    ]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ("{every: 2 weeks, from: 2026-03-02, at: 09:00}", ["03-02 09:00", "03-16 09:00", "03-30 09:00"]),
        ("{every: 10 days, from: 2026-03-02, at: open}", ["03-02 09:00", "03-12 09:00", "03-22 00:00"]),
        (
            "{weekly: [mon], every: 2 weeks, from: 2026-02-25, at: 09:00}",
            ["03-09 09:00", "03-23 09:00", "04-06 09:00"],
        ),
        ("{every: 1 month, from: 2026-01-31, at: 09:00}", ["03-31 09:00", "04-30 09:00", "05-31 09:00"]),
        ("{monthly: third working day, at: 09:00}", ["03-04 09:00", "04-03 09:00", "05-05 09:00"]),
        ("{monthly: last working day, months: [mar, jun], at: 09:00}", ["03-31 09:00", "06-30 09:00"]),
    ],
)
def test_recurrences_by_interval_are_read(times: str, expected: list[str]):
    assert slots(times, len(expected)) == expected


def test_each_item_has_its_own_turn():
    plan, problems = read(ITEMS)
    assert problems == []
    schedule = plan.schedules["weekly"]
    assert schedule.each is not None
    assert schedule.each.cycle == ItemCycle(every="days", start="since")
    assert schedule.catch_up == "all"


@pytest.mark.parametrize(
    ("day", "turn"),
    [("2026-03-01", False), ("2026-03-08", True), ("2026-03-09", False), ("2026-03-15", True)],
)
def test_a_turn_comes_so_long_after_the_items_date_and_not_on_it(day: str, turn: bool):
    cycle = ItemCycle(every=DateInterval(7, "days"), start="cleaned_on")
    assert cycle.is_due_on({"cleaned_on": "2026-03-01"}, date.fromisoformat(day)) is turn


@pytest.mark.parametrize("row", [{}, {"cleaned_on": None}, {"cleaned_on": "soon"}, {"cleaned_on": 7}])
def test_an_item_without_a_date_has_no_turn(row: dict[str, object]):
    assert not ItemCycle(every=DateInterval(7, "days"), start="cleaned_on").is_due_on(row, date(2026, 3, 8))


@pytest.mark.parametrize("count", [None, 0, -3, "x", 0.5])
def test_nor_has_one_without_an_interval(count: object):
    row = {"since": "2026-03-01", "days": count}
    assert not ItemCycle(every="days", start="since").is_due_on(row, date(2026, 3, 8))


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ("{every: 2 weeks, at: 09:00}", "counted from which date?"),
        ("{every: 2 weeks, from: 22:00, at: 09:00}", "counted from which date?"),
        ("{every: 2 weeks, from: 2026-02-30, at: 09:00}", "is no date"),
        ("{every: 2 weeks, from: 2026-03-02}", "at which time of the day?"),
        ("{every: 1 hour, from: 2026-03-02}", "rounds of a day go from a time"),
        ("{weekly: mon, every: 10 days, from: 2026-03-02, at: 09:00}", "every how many weeks?"),
        ("{weekly: mon, every: 2 weeks, at: 09:00}", "counted from which date?"),
        ("{weekly: mon, from: 2026-03-02, at: 09:00}", "'from' goes with every"),
        ("{monthly: 1, every: 2 weeks, at: 09:00}", "not 2 of them"),
        ("{monthly: fift working day, at: 09:00}", "did you mean 'first'"),
        ("{every: 7 days, from: item.since, at: 09:00}", "whose date?"),
        ("{every: item.days, from: 2026-03-02, at: 09:00}", "each item has its own interval"),
    ],
)
def test_what_cannot_recur_is_refused(times: str, message: str):
    _, problems = read(on(times))
    assert any(message in each for each in problems), problems


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("from: item.since", "from: item.sinc", "did you mean 'since'"),
        ("every: item.days", "every: item.unit", "an open number field is needed"),
        ("since: 2026-03-01}, {unit: head", "since: soon}, {unit: head", "no date in every row"),
    ],
)
def test_what_an_item_does_not_tell_is_refused(old: str, new: str, message: str):
    assert old in ITEMS
    _, problems = read(ITEMS.replace(old, new, 1))
    assert any(message in each for each in problems), problems
