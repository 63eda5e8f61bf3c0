"""Finds a ticket by number or id, among the sites of the user."""

from __future__ import annotations

import re
from functools import lru_cache

from service.api.http.request import ApiRequest
from service.refusals import Ambiguous, reason
from workflows.core.access.visibility import DESK
from workflows.core.ticket import TicketKey
from workflows.errors import NotFound, Reason
from workflows.storage.queries.queries import Queries

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,100}")


def find_ticket_key(request: ApiRequest, number: str) -> TicketKey:
    """(site, id) of the ticket. NotFound if none of the user's sites has it, Ambiguous if several have the
    number."""
    found = find_ticket_key_at(request, number, request.requested_sites())
    request.about = lambda: request.load_ticket(*found).definition
    return found


def find_ticket_key_at(request: ApiRequest, number: str, sites: tuple[str, ...]) -> TicketKey:
    """The same, among these sites of the user."""
    if _ID.fullmatch(number):
        return _keys_by_id(request, number, sites)
    found = _keys_by_number(request, number, sites) if _NUMBER.fullmatch(number) and sites else []
    if not found:
        raise unknown_ticket()
    if len(found) > 1:
        named = ", ".join(site for site, _ in found)
        raise Ambiguous(
            reason(
                "ambiguous-number",
                f"{number} is known at {named}: say which with ?site=",
                number=number,
                sites=named,
            )
        )
    return found[0]


def unknown_ticket() -> NotFound:
    """The refusal for a ticket that does not exist or is not visible: the same, so that it tells nothing."""
    return NotFound(Reason("unknown-ticket", "there is no such ticket"))


def _keys_by_id(request: ApiRequest, identity: str, sites: tuple[str, ...]) -> TicketKey:
    if len(sites) == 1:
        return sites[0], identity
    for site in sites:
        if request.desk.store.load(site, identity) is not None:
            return site, identity
    raise unknown_ticket()


def _keys_by_number(request: ApiRequest, number: str, sites: tuple[str, ...]) -> list[TicketKey]:
    if len(sites) > 1:
        return request.desk.queries.find_by_number(number, sites, request.viewer)
    try:
        return [(sites[0], _find_id(request.desk.queries, sites[0], number))]
    except LookupError:
        return []


@lru_cache(maxsize=20_000)
def _find_id(queries: Queries, site: str, number: str) -> str:
    """The id of a number, from a cache: a number never changes its ticket.

    Whether the ticket is visible to the user is checked when it is loaded.
    """
    found = queries.find_by_number(number, (site,), DESK)
    if not found:
        raise LookupError(number)
    return found[0][1]
