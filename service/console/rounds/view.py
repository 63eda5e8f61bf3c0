"""Today's rounds at a site: what the desk has opened by itself and is due, what is done, and what comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Response

from service.api import schedules
from service.api.http.paging import refuse_bad_cursor
from service.api.http.time_parameters import site_zone
from service.console.api_answer import read_answer
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.layout.moments import write_instant, write_moment
from service.console.site_choice import choose_one_site, list_site_choices
from service.console.ticket_rows import build_ticket_rows
from service.texts import localize
from workflows.core.commands import DESK_ID
from workflows.storage.queries.filters import ListOrder, TicketFilter
from workflows.timing.calendars import CalendarError
from workflows.timing.instants import Instant, from_datetime, to_datetime

pages = Pages()
PATH = "/rounds"
PAGE_SIZE = 25
_DUE, _DONE, _NEXT, _PLAN = "due", "done", "next", "plan"
TABS = (_DUE, _DONE, _NEXT, _PLAN)


@pages.get(PATH)
def show_rounds(call: ConsoleRequest) -> Response:
    """One tab, of one site: `?tab=done&site=lake`."""
    site = choose_one_site(call)
    tab = call.request.args.get("tab", _DUE)
    tab = tab if tab in TABS else _DUE
    zone = site_zone(call, site)
    begin = datetime.combine(to_datetime(call.now, zone).date(), time(), zone)
    values: dict[str, Any] = {"rows": [], "slots": [], "plan": {}, "following": "", "first": ""}
    if tab == _NEXT:
        values |= {"slots": _list_slots(call, site, from_datetime(begin + timedelta(days=2)))}
    elif tab == _PLAN:
        call.query = {"site": site}
        values |= {"plan": read_answer(schedules.list_schedules(call))}
    else:
        today, tomorrow = from_datetime(begin), from_datetime(begin + timedelta(days=1))
        values |= _read_tickets(call, tab, _build_filter(call, tab, site, today, tomorrow))
    return call.page(
        "rounds/rounds.html",
        call.text("rounds", "title"),
        tab=tab,
        site=site,
        sites=list_site_choices(call, site, call.sites, {"tab": tab}),
        tabs=[_render_tab(call, each, tab, site) for each in TABS],
        day=write_moment(call.now, zone, call.language),
        at=partial(write_instant, call.language, zone, call.now),
        **values,
    )


def _render_tab(call: ConsoleRequest, name: str, shown: str, site: str) -> dict[str, Any]:
    path = f"{PATH}?{urlencode({'tab': name, 'site': site})}"
    return {"path": path, "title": call.text("rounds", name), "count": None, "current": name == shown}


def _build_filter(
    call: ConsoleRequest, tab: str, site: str, today: Instant, tomorrow: Instant
) -> TicketFilter:
    """What the desk has opened: open and due before tomorrow, or ended today."""
    due = tab == _DUE
    return TicketFilter(
        sites=(site,),
        viewer=call.viewer,
        opener=DESK_ID,
        category="open" if due else "ended",
        due_before=tomorrow if due else None,
        closed_after=None if due else today,
        order=ListOrder("due_at", True) if due else ListOrder("closed_at"),
    )


def _read_tickets(call: ConsoleRequest, tab: str, wanted: TicketFilter) -> dict[str, Any]:
    cursor = call.request.args.get("cursor")
    with refuse_bad_cursor():
        page = call.desk.queries.tickets(wanted, cursor, PAGE_SIZE)
    (site,) = wanted.sites
    here = {"tab": tab, "site": site}
    return {
        "rows": build_ticket_rows(call, page.tickets),
        "following": f"{PATH}?{urlencode({**here, 'cursor': page.next})}" if page.next else "",
        "first": f"{PATH}?{urlencode(here)}" if cursor else "",
    }


def _list_slots(call: ConsoleRequest, site: str, until: Instant) -> Sequence[tuple[Instant, str]]:
    """(when, title) of what is opened from now on, up to the end of tomorrow."""
    plan = call.desk.definitions.plan().schedules
    try:
        due = call.desk.schedules.due_between(call.now, until, [site])
    except CalendarError:  # the years that a calendar knows are over
        return []
    return [(each.opens_at, localize(plan[each.schedule].title, call.language)) for each in due]
