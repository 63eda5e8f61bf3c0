"""Reads when a schedule opens: `on`, `roll` and `lead`, or `event`, `delay` and `due`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workflows.language.forms.field import Field, FieldType
from workflows.language.problems import Path
from workflows.language.schedule import OnEvent
from workflows.language.schedules.sheet import Sheet
from workflows.timing.calendars import Calendar
from workflows.timing.durations import SECONDS_IN, Duration, Unit
from workflows.timing.occasions import Hour, Rule, every_day, of_month, of_week, round_the_clock
from workflows.timing.recurrence import Recurrence, Roll
from workflows.timing.timetable import WEEKDAYS

_KINDS = ("daily", "weekly", "monthly", "yearly", "every")
_LONGEST_LEAD = 366 * SECONDS_IN[Unit.DAYS]
_EVENT_KEYS = ("delay", "due")
Said = Mapping[str, Any]


def read_recurrence(sheet: Sheet, raw: Said, path: Path, calendar: Calendar) -> Recurrence | None:
    """The recurrence of a schedule; None if it cannot be one."""
    said, place = raw.get("on") or {}, (*path, "on")
    for key in _EVENT_KEYS:
        if key in raw:
            sheet.wrong((*path, key), f"{key!r} goes with `event`, not with `on`", key=True)
    kinds = [kind for kind in _KINDS if kind in said]
    if len(kinds) != 1:
        sheet.wrong(place, f"one of {', '.join(_KINDS)} says on which days, not {len(kinds)} of them")
        return None
    kind = kinds[0]
    roll: Roll = raw.get("roll") or "none"
    _check_companions(sheet, said, kind, place)
    if kind == "every" and roll not in ("none", "skip"):
        sheet.wrong(
            (*path, "roll"), "rounds of a day are not rolled: none, or skip to leave a closed day out"
        )
    if roll == "next-week" and not all(
        day is not None and calendar.week[day] for day in _weekdays(said, kind)
    ):
        sheet.wrong((*path, "roll"), "only a weekday on which the office opens can move by whole weeks")
    lead = _lead(sheet, raw.get("lead"), (*path, "lead"))
    hours = _hours(sheet, said, kind, place)
    rules = _RULES[kind](said)
    if not hours or not rules:
        return None
    return Recurrence(rules=rules, hours=hours, calendar=calendar, roll=roll, lead=lead)


def _check_companions(sheet: Sheet, said: Said, kind: str, path: Path) -> None:
    """The keys that only go with one kind."""
    for key, name, kinds in (
        ("begin", "from", ("every",)),
        ("until", "until", ("every",)),
        ("months", "months", ("monthly",)),
        ("at", "at", ("weekly", "monthly", "yearly")),
    ):
        if key in said and kind not in kinds:
            sheet.wrong((*path, name), f"{name!r} goes with {' or '.join(kinds)}, not with {kind}", key=True)


def _hours(sheet: Sheet, said: Said, kind: str, path: Path) -> tuple[Hour, ...]:
    if kind == "every":
        if said["every"] is None:
            return ()
        try:
            return round_the_clock(said["every"], said.get("begin"), said.get("until"))
        except ValueError as error:
            sheet.wrong((*path, "every"), str(error))
            return ()
    hours: tuple[Hour | None, ...] = said.get("daily" if kind == "daily" else "at") or ()
    if not hours:
        sheet.wrong(path, 'at which time of the day? Say `at: "09:00"`, or `at: open` or `close`')
    return tuple(dict.fromkeys(hour for hour in hours if hour))


def _weekdays(said: Said, kind: str) -> list[int | None]:
    """The weekdays it recurs on; None for a day that falls on any."""
    if kind == "weekly":
        return [WEEKDAYS.index(name) for name in _read(said, "weekly")]
    return [day.weekday for day in _read(said, "monthly")] if kind == "monthly" else [None]


def _read(said: Said, key: str) -> tuple[Any, ...]:
    return tuple(each for each in said.get(key) or () if each)


_RULES: Mapping[str, Callable[[Said], tuple[Rule, ...]]] = {
    "daily": lambda _: (every_day(),),
    "every": lambda _: (every_day(),),
    "weekly": lambda said: (of_week(_read(said, "weekly")),),
    "monthly": lambda said: of_month(_read(said, "monthly"), _read(said, "months")),
    "yearly": lambda said: tuple(day.rule for day in _read(said, "yearly")),
}


def _lead(sheet: Sheet, lead: Duration | None, path: Path) -> Duration | None:
    """How long ahead; only what can be counted backwards."""
    if lead is None:
        return None
    if lead.working and lead.unit is not Unit.WORKING_DAYS:
        sheet.wrong(path, f"'{lead}' cannot be counted backwards; say working days, or time on the wall")
        return None
    if lead.amount * SECONDS_IN[lead.unit] > _LONGEST_LEAD:
        sheet.wrong(path, f"'{lead}' is more than a year ahead")
        return None
    return lead


def read_on_event(sheet: Sheet, raw: Said, path: Path, fields: Mapping[str, Field]) -> OnEvent:
    """What a schedule has to do with its event, which tells `fields`."""
    for key in ("roll", "catch_up"):
        if key in raw:
            sheet.wrong((*path, key), f"{key!r} goes with `on`; an event is never missed", key=True)
    due, lead = raw.get("due"), _lead(sheet, raw.get("lead"), (*path, "lead"))
    if isinstance(due, str):
        _check_moment(sheet, due, (*path, "due"), fields)
    elif "lead" in raw:
        sheet.wrong((*path, "lead"), "ahead of what? `due` must name a datetime field of the event", key=True)
    return OnEvent(event=raw.get("event") or "", delay=raw.get("delay"), due=due, lead=lead)


def _check_moment(sheet: Sheet, name: str, path: Path, fields: Mapping[str, Field]) -> None:
    if sheet.knows("field of the event", name, fields, path) and fields[name].type is not FieldType.DATETIME:
        sheet.wrong(path, f"{name!r} is a {fields[name].type} field; a datetime field is needed here")
