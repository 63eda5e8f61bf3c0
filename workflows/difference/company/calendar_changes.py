"""Two versions of the calendars, day by day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from workflows.difference.company.statement import CompanyChange, Days, compare_entries
from workflows.language.forms.field import Titles
from workflows.timing.calendars import Calendar
from workflows.timing.timetable import WEEKDAYS, DayHours, Windows

_YEARS = 2  # this one and the next
_Kind = tuple[str, str, str, str]  # code, hours before and after, why


def compare_calendars(
    before: Mapping[str, Calendar], after: Mapping[str, Calendar], today: date
) -> Iterator[CompanyChange]:
    """Which days become closed or open and whose hours change, from the first of this year to the end of the
    next, and those that are named in a calendar; the hours of the week are told once."""
    days = Days(date(today.year, 1, 1), date(today.year + _YEARS - 1, 12, 31))
    yield from compare_entries("calendar", before, after, _title, partial(_compare, days))


def _title(_: str, calendar: Calendar) -> Titles:
    title: Any = calendar.spec.get("title")
    return title if isinstance(title, Mapping) else {}


def _compare(days: Days, name: str, old: Calendar, new: Calendar) -> Iterator[CompanyChange]:
    title = _title(name, old)
    for code, one, other in (
        ("calendar-zone", old.zone.key, new.zone.key),
        ("calendar-working-days", old.working_days, new.working_days),
        ("calendar-after-hours", old.after_hours, new.after_hours),
    ):
        if one != other:
            yield CompanyChange(code=code, entry=name, title=title, facts={"before": one, "after": other})
    weekdays: dict[tuple[str, str], list[str]] = {}
    for index, weekday in enumerate(WEEKDAYS):
        one, other = (_hours(each.timetable.week[index]) for each in (old, new))
        if one != other:
            weekdays.setdefault((one, other), []).append(weekday)
    for (one, other), found in weekdays.items():
        facts: dict[str, object] = {"weekdays": tuple(found), "before": one, "after": other}
        yield CompanyChange(code="calendar-week", entry=name, title=title, facts=facts)
    groups = tuple(_group_days(days, old, new))
    for (code, one, other, why), first, last in groups:
        facts = {"days": Days(first, last), "before": one, "after": other, "why": why}
        yield CompanyChange(code=code, entry=name, title=title, facts=facts)
    if not weekdays and not groups and old.seal != new.seal and _counting(old) == _counting(new):
        yield CompanyChange(code="calendar-other", entry=name, title=title, facts={"days": days})


def _counting(calendar: Calendar) -> tuple[str, str, str]:
    return calendar.zone.key, calendar.working_days, calendar.after_hours


def _list_days(days: Days, old: Calendar, new: Calendar) -> list[date]:
    """The days, and those beside them that a calendar names."""
    near = range(days.first.toordinal(), days.last.toordinal() + 1)
    return sorted({*map(date.fromordinal, near), *old.off, *old.on, *new.off, *new.on})


def _group_days(days: Days, old: Calendar, new: Calendar) -> Iterator[tuple[_Kind, date, date]]:
    """Days that follow each other and change in the same way, together."""
    group: tuple[_Kind, date, date] | None = None
    for day in _list_days(days, old, new):
        kind = _compare_day(day, old, new)
        if group is not None and kind == group[0] and day - group[2] == timedelta(1):
            group = (group[0], group[1], day)
            continue
        if group is not None:
            yield group
        group = (kind, day, day) if kind is not None else None
    if group is not None:
        yield group


def _compare_day(day: date, old: Calendar, new: Calendar) -> _Kind | None:
    """How a day changes; None if it does not, or only with its day of the week."""
    one, other = old.timetable.hours_on(day), new.timetable.hours_on(day)
    weekly = (old.timetable.week[day.weekday()], new.timetable.week[day.weekday()])
    if one.windows == other.windows or (one.windows, other.windows) == weekly:
        return None
    before, after = _hours(one.windows), _hours(other.windows)
    if not other.windows:
        return "calendar-closes", before, after, _why(other)
    return ("calendar-changes" if one.windows else "calendar-opens"), before, after, ""


def _why(hours: DayHours) -> str:
    return hours.rule if hours.closed_by != "weekly rest day" else ""


def _hours(windows: Windows) -> str:
    return ", ".join(map(str, windows))
