"""Builds the times of a schedule: `on`, `roll` and `lead`, or `event`, `delay` and `due`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from workflows.language.findings import KeyPath
from workflows.language.forms.field import Field, FieldType
from workflows.language.schedule_spec import EventTrigger, ItemCycle
from workflows.language.schedules.draft import CompanyFileDraft
from workflows.language.schemas.schedules import ItemColumn
from workflows.language.schemas.schema_values import list_items, pick_given
from workflows.sentence import Sentence, sentence_of
from workflows.timing.calendars import Calendar
from workflows.timing.daily_times import DailyTimes
from workflows.timing.date_intervals import DateInterval, IntervalRule
from workflows.timing.durations import SECONDS_IN, Duration, Unit
from workflows.timing.recurrence import DayRule, Recurrence
from workflows.timing.recurrence_days import (
    MonthDay,
    ScheduledTime,
    build_daily_rule,
    build_monthly_rules,
    build_weekly_rule,
)
from workflows.timing.timetable import WEEKDAYS

_KEY_NAMES = {"cycle": "every"}
_KINDS = ("daily", "weekly", "monthly", "yearly", "every")
_MAX_LEAD = 366 * SECONDS_IN[Unit.DAYS]
_EVENT_KEYS = ("delay", "due")
RecurrenceData = Mapping[str, Any]


def read_recurrence(
    draft: CompanyFileDraft, raw: RecurrenceData, path: KeyPath, calendar: Calendar
) -> Recurrence | None:
    """The recurrence of a schedule; None if it has an error."""
    times, place = raw.get("on") or {}, (*path, "on")
    for key in _EVENT_KEYS:
        if key in raw:
            draft.report_error(
                (*path, key),
                Sentence("misplaced-key", "{key!r} goes with `event`, not with `on`", key=key),
                key=True,
            )
    kinds = [kind for kind in _KINDS if kind in times]
    if kinds == ["weekly", "every"]:  # every so many weeks from the date `from`
        kinds = ["weekly"]
    if len(kinds) != 1:
        draft.report_error(
            place,
            Sentence(
                "choose-one",
                "one of {kinds} says on which days, not {number} of them",
                kinds=", ".join(_KINDS),
                number=len(kinds),
            ),
        )
        return None
    kind = kinds[0]
    roll = raw.get("roll")
    kind = "cycle" if kind == "every" and not isinstance(times["every"], Duration | None) else kind
    _check_companions(draft, times, kind, place)
    _check_cycle(draft, times, kind, place)
    if kind == "every" and roll not in (None, "none", "skip"):
        draft.report_error(
            (*path, "roll"),
            Sentence("recurrence", "rounds of a day are not rolled: none, or skip to leave a closed day out"),
        )
    if roll == "next-week" and not all(
        day is not None and calendar.week[day] for day in _weekday_numbers(times, kind)
    ):
        draft.report_error(
            (*path, "roll"),
            Sentence("recurrence", "only a weekday on which the office opens can move by whole weeks"),
        )
    lead = _check_lead(draft, raw.get("lead"), (*path, "lead"))
    hours = _read_hours(draft, times, kind, place)
    rules = _RULES[kind](times)
    if not hours or not rules:
        return None
    return Recurrence(rules=rules, times=hours, calendar=calendar, lead=lead, **pick_given(raw, "roll"))


def _check_companions(draft: CompanyFileDraft, data: RecurrenceData, kind: str, path: KeyPath) -> None:
    """Report keys that belong to another kind of recurrence."""
    for key, name, kinds in (
        ("begin", "from", ("every", "cycle") + (("weekly",) if "every" in data else ())),
        ("until", "until", ("every",)),
        ("months", "months", ("monthly",)),
        ("at", "at", ("weekly", "monthly", "yearly", "cycle")),
    ):
        if key in data and kind not in kinds:
            goes_with = " or ".join(dict.fromkeys(_KEY_NAMES.get(each, each) for each in kinds))
            message = Sentence(
                "misplaced-key",
                "{name!r} goes with {goes_with}, not with {value}",
                name=name,
                goes_with=goes_with,
                value=_KEY_NAMES.get(kind, kind),
            )
            draft.report_error((*path, name), message, key=True)


def _check_cycle(draft: CompanyFileDraft, data: RecurrenceData, kind: str, path: KeyPath) -> None:
    """Check that an interval of days, weeks or months has a start date, and one within a day a start time."""
    begin, every = data.get("begin"), data.get("every")
    if kind == "every" and begin is not None and not isinstance(begin, ScheduledTime):
        draft.report_error(
            (*path, "from"), Sentence("recurrence", "rounds of a day go from a time such as 22:00")
        )
    if (
        kind == "weekly"
        and every is not None
        and not (isinstance(every, DateInterval) and every.unit == "weeks")
    ):
        draft.report_error(
            (*path, "every"), Sentence("missing-key", "of weekdays, every how many weeks? Say `2 weeks`")
        )
    if kind == "cycle" or (kind == "weekly" and "every" in data):
        if "begin" not in data:
            draft.report_error(
                (*path, "every"), Sentence("missing-key", "counted from which date? Say `from: 2026-03-02`")
            )
        elif isinstance(begin, ScheduledTime) or (kind == "weekly" and isinstance(begin, ItemColumn)):
            draft.report_error(
                (*path, "from"), Sentence("date", "counted from which date? Write it as 2026-03-02")
            )
        if isinstance(every, ItemColumn) and isinstance(begin, date):
            draft.report_error(
                (*path, "from"),
                Sentence("missing-key", "each item has its own interval; name its date too: `item.…`"),
            )


def read_item_cycle(raw: RecurrenceData) -> ItemCycle | None:
    """The cycle of the items by their own dates, if `on` uses those."""
    times = raw.get("on") or {}
    begin, every = times.get("begin"), times.get("every")
    if not isinstance(begin, ItemColumn) or not isinstance(every, DateInterval | ItemColumn):
        return None
    return ItemCycle(every=every.name if isinstance(every, ItemColumn) else every, start=begin.name)


def _read_hours(
    draft: CompanyFileDraft, data: RecurrenceData, kind: str, path: KeyPath
) -> tuple[ScheduledTime, ...] | DailyTimes:
    if kind == "every":
        begin = data.get("begin")
        if data["every"] is None or not isinstance(begin, ScheduledTime | None):
            return ()
        try:
            return DailyTimes.parse(data["every"], begin, data.get("until"))
        except ValueError as error:
            draft.report_error((*path, "every"), sentence_of(error, "recurrence"))
            return ()
    hours: tuple[ScheduledTime | None, ...] = data.get("daily" if kind == "daily" else "at") or ()
    if not hours:
        draft.report_error(
            path,
            Sentence("missing-key", 'at which time of the day? Say `at: "09:00"`, or `at: open` or `close`'),
        )
    return tuple(dict.fromkeys(hour for hour in hours if hour))


def _weekday_numbers(data: RecurrenceData, kind: str) -> list[int | None]:
    """The weekdays it recurs on (0 = Monday); None stands for a day that may fall on any."""
    if kind == "weekly":
        return [WEEKDAYS.index(name) for name in list_items(data, "weekly")]
    days = list_items(data, "monthly") if kind == "monthly" else ()
    return [day.weekday if isinstance(day, MonthDay) else None for day in days] or [None]


def _weekly_rules(data: RecurrenceData) -> tuple[DayRule, ...]:
    names, every, begin = list_items(data, "weekly"), data.get("every"), data.get("begin")
    if isinstance(every, DateInterval) and isinstance(begin, date):
        return (IntervalRule(every, begin, tuple(WEEKDAYS.index(name) for name in names)),)
    return (build_weekly_rule(names),)


def _cycle_rules(data: RecurrenceData) -> tuple[DayRule, ...]:
    """The days of the cycle; every day if the items have their own cycles."""
    every, begin = data.get("every"), data.get("begin")
    if isinstance(every, DateInterval) and isinstance(begin, date):
        return (IntervalRule(every, begin),)
    return (build_daily_rule(),)


_RULES: Mapping[str, Callable[[RecurrenceData], tuple[DayRule, ...]]] = {
    "daily": lambda _: (build_daily_rule(),),
    "every": lambda _: (build_daily_rule(),),
    "cycle": _cycle_rules,
    "weekly": _weekly_rules,
    "monthly": lambda data: build_monthly_rules(list_items(data, "monthly"), list_items(data, "months")),
    "yearly": lambda data: tuple(day.rule for day in list_items(data, "yearly")),
}


def _check_lead(draft: CompanyFileDraft, lead: Duration | None, path: KeyPath) -> Duration | None:
    """The lead; a unit that cannot be counted backwards is reported."""
    if lead is None:
        return None
    if lead.working and lead.unit is not Unit.WORKING_DAYS:
        draft.report_error(
            path,
            Sentence(
                "duration",
                "'{lead}' cannot be counted backwards; say working days, or time on the wall",
                lead=lead,
            ),
        )
        return None
    if lead.amount * SECONDS_IN[lead.unit] > _MAX_LEAD:
        draft.report_error(path, Sentence("duration", "'{lead}' is more than a year ahead", lead=lead))
        return None
    return lead


def read_on_event(
    draft: CompanyFileDraft, raw: RecurrenceData, path: KeyPath, fields: Mapping[str, Field]
) -> EventTrigger:
    """The trigger of a schedule that opens after an event with these `fields`."""
    for key in ("roll", "catch_up"):
        if key in raw:
            draft.report_error(
                (*path, key),
                Sentence("misplaced-key", "{key!r} goes with `on`; an event is never missed", key=key),
                key=True,
            )
    due, lead = raw.get("due"), _check_lead(draft, raw.get("lead"), (*path, "lead"))
    if isinstance(due, str):
        _check_date_field(draft, due, (*path, "due"), fields)
    elif "lead" in raw:
        draft.report_error(
            (*path, "lead"),
            Sentence("missing-key", "ahead of what? `due` must name a datetime field of the event"),
            key=True,
        )
    return EventTrigger(event=raw.get("event") or "", delay=raw.get("delay"), due=due, lead=lead)


def _check_date_field(draft: CompanyFileDraft, name: str, path: KeyPath, fields: Mapping[str, Field]) -> None:
    if (
        draft.check_known("field of the event", name, fields, path)
        and fields[name].type is not FieldType.DATETIME
    ):
        draft.report_error(
            path,
            Sentence(
                "type",
                "{name!r} is a {type} field; a datetime field is needed here",
                name=name,
                type=fields[name].type,
            ),
        )
