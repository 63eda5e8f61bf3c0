"""A year of a calendar as twelve months: which days are worked, which not, and which are special."""

from __future__ import annotations

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date, get_day_names

from service.console.http.console_request import ConsoleRequest
from workflows.timing.calendars import Calendar
from workflows.value_texts import read_locale

_MAKE_UP = "make-up working day"  # the rule of such a day, as the timetable says it


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarDay:
    """A date. `kind` is a key of the texts: `working`, `rest`, `holiday`, `closed` (by the company or the
    site), `make-up` or `opened`; `about` says the date, its hours and why."""

    number: int
    date: str
    kind: str
    about: str
    today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarMonth:
    """A month: its title, and its weeks from Monday on; None where a week has a day of another month."""

    title: str
    weeks: tuple[tuple[CalendarDay | None, ...], ...]
    worked: int


def build_year(call: ConsoleRequest, calendar: Calendar, year: int, today: date) -> list[CalendarMonth]:
    """The twelve months."""
    return [_build_month(call, calendar, year, month, today) for month in range(1, 13)]


def name_weekdays(language: str) -> Sequence[str]:
    """The short names of the weekdays, Monday first."""
    names = get_day_names("narrow", locale=read_locale(language))
    return [names[place] for place in range(7)]


def _build_month(
    call: ConsoleRequest, calendar: Calendar, year: int, month: int, today: date
) -> CalendarMonth:
    locale = read_locale(call.language)
    weeks = tuple(
        tuple(
            _build_day(call, calendar, date(year, month, number), today) if number else None
            for number in week
        )
        for week in months.monthcalendar(year, month)
    )
    worked = sum(day is not None and day.kind in ("working", "make-up", "opened") for w in weeks for day in w)
    title = str(format_date(date(year, month, 1), "LLLL", locale=locale))
    return CalendarMonth(title=title, weeks=weeks, worked=worked)


def _build_day(call: ConsoleRequest, calendar: Calendar, on: date, today: date) -> CalendarDay:
    hours, kind = calendar.timetable.hours_on(on), _find_kind(calendar, on)
    windows = ", ".join(map(str, hours.windows))
    own = kind in ("holiday", "closed")  # their rule is a name, such as that of the holiday
    said = [call.text("calendars", kind), windows or (hours.rule if own else "")]
    shown = format_date(on, "full", locale=read_locale(call.language))
    about = " · ".join(each for each in (str(shown), *said) if each)
    return CalendarDay(number=on.day, date=on.isoformat(), kind=kind, about=about, today=on == today)


def _find_kind(calendar: Calendar, on: date) -> str:
    hours = calendar.timetable.hours_on(on)
    if on in calendar.on:
        return "opened"
    if on in calendar.off:
        return "closed"
    if hours.windows:
        return "make-up" if hours.rule == _MAKE_UP else "working"
    return "holiday" if hours.closed_by == "holiday" else "rest"
