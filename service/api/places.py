"""Which ticket is meant: by number or id, among the sites the asker belongs to, and no others."""

from __future__ import annotations

import re
from functools import lru_cache

from service.api.call import Call
from service.refusals import Ambiguous, reason
from workflows.core.visibility import DESK
from workflows.errors import NotFound, Reason
from workflows.storage.queries import Queries

Place = tuple[str, str]
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,100}")


def place_of(call: Call, number: str) -> Place:
    """(site, id) of the ticket. NotFound if it is none of theirs, Ambiguous if two of their sites have it."""
    found = _place_of(call, number)
    call.about = lambda: call.look(*found).definition
    return found


def _place_of(call: Call, number: str) -> Place:
    sites = call.wanted_sites()
    if _ID.fullmatch(number):
        return _by_id(call, number, sites)
    found = _by_number(call, number, sites) if _NUMBER.fullmatch(number) and sites else []
    if not found:
        raise unknown()
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


def unknown() -> NotFound:
    """There is no such ticket, or none the asker may know of: the same answer."""
    return NotFound(Reason("unknown-ticket", "there is no such ticket"))


def _by_id(call: Call, identity: str, sites: tuple[str, ...]) -> Place:
    if len(sites) == 1:
        return sites[0], identity
    for site in sites:
        if call.desk.store.load(site, identity) is not None:
            return site, identity
    raise unknown()


def _by_number(call: Call, number: str, sites: tuple[str, ...]) -> list[Place]:
    if len(sites) > 1:
        return call.desk.queries.find(number, sites, call.viewer)
    try:
        return [(sites[0], _id_of(call.desk.queries, sites[0], number))]
    except LookupError:
        return []


@lru_cache(maxsize=20_000)
def _id_of(queries: Queries, site: str, number: str) -> str:
    """A number once given at a site means the same ticket for ever, so it need not be asked for again.

    Whether that ticket exists for the asker is seen when it is looked at.
    """
    found = queries.find(number, (site,), DESK)
    if not found:
        raise LookupError(number)
    return found[0][1]
