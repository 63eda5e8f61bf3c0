"""The same matter again: likely duplicates, and further calls about a ticket."""

from __future__ import annotations

from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, json_response
from service.api.http.route import Routes
from service.api.tickets.collection import choose_site, ticket_response
from service.api.tickets.lists import render_lines
from service.api.tickets.lookup import find_ticket_key, find_ticket_key_at
from service.schemas import bodies, queries
from workflows.core.commands import Merge, Urge
from workflows.core.input.similarity import fold_similarity
from workflows.core.ticket import StepContext

routes = Routes("tickets")


@routes.get(
    "/api/duplicates",
    "Ask whether the same matter is open already",
    "Duplicates",
    query=queries.DuplicatesQuery(),
    refuses=(403, 404, 422),
)
def find_duplicates(request: ApiRequest) -> ApiResponse:
    """Open tickets of the process at the site with this value in the field by which its definition compares
    them (`field`; null if it compares none), the newest first, at most ten; only those the user may see."""
    query = request.query
    site = choose_site(request, query.get("site"))
    definition = request.desk.definitions.latest(query["workflow"])
    rule, similarity = definition.duplicates, fold_similarity(query["value"])
    found = (
        request.desk.queries.duplicates.find(site, definition.name, similarity, request.viewer)
        if rule is not None and similarity is not None
        else ()
    )
    shown = {"field": rule.same if rule else None, "items": render_lines(request, found)}
    return json_response(shown, 200, request.response_headers)


@routes.post(
    "/api/tickets/{number}/urge",
    "Somebody has called again about it",
    "Ticket",
    body=bodies.UrgeTicket(),
    query=queries.SiteQuery(),
    refuses=(403, 404, 409),
    recorded=True,
)
def urge(request: ApiRequest, number: str) -> ApiResponse:
    """Join a further call to the ticket: it is counted, the owner hears of it, and the priority goes up as
    the process says. Send an Idempotency-Key, so that a call that is sent twice counts once."""
    site, ticket = find_ticket_key(request, number)
    command = Urge(site=site, ticket=ticket, actor=request.actor_at(site), note=request.body["note"])

    def answer(context: StepContext) -> ApiResponse:
        return ticket_response(context, request, 201)

    return answer(request.desk.engine.do(command, request.now, request.idempotent_request(answer)))


@routes.post(
    "/api/tickets/{number}/merge",
    "Merge the ticket into another",
    "Ticket",
    body=bodies.MergeTicket(),
    query=queries.SiteQuery(),
    writes=True,
    recorded=True,
)
def merge(request: ApiRequest, number: str) -> ApiResponse:
    """End the ticket because it is the same matter as another open one of its process, at its site.

    Both histories are kept. Those who follow it follow the other; its client hears what that one's client
    hears, and its opener how that one ends. Its clocks stop, and for its parent it has ended.
    """
    site, ticket = find_ticket_key(request, number)
    _, into = find_ticket_key_at(request, request.body["into"], (site,))
    command = Merge(
        site=site,
        ticket=ticket,
        actor=request.actor_at(site),
        expected=request.seen,
        note=request.body["note"],
        into=into,
    )

    def answer(context: StepContext) -> ApiResponse:
        return ticket_response(context, request, 201)

    return answer(request.desk.engine.do(command, request.now, request.idempotent_request(answer)))
