"""Who follows a ticket."""

from __future__ import annotations

from typing import Any

from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, empty_response, json_response
from service.api.http.route import Routes
from service.api.tickets.collection import find_staff
from service.api.tickets.lookup import find_ticket_key
from service.api.tickets.view import staff_name
from service.schemas import queries
from workflows.core.ticket import StepContext
from workflows.timing.instants import rfc3339

routes = Routes("tickets")
ME = "me"  # the user, in the place of a staff id


@routes.get(
    "/api/tickets/{number}/watchers",
    "See who follows the ticket",
    "Watchers",
    query=queries.SiteQuery(),
    refuses=(404, 409),
)
def show_watchers(request: ApiRequest, number: str) -> ApiResponse:
    """Those who follow the ticket, the first first; for everybody who may see it."""
    return _watchers_response(request, request.load_ticket(*find_ticket_key(request, number)))


@routes.put(
    "/api/tickets/{number}/watchers/{staff}",
    "Follow a ticket",
    "Watchers",
    query=queries.SiteQuery(),
    refuses=(403, 404, 409, 422),
)
def follow(request: ApiRequest, number: str, staff: str) -> ApiResponse:
    """Let somebody hear of the ticket's steps, as long as they may see it.

    `me` follows it oneself: whoever may see the ticket can. Somebody else (staff id or account) is added by
    those who take part in the ticket. Neither the ticket nor its history changes.
    """
    site, ticket = find_ticket_key(request, number)
    actor, person = request.actor_at(site), _find_person(request, site, staff)
    context = request.desk.watchers.follow(site, ticket, person, actor, request.now)
    return _watchers_response(request, context)


@routes.delete(
    "/api/tickets/{number}/watchers/{staff}",
    "Follow a ticket no more",
    query=queries.SiteQuery(),
    refuses=(403, 404, 409),
)
def unfollow(request: ApiRequest, number: str, staff: str) -> ApiResponse:
    """End following: one's own as `me`, that of others by those who take part in the ticket."""
    site, ticket = find_ticket_key(request, number)
    actor, person = request.actor_at(site), _find_person(request, site, staff)
    request.desk.watchers.unfollow(site, ticket, person, actor, request.now)
    return empty_response()


def _find_person(request: ApiRequest, site: str, named: str) -> str:
    """The staff id of the user, or of the member with this name; unchanged if there is none."""
    if named == ME:
        return request.staff.id
    member = find_staff(request, named, (site,))
    return member.id if member else named


def _watchers_response(request: ApiRequest, context: StepContext) -> ApiResponse:
    found = request.desk.watchers.list_watchers(context)
    items: list[dict[str, Any]] = [
        {
            "id": each.staff_id,
            "name": staff_name(each.staff_id, context.directory),
            "since": rfc3339(each.since_at),
        }
        for each in found
    ]
    shown = {"items": items, "following": request.staff.id in context.ticket.watchers}
    return json_response(shown, 200, request.response_headers)
