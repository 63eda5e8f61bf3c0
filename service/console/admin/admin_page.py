"""What the pages of the administration have in common: who may see them, the links between them, and the site
that is looked after."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response

from service.api.http.time_parameters import site_zone
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.layout.moments import write_instant
from service.console.site_choice import list_site_choices
from workflows.core.ticket import Ticket, TicketKey

HOME = "/admin"
PARTS = {
    "health": HOME,
    "people": f"{HOME}/people",
    "messages": f"{HOME}/messages",
    "parked": f"{HOME}/parked",
    "settings": f"{HOME}/settings",
    "channels": f"{HOME}/channels",
    "tokens": f"{HOME}/tokens",
    "audit": f"{HOME}/audit",
    "codes": f"{HOME}/codes",
}
PAGE_SIZE = 25


def new_pages() -> Pages:
    """A table of pages for administrators of the desk alone, at whatever site."""
    return Pages(guard=lambda call: call.managed_sites())


def find_tickets(call: ConsoleRequest, keys: Collection[TicketKey]) -> dict[TicketKey, Ticket]:
    """Those of these tickets that the user may see, by site and id."""
    ids: dict[str, list[str]] = {}
    for site, id in keys:
        ids.setdefault(site, []).append(id)
    found = (call.desk.queries.find_visible(site, some, call.viewer) for site, some in ids.items())
    return {(each.site, each.id): each for tickets in found for each in tickets.values()}


def choose_managed_site(call: ConsoleRequest) -> str:
    """The site of the query, or the first that the user looks after. Raises Forbidden or NotFound."""
    named = call.request.args.get("site")
    return call.check_managed_site(named) if named else call.managed_sites()[0]


def admin_page(
    call: ConsoleRequest,
    part: str,
    template: str,
    *,
    title: str = "",
    site: str | None = None,
    status: int = 200,
    zone: ZoneInfo | None = None,
    **values: Any,
) -> Response:
    """A page of one part. With `site` it is about that site alone, and the others can be chosen. Times are
    those of `zone`, of the site, or of the user's first one."""
    zone = zone or (site_zone(call, site) if site else call.zone)
    return call.page(
        f"admin/{template}",
        title or call.text("admin", part),
        status,
        part=part,
        parts=[
            *((path, call.text("admin", name), name == part) for name, path in PARTS.items()),
            ("/registers", call.text("registers", "title"), False),
        ],
        site=site,
        sites=list_site_choices(call, site, call.managed_sites()) if site else (),
        at=partial(write_instant, call.language, zone, call.now),
        **values,
    )
