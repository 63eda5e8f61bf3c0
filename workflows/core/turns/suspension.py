"""Suspensions, counted in a person's own working days."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from workflows.core.turns.roster import Roster, Suspension
from workflows.timing.calendars import Calendar

_DAY = timedelta(days=1)


def compute_suspension(
    decided: date,
    days: int,
    calendar: Calendar,
    rests: Collection[int],
    resting: Collection[str],
    *,
    same_day: bool,
) -> tuple[str, str]:
    """The first and the last day of a suspension of `days` working days, as YYYY-MM-DD.

    It begins on the day of the decision, or on the next working day. Days on which the site is closed, the
    person's weekly days of rest (ISO weekdays) and single days of rest (YYYY-MM-DD) do not count.
    """
    counted: list[date] = []
    day = decided if same_day else decided + _DAY
    while len(counted) < days:
        if calendar.is_working_day(day) and day.isoweekday() not in rests and day.isoformat() not in resting:
            counted.append(day)
        day += _DAY
    return counted[0].isoformat(), counted[-1].isoformat()


def add_suspension(roster: Roster, person: str, first: str, last: str) -> Roster:
    """The roster with one more suspension; earlier ones of the same person remain."""
    return replace(
        roster, suspensions=(*roster.suspensions, Suspension(person=person, first=first, last=last))
    )
