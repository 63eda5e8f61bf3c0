"""Which tickets are related to a ticket, and which were merged with it."""

from __future__ import annotations

from typing import Any

from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, empty_response, json_response
from service.api.http.route import Routes
from service.api.tickets.lookup import find_ticket_key, find_ticket_key_at
from service.schemas import queries
from service.ticket_title import localize_title
from workflows.core.commands import Link
from workflows.core.ticket import StepContext, Ticket

routes = Routes("tickets")


@routes.get(
    "/api/tickets/{number}/links",
    "See what is related to the ticket",
    "Links",
    query=queries.SiteQuery(),
    refuses=(404, 409),
)
def show_links(request: ApiRequest, number: str) -> ApiResponse:
    """Related tickets, those merged into it, and the one it was merged into; those the user may see."""
    return _links_response(request, request.load_ticket(*find_ticket_key(request, number)))


@routes.put(
    "/api/tickets/{number}/links/{other}",
    "Relate two tickets",
    "Links",
    query=queries.SiteQuery(),
    refuses=(403, 404, 409),
)
def link(request: ApiRequest, number: str, other: str) -> ApiResponse:
    """Relate the ticket to another of its site, both ways: for those who take part in it and see the other.
    Both histories say so; where it is so already, nothing happens."""
    return _links_response(request, _change(request, number, other, remove=False))


@routes.delete(
    "/api/tickets/{number}/links/{other}",
    "Relate two tickets no more",
    query=queries.SiteQuery(),
    refuses=(403, 404, 409),
)
def unlink(request: ApiRequest, number: str, other: str) -> ApiResponse:
    """Take it back, both ways; both histories say so."""
    _change(request, number, other, remove=True)
    return empty_response()


def _change(request: ApiRequest, number: str, other: str, *, remove: bool) -> StepContext:
    site, ticket = find_ticket_key(request, number)
    request.load_ticket(site, ticket)
    _, into = find_ticket_key_at(request, other, (site,))
    command = Link(site=site, ticket=ticket, actor=request.actor_at(site), into=into, remove=remove)
    return request.desk.engine.do(command, request.now)


def _links_response(request: ApiRequest, context: StepContext) -> ApiResponse:
    trail, site = context.ticket.trail, context.ticket.site
    named = [(each, "related") for each in trail.links] + [(each.id, "merged") for each in trail.merged]
    named += [(trail.merged_into, "merged-into")] if trail.merged_into else []
    seen = request.desk.queries.find_visible(site, [each for each, _ in named], request.viewer)
    items = [_render_linked(request, seen[each], kind) for each, kind in named if each in seen]
    return json_response({"items": items}, 200, request.response_headers)


def _render_linked(request: ApiRequest, ticket: Ticket, kind: str) -> dict[str, Any]:
    definition = request.desk.definitions.get(ticket.workflow, ticket.version)
    return {
        "kind": kind,
        "number": ticket.number,
        "id": ticket.id,
        "workflow": ticket.workflow,
        "title": localize_title(ticket.title, definition, request.language),
        "state": ticket.state,
        "category": ticket.category,
    }
