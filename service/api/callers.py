"""Who is calling: a telephone number, a name or a unit finds the household and its open tickets."""

from __future__ import annotations

from typing import Any

from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, json_response
from service.api.http.route import Routes
from service.api.register_view import render_entry
from service.api.tickets.collection import choose_site
from service.api.tickets.lists import render_lines
from service.refusals import reason
from service.schemas import queries
from workflows.callers import CallerQuestion, FoundCaller, spell_caller
from workflows.errors import Forbidden, Invalid, Reason
from workflows.storage.tickets.readings import SEARCH, Reading

routes = Routes("registers")


@routes.get(
    "/api/callers",
    "Find who is calling",
    "Caller",
    query=queries.CallersQuery(),
    refuses=(403, 404, 422),
)
def find_caller(request: ApiRequest) -> ApiResponse:
    """By one of `phone` (whole, or its last four digits and more), `name` and `unit`, at one site: the
    entries that are found, what the registers know of their units, and the open tickets.

    Registers and tickets of which the user may not read the personal values are not looked in. A search by
    phone or name is recorded among the readings of the site, and of each entry and ticket that it found.
    """
    site, found = look_for_caller(request)
    heads = {**request.response_headers, "Cache-Control": "no-store"}
    return json_response(_render(request, site, found), 200, heads)


def look_for_caller(request: ApiRequest) -> tuple[str, FoundCaller]:
    """The site that the query asks at, and who is found there. The search is recorded."""
    query = request.query
    given = [name for name in ("phone", "name", "unit") if query.get(name) is not None]
    if len(given) != 1:
        raise Invalid(reason("say-one", "say one of phone, name and unit"))
    site = choose_site(request, query.get("site"))
    roles, callers = request.roles_at(site), request.desk.callers
    spellings = spell_caller(query.get("phone"), query.get("name"))
    if given != ["unit"]:
        if not callers.may_search(site, roles):
            raise Forbidden(
                Reason("callers-not-yours", "this is for those who may read personal values here")
            )
        if not spellings:
            raise Invalid(
                reason(
                    "too-little", "say the last four digits or more, or a part of the name", field=given[0]
                )
            )
    question = CallerQuestion(site, roles, request.viewer, spellings, query.get("unit"))
    found = callers.find(question)
    if spellings:
        _record(request, site, given[0], found)
    return site, found


def _render(request: ApiRequest, site: str, found: FoundCaller) -> dict[str, Any]:
    known = request.desk.definitions.company().registers
    return {
        "site": site,
        "people": [render_entry(each, known[each.register]) for each in found.people],
        "households": [
            {
                "unit": household.unit,
                "entries": [render_entry(each, known[each.register]) for each in household.entries],
                "tickets": render_lines(request, household.tickets),
            }
            for household in found.households
        ],
        "tickets": render_lines(request, found.tickets),
        "more": found.more,
    }


def _record(request: ApiRequest, site: str, kind: str, found: FoundCaller) -> None:
    """Record the search, and as a reading each entry and ticket that was found by the value."""
    fields = [f"{SEARCH}:{kind}"]
    readings = [Reading(site, SEARCH, request.actor_at(site), [kind])]
    known = request.desk.definitions.company().registers
    for entry in found.people:
        reader = request.require_reader(site, known[entry.register].readers)
        readings.append(Reading(site, f"{entry.register}/{entry.key}", reader, fields))
    tickets = (*found.tickets, *(each for household in found.households for each in household.tickets))
    for ticket in {each.id: each for each in tickets if (site, each.id) in found.personal}.values():
        definition = request.desk.definitions.get(ticket.workflow, ticket.version)
        reader = request.require_reader(site, definition.readers)
        readings.append(Reading(site, ticket.id, reader, fields))
    request.desk.privacy.record_readings(readings, request.now)
