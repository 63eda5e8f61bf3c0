"""Cases of business time from the suites of five other libraries, in our calendars' own words.

They agree in 228 of 236. The other eight are listed with their reason: one expectation is wrong, seven follow
another convention.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from workflows.language.schemas.calendars import read_calendar
from workflows.timing import clock_operations
from workflows.timing.calendars import Calendar
from workflows.timing.clock import Clock
from workflows.timing.durations import Duration
from workflows.timing.instants import Instant, from_datetime, to_datetime
from workflows.timing.progress import count_consumed

FILE = Path(__file__).parents[2].parent / "shared" / "data" / "business_time_oracles.csv"
KEEPS_THE_TIME = "we keep the time of day of the start, they move it to the opening"
NEVER_NEGATIVE = "an end before its start counts nothing with us, and backwards with them"
OTHERWISE = {  # (source, case, start, argument) → why, and what is right for us
    ("zendesk/biz", "days, before opening", "2006-01-03T08:00", "2 working days"): (
        KEEPS_THE_TIME,
        "2006-01-05T08:00:00+00:00",
    ),
    ("bokmann/business_time", "1 business days", "2010-04-10T11:00", "1 working day"): (
        KEEPS_THE_TIME,
        "2010-04-13T11:00:00+00:00",
    ),
    ("bokmann/business_time", "1 business days", "2010-04-10T23:55", "1 working day"): (
        f"{KEEPS_THE_TIME}; after the close it is the next opening",
        "2010-04-14T09:00:00+00:00",
    ),
    ("bokmann/business_time", "1 business days", "2015-10-14T01:54", "1 working day"): (
        KEEPS_THE_TIME,
        "2015-10-15T01:54:00+00:00",
    ),
    ("Intrepidd/working_hours", "origin is holiday, to-close", "2014-04-09T12:00", "1 working day"): (
        "to-close counts the first working day after the start, also of one on a holiday",
        "2014-04-10",
    ),
    ("Intrepidd/working_hours", "time between", "2014-04-07T15:00", "2014-04-07T10:00"): (
        NEVER_NEGATIVE,
        "0",
    ),
    ("bokmann/business_time", "business time until", "2012-02-01T14:20", "2012-02-01T10:00"): (
        NEVER_NEGATIVE,
        "0",
    ),
    (
        "Intrepidd/working_hours",
        "autumn change, round the clock",
        "2020-10-24T22:00+00:00",
        "2020-10-25T23:00+00:00",
    ): (
        "theirs is wrong: the Sunday on which the clocks go back has 25 hours, and all of them are open",
        "90000",
    ),
}


def oracles() -> list[dict[str, str]]:
    if not FILE.exists():
        return []
    with FILE.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def which(row: Mapping[str, str]) -> tuple[str, str, str, str]:
    return row["source"], row["case"], row["start"], row["argument"]


def moment(text: str, calendar: Calendar) -> Instant:
    found = datetime.fromisoformat(text)
    return from_datetime(found if found.tzinfo else found.replace(tzinfo=calendar.zone))


def shown(at: Instant, calendar: Calendar) -> str:
    return to_datetime(at, calendar.zone).isoformat()


def lived(calendar: Calendar, start: str, argument: str) -> Clock:
    """A clock after the events that the argument tells of."""
    promise, events = json.loads(argument)
    clock = clock_operations.start(
        "due", None, Duration.parse(promise), moment(start, calendar), calendar, None
    )
    for event, text in events:
        at = moment(text, calendar)
        match event:
            case "pause":
                clock = clock_operations.pause(clock, at, calendar)
            case "resume":
                clock = clock_operations.resume(clock, at, calendar, None)
            case "stop":
                clock = clock_operations.stop(clock, at, calendar)
            case "reopen":
                clock = clock_operations.reopen(clock, at, calendar, None)
            case _:
                raise AssertionError(event)
    return clock


def close_after(calendar: Calendar, at: Instant) -> Instant:
    """When the office that is open at an instant closes."""
    opened = calendar.next_opening(at)
    day = to_datetime(opened, calendar.zone).date()
    return next(end for start, end in calendar.windows(day) if start <= opened < end)


def ours(row: Mapping[str, str]) -> str:
    calendar = read_calendar("office", json.loads(row["calendar"]))
    start, argument = row["start"], row["argument"]
    match row["operation"]:
        case "workday":
            return str(calendar.is_working_day(date.fromisoformat(start[:10])))
        case "open":
            return str(calendar.is_open(moment(start, calendar)))
        case "next":
            return shown(calendar.next_opening(moment(start, calendar)), calendar)
        case "closing":
            return shown(close_after(calendar, moment(start, calendar)), calendar)
        case "add":
            return shown(calendar.add_open_seconds(moment(start, calendar), int(argument)), calendar)
        case "due":
            return shown(calendar.deadline(moment(start, calendar), Duration.parse(argument)), calendar)
        case "duedate":
            due = calendar.deadline(moment(start, calendar), Duration.parse(argument))
            return to_datetime(due, calendar.zone).date().isoformat()
        case "counted":
            return str(calendar.count_open_seconds(moment(start, calendar), moment(argument, calendar)))
        case "pauses":
            clock = lived(calendar, start, argument)
            return shown(clock.due_at, calendar) if clock.due_at is not None else "null"
        case "spent":
            clock = lived(calendar, start, argument)
            return str(count_consumed(clock, calendar, clock.ledger[-1][0]) // 60)
        case operation:
            raise AssertionError(operation)


@pytest.mark.skipif(not FILE.exists(), reason="the shared data is not on this machine")
def test_every_case_is_there_and_every_other_opinion_is_one_of_them():
    rows = oracles()
    assert len(rows) == 236
    assert OTHERWISE.keys() <= {which(row) for row in rows}


@pytest.mark.skipif(not FILE.exists(), reason="the shared data is not on this machine")
@pytest.mark.parametrize(
    "row", oracles(), ids=lambda row: f"{row['source']} {row['operation']} {row['case']}"
)
def test_business_time_is_as_others_count_it(row: dict[str, Any]):
    _, right = OTHERWISE.get(which(row), ("", row["expected"]))
    assert ours(row) == right
