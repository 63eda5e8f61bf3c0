"""The pages of the calendars, for those who look after the desk of a site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Response

from service.api import calendars as calendars_api
from service.api.calendars import calendars_version, check_statement
from service.console.calendars.proposed_day import (
    ACTS,
    CLOSE,
    MovedPromises,
    ProposedDay,
    change_statement,
    find_moved,
)
from service.console.calendars.year import build_year, name_weekdays
from service.console.forms.sent_form import sort_faults
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.texts import localize
from workflows.core.people import Directory
from workflows.errors import Forbidden, Invalid, Reason, Refusal
from workflows.site_calendars import find_statement
from workflows.timing.calendars import Calendar
from workflows.timing.instants import to_datetime

pages = Pages(guard=ConsoleRequest.managed_sites)
PATH = "/calendars"
_REACH = 10  # years before and after the present one that are shown
_LONGEST = 100  # characters of a reason


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarPage:
    """A calendar at a site, in the year that is looked at."""

    directory: Directory
    calendar: Calendar
    year: int
    today: date

    def address(self, **more: object) -> str:
        """The address of its page."""
        known = {"site": self.directory.site, "calendar": self.calendar.name, "year": self.year}
        return f"{PATH}?{urlencode(known | more)}"


@pages.get(PATH)
def show_calendar(call: ConsoleRequest) -> Response:
    """The year of a calendar (`?site=&calendar=&year=`); with `day` and `act`, what that would move."""
    shown = _find_calendar(call)
    if "day" not in call.request.args:
        return _page(call, shown)
    try:
        other = _read_day(call)
        return _page(call, shown, other=other, moved=_preview(call, shown, other))
    except Invalid as refusal:
        return _page(call, shown, refusal=refusal)


@pages.post(PATH)
def change_day(call: ConsoleRequest) -> Response:
    """Set the day for the site; open promises are planned again within a minute."""
    shown = _find_calendar(call)
    try:
        other = _read_day(call)
        return call.act_once(
            shown.address(), lambda: _apply(call, shown, other), call.text("calendars", "applied")
        )
    except Forbidden:
        raise
    except Refusal as refusal:
        return _page(call, shown, refusal=refusal)


def _find_calendar(call: ConsoleRequest) -> CalendarPage:
    """The calendar that is asked for, else the first of the company at the user's first site."""
    given = call.request.values
    site = call.check_managed_site(given.get("site") or call.managed_sites()[0])
    company = call.desk.definitions.company().calendars
    directory = call.desk.people.directory(site)
    named = company.get(given.get("calendar", "")) or next(iter(company.values()))
    calendar = call.desk.engine.calendars.at(directory, named)
    today = to_datetime(call.now, calendar.zone).date()
    text = given.get("year") or given.get("day", "")[:4]  # of a day, its own year
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else today.year
    year = min(max(year, today.year - _REACH), today.year + _REACH)
    return CalendarPage(directory=directory, calendar=calendar, year=year, today=today)


def _read_day(call: ConsoleRequest) -> ProposedDay:
    """The day of the form. Raises Invalid."""
    given = call.request.values
    try:
        day = date.fromisoformat(given.get("day", ""))
    except ValueError:
        raise Invalid(Reason("bad-value", "a day is needed", field="day", facts={"field": "day"})) from None
    act = given.get("act") if given.get("act") in ACTS else CLOSE
    return ProposedDay(day=day, act=str(act), reason=given.get("reason", "").strip()[:_LONGEST])


def _statement(shown: CalendarPage, other: ProposedDay) -> dict[str, object]:
    spec = find_statement(shown.directory, shown.calendar.name).spec
    return change_statement(spec, shown.calendar, other)


def _preview(call: ConsoleRequest, shown: CalendarPage, other: ProposedDay) -> MovedPromises:
    said = _statement(shown, other)
    check_statement(call, shown.directory, shown.calendar.name, said)
    return find_moved(call, shown.directory.site, shown.calendar, said)


def _apply(call: ConsoleRequest, shown: CalendarPage, other: ProposedDay) -> None:
    seen = call.request.form.get("seen", "")
    call.seen = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 12 else None
    call.body = {"said": _statement(shown, other)}
    calendars_api.put_calendar(call, shown.directory.site, shown.calendar.name)


def _page(
    call: ConsoleRequest,
    shown: CalendarPage,
    *,
    other: ProposedDay | None = None,
    moved: MovedPromises | None = None,
    refusal: Refusal | None = None,
) -> Response:
    _, general = sort_faults(call, refusal, None, ()) if refusal else ({}, [])
    managed = call.managed_sites()
    warnings = shown.calendar.unknown_years(shown.today)
    return call.page(
        "calendars/year.html",
        call.text("calendars", "title"),
        refusal.status if refusal else 200,
        shown=shown,
        heading=_title(call, shown.calendar),
        site=shown.directory.site,
        sites=[each for each in call.desk.people.sites() if each.id in managed],
        calendars=[
            (each.name, _title(call, each)) for each in call.desk.definitions.company().calendars.values()
        ],
        months=build_year(call, shown.calendar, shown.year, shown.today),
        weekdays=name_weekdays(call.language),
        unknown=", ".join(map(str, warnings)),
        acts=ACTS,
        other=other,
        moved=moved,
        given=call.request.values,
        seen=calendars_version(shown.directory),
        general=general,
    )


def _title(call: ConsoleRequest, calendar: Calendar) -> str:
    titles: Any = calendar.spec.get("title") or {}
    return localize(titles, call.language) or calendar.name
