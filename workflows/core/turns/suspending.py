"""A suspension lasts so many of a person's own working days: days of rest are not counted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from workflows.core.turns.roster import Roster, Suspension
from workflows.timing.calendars import Calendar

_DAY = timedelta(days=1)


def days_of_suspension(
    decided: date,
    days: int,
    calendar: Calendar,
    rests: Collection[int],
    resting: Collection[str],
    *,
    same_day: bool,
) -> tuple[str, str]:
    """The first and the last day of a suspension of `days` working days, as YYYY-MM-DD.

    It begins on the day of the decision, or on the next working day. Not counted are days on which the site
    is closed, the person's weekly days of rest (ISO weekdays) and the days of rest named one by one.
    """
    counted: list[date] = []
    day = decided if same_day else decided + _DAY
    while len(counted) < days:
        if calendar.is_working_day(day) and day.isoweekday() not in rests and day.isoformat() not in resting:
            counted.append(day)
        day += _DAY
    return counted[0].isoformat(), counted[-1].isoformat()


def suspended(roster: Roster, person: str, first: str, last: str) -> Roster:
    """The roster with somebody suspended; a second suspension stands beside the first."""
    return replace(
        roster, suspensions=(*roster.suspensions, Suspension(person=person, first=first, last=last))
    )
