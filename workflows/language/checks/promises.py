"""Checks what is promised against the hours of the calendar: lengths that nobody means, hours that are never
there, and a calendar that no promise counts by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from workflows.language.definition import Definition
from workflows.language.findings import KeyPath, Problem
from workflows.language.forms.field import FieldType
from workflows.language.promise import Due
from workflows.sentence import Sentence
from workflows.timing.calendars import Calendar
from workflows.timing.durations import SECONDS_IN, Duration, Unit
from workflows.timing.windows import Window

_LONGEST = {
    Unit.SECONDS: 3_600,
    Unit.MINUTES: 1_440,
    Unit.HOURS: 240,
    Unit.DAYS: 730,
    Unit.WEEKS: 104,
    Unit.WORKING_MINUTES: 600,
    Unit.WORKING_HOURS: 120,
    Unit.WORKING_DAYS: 60,
}
"""The longest promise of a unit that is likely to be meant: nobody promises 300 working days."""
_SHORT = (Unit.SECONDS, Unit.MINUTES, Unit.HOURS)
_USUAL_DAY = 8 * 3_600  # seconds of opening time in what people call a working day
_USUAL_WEEK = 5  # days
_WEEK = 7
_SLOWER = 3  # so many times longer than in usual hours, and more than a week, is nobody's intention


class Promise(NamedTuple):
    """One duration of a process: the path of what names it, and how long it is."""

    path: KeyPath
    duration: Duration


def find_absurd_promises(definition: Definition) -> Iterator[Problem]:
    """Promises far longer than anybody gives in their unit: a zero too many."""
    for path, duration in _promises(definition):
        most = Duration(_LONGEST[duration.unit], duration.unit)
        if duration.amount > most.amount:
            pattern = "{length} is long for a promise; is that meant? Few are longer than {most}"
            yield Problem(path, Sentence("duration", pattern, length=duration, most=most))


def find_wrong_calendar(definition: Definition) -> Iterator[Problem]:
    """A calendar that closes for whole days, where every promise counts minutes and hours on the wall: they
    run through nights and days of rest, on which nobody is there."""
    calendar = definition.calendar
    dues = [due for _, due in _dues(definition)]
    durations = [duration for due in dues for duration in _durations(due)]
    levels = (level for policy in definition.policies.values() for level in policy.levels)
    durations += [step for level in levels for step in level.after]
    dated = any(due.at and definition.fields[due.at].type is FieldType.DATE for due in dues)
    closes = _USUAL_WEEK <= len(_open_days(calendar)) < _WEEK  # of fewer days the calendar itself is told
    if durations and not dated and closes and all(each.unit in _SHORT for each in durations):
        pattern = (
            "no promise counts by {calendar!r}: all are minutes and hours on the wall, which also run on its "
            "days of rest; say working minutes and hours, or a calendar that is open every day"
        )
        yield Problem(("calendar",), Sentence("calendar", pattern, calendar=calendar.name))


def find_short_calendars(
    definitions: Mapping[str, Definition], calendars: Mapping[str, Calendar]
) -> tuple[Problem, ...]:
    """Calendars whose hours are so few that a promise by them takes weeks, each with the slowest one. The
    paths are those of calendars.yaml."""
    found: list[Problem] = []
    for name, calendar in calendars.items():
        using = [each for each in definitions.values() if each.calendar.name == name]
        slow = [
            (weeks, each, duration)
            for each in using
            for _, duration in _promises(each)
            if (weeks := _weeks_too_slow(duration, calendar))
        ]
        if slow:
            weeks, definition, duration = max(slow, key=lambda each: each[0])
            pattern = (
                "{calendar!r} opens so little that {length!r} in {workflow!r} takes {weeks} weeks"
                "; give it more hours, or {workflow!r} another promise or calendar"
            )
            facts = {"calendar": name, "workflow": definition.name, "weeks": str(weeks)}
            found.append(
                Problem((name, "hours"), Sentence("hours-too-few", pattern, length=duration, **facts))
            )
    return tuple(found)


def _weeks_too_slow(duration: Duration, calendar: Calendar) -> int:
    """How many weeks the promise takes by the calendar, if that is far more than in usual hours; else 0."""
    windows = [window for day in _open_days(calendar) for window in day]
    seconds = sum(window.closes_second - window.opens_second for window in windows)
    if not duration.working or not seconds:
        return 0
    if duration.unit is Unit.WORKING_DAYS:
        taken, usual = duration.amount / len(_open_days(calendar)), duration.amount / _USUAL_WEEK
    else:
        length = duration.amount * SECONDS_IN[duration.unit]
        taken, usual = length / seconds, length / (_USUAL_DAY * _USUAL_WEEK)
    return round(taken) if taken > 1 and taken > usual * _SLOWER else 0


def _open_days(calendar: Calendar) -> list[tuple[Window, ...]]:
    return [windows for windows in calendar.week.values() if windows]


def _promises(definition: Definition) -> Iterator[Promise]:
    for path, due in _dues(definition):
        yield from (Promise(path, duration) for duration in _durations(due))


def _dues(definition: Definition) -> Iterator[tuple[KeyPath, Due]]:
    for name, state in definition.states.items():
        if state.due is not None:
            yield ("states", name, "due"), state.due
    for name, clock in definition.clocks.items():
        yield ("clocks", name, "within"), clock.due


def _durations(due: Due) -> Iterator[Duration]:
    said = (due.within, due.otherwise, due.before, due.grace, *(due.choices or {}).values())
    yield from (each for each in said if each is not None)
