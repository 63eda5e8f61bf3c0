"""Beside an appointment: when the site is open in the coming days."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta

from babel.dates import format_skeleton

from service.console.forms.appointments import appointment_fields
from service.console.http.console_request import ConsoleRequest
from workflows.language.definition import Definition
from workflows.timing.calendars import Calendar
from workflows.timing.instants import Instant, to_datetime
from workflows.value_texts import read_locale

_DAYS, _FURTHEST = 3, 14  # open days that are told, and days in which they are looked for


def hint_opening_hours(
    call: ConsoleRequest, definition: Definition, calendar: Calendar, names: Collection[str]
) -> Mapping[str, str]:
    """What to say beside the fields `names`: the opening hours, beside those by which something falls due."""
    moments = {name for name in appointment_fields(definition) if name in names}
    if not moments:
        return {}
    windows = "; ".join(_write_days(calendar, call.now, call.language))
    return dict.fromkeys(moments, call.text("forms", "open-hours", windows=windows)) if windows else {}


def _write_days(calendar: Calendar, now: Instant, language: str) -> Iterator[str]:
    """The next open days with their hours, such as `Mon, Mar 2: 09:00–12:00, 14:00–18:00`."""
    today, locale, told = to_datetime(now, calendar.zone).date(), read_locale(language), 0
    for ahead in range(_FURTHEST):
        day = today + timedelta(days=ahead)
        coming = [window for window in calendar.windows(day) if window[1] > now]
        if coming and told < _DAYS:
            told += 1
            hours = ", ".join("–".join(_write_time(at, calendar) for at in window) for window in coming)
            yield f"{format_skeleton('MMMEd', day, locale=locale)} {hours}"


def _write_time(at: Instant, calendar: Calendar) -> str:
    return to_datetime(at, calendar.zone).strftime("%H:%M")
