"""Opening tickets, and reading one."""

from __future__ import annotations

from typing import Any

import orjson

from service.api.http.ids import new_id
from service.api.http.paging import page_limit, page_response, refuse_bad_cursor, seq_cursor, seq_page
from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, format_etag, json_response
from service.api.http.route import Routes
from service.api.tickets import history_view, view
from service.api.tickets.lookup import find_ticket_key
from service.api.tickets.related import load_related_tickets
from service.refusals import reason
from service.schemas import bodies, queries
from workflows.core.commands import Open
from workflows.core.input.similarity import find_similarity
from workflows.core.people import Staff
from workflows.core.ticket import StepContext
from workflows.errors import Forbidden, Invalid, Reason
from workflows.storage.queries.results import StoredHistoryEvent

routes = Routes("tickets")


def ticket_response(context: StepContext, request: ApiRequest, status: int) -> ApiResponse:
    """The ticket as a response, with Location and ETag for the next write."""
    ticket = context.ticket
    shown = view.render_ticket(
        context, request.now, request.language, load_related_tickets(request, [ticket])
    )
    heads = {**request.response_headers, "ETag": format_etag(ticket.seq)}
    if status == 201:
        heads["Location"] = f"/api/tickets/{ticket.id}"
    return json_response(shown, status, heads)


@routes.post(
    "/api/tickets",
    "Open a ticket",
    "Ticket",
    body=bodies.OpenTicket(),
    refuses=(403, 404, 409),
    recorded=True,
)
def open_ticket(request: ApiRequest) -> ApiResponse:
    """Open a ticket of a process, at the user's only site or at the one named in the body.

    Where the process compares tickets, the answer names likely `duplicates` that were open before.
    """
    body = request.body
    site = choose_site(request, body.get("site"))
    duplicates = list_duplicates(request, site, body["workflow"], body["data"])
    request.about = lambda: request.desk.definitions.latest(body["workflow"])
    command = Open(
        site=site,
        id=new_id(request.now),
        workflow=body["workflow"],
        actor=request.actor_at(site),
        data=body["data"],
        note=body["note"],
        despite_duplicates=body["despite_duplicates"],
    )

    def answer(context: StepContext) -> ApiResponse:
        opened = ticket_response(context, request, 201)
        if duplicates is not None:
            opened.body = orjson.dumps({**orjson.loads(opened.body), "duplicates": duplicates})
        return opened

    return answer(request.desk.engine.do(command, request.now, request.idempotent_request(answer)))


def list_duplicates(
    request: ApiRequest, site: str, workflow: str, data: dict[str, Any]
) -> list[dict[str, Any]] | None:
    """Likely duplicates of what is to be opened that the user may see; None if the process compares none."""
    definition = request.desk.definitions.latest(workflow)
    if definition.duplicates is None:
        return None
    similarity = find_similarity(definition, data)
    if similarity is None:
        return []
    found = request.desk.queries.duplicates.find(site, definition.name, similarity, request.viewer)
    return [{"number": each.number, "id": each.id, "state": each.state} for each in found]


def choose_site(request: ApiRequest, named: str | None) -> str:
    """The named site, or the user's only one. Raises Invalid or NotFound."""
    if named is not None:
        return request.check_site(named)
    if len(request.sites) == 1:
        return request.sites[0]
    if not request.sites:
        raise Forbidden(Reason("not-a-member", "you belong to no site"))
    sites = ", ".join(request.sites)
    raise Invalid(reason("site-needed", f"say at which site: {sites}", field="site", sites=sites))


def find_staff(request: ApiRequest, named: str, sites: tuple[str, ...]) -> Staff | None:
    """The member of staff of one of the sites with this id or account, or None."""
    for site in sites:
        if (found := request.desk.people.directory(site).find(named)) is not None:
            return found
    return None


@routes.get(
    "/api/tickets/{number}",
    "Look at a ticket",
    "Ticket",
    query=queries.SiteQuery(),
    refuses=(404, 409),
    etag=True,
)
def show_ticket(request: ApiRequest, number: str) -> ApiResponse:
    """The ticket by its number or id; 304 if If-None-Match has its ETag."""
    site, ticket_id = find_ticket_key(request, number)
    context = request.load_ticket(site, ticket_id)
    if _has_etag(request, format_etag(context.ticket.seq)):
        return ApiResponse(304, headers={**request.response_headers, "ETag": format_etag(context.ticket.seq)})
    return ticket_response(context, request, 200)


def _has_etag(request: ApiRequest, tag: str) -> bool:
    header = request.request.headers.get("If-None-Match", "")
    return any(each.strip().removeprefix("W/") in (tag, "*") for each in header.split(","))


@routes.get(
    "/api/tickets/{number}/personal",
    "Read the personal fields",
    "TicketPersonal",
    query=queries.SiteQuery(),
    refuses=(403, 404, 409),
)
def show_personal(request: ApiRequest, number: str) -> ApiResponse:
    """The personal fields in clear, for the roles that may read them. The reading is recorded."""
    site, ticket_id = find_ticket_key(request, number)
    context = request.load_ticket(site, ticket_id)
    ticket, definition = context.ticket, context.definition
    reader = request.require_reader(site, definition.readers)
    if ticket.personal:
        request.desk.privacy.record_reading(site, ticket_id, reader, ticket.personal, request.now)
    shown: dict[str, Any] = {"number": ticket.number, "id": ticket.id, "personal": dict(ticket.personal)}
    return json_response(shown, 200, {**request.response_headers, "Cache-Control": "no-store"})


@routes.get(
    "/api/tickets/{number}/readings",
    "See who read the personal fields",
    "ReadingPage",
    query=queries.PageQuery(),
    refuses=(403, 404, 409, 422),
    linked=True,
)
def show_readings(request: ApiRequest, number: str) -> ApiResponse:
    """Who read which personal fields of the ticket and when, newest first.

    For the roles that may read them, and for administrators of the desk.
    """
    limit = page_limit(request)
    site, ticket_id = find_ticket_key(request, number)
    readers = request.load_ticket(site, ticket_id).definition.readers
    request.require_reader(site, readers, beside=frozenset(request.settings.api.publishers))
    with refuse_bad_cursor():
        page = request.desk.queries.readings(site, ticket_id, request.query.get("cursor"), limit)
    directory = request.desk.people.directory(site)
    items = [history_view.render_reading(each, directory) for each in page.readings]
    return page_response(request, items, page.next)


@routes.get(
    "/api/tickets/{number}/history",
    "Read the history",
    "HistoryPage",
    query=queries.PageQuery(),
    refuses=(404, 409, 422),
    linked=True,
)
def show_history(request: ApiRequest, number: str) -> ApiResponse:
    """The history of the ticket, oldest first, with who was told because of each event."""
    after = seq_cursor(request)
    limit = page_limit(request)
    site, ticket_id = find_ticket_key(request, number)
    seen = request.load_ticket(site, ticket_id)
    found = request.desk.queries.history(site, ticket_id, after, limit + 1)
    page = found[:limit]
    messages_by_step = (
        request.desk.queries.outgoing.of_steps(site, ticket_id, page[0].seq, page[-1].seq) if page else {}
    )

    def render(event: StoredHistoryEvent) -> dict[str, Any]:
        messages = messages_by_step.get(event.seq, ())
        return history_view.render_history_event(
            event, seen.definition, request.language, seen.directory, messages
        )

    return seq_page(request, found, render)


@routes.get(
    "/api/tickets/{number}/children",
    "List the children",
    "ChildPage",
    query=queries.PageQuery(),
    refuses=(404, 409, 422),
    linked=True,
)
def show_children(call: ApiRequest, number: str) -> ApiResponse:
    """The children of the ticket, oldest first."""
    limit = page_limit(call)
    site, ticket_id = find_ticket_key(call, number)
    situation = call.load_ticket(site, ticket_id)
    children = load_related_tickets(call, [situation.ticket]).visible_children(site, situation.children)
    with refuse_bad_cursor():
        items, following = view.page_of(children, call.query.get("cursor"), limit)
    return page_response(call, items, following)


@routes.get(
    "/api/tickets/{number}/clocks",
    "See the promises, with the working of each deadline",
    "TicketClocks",
    query=queries.SiteQuery(),
    refuses=(404, 409),
)
def show_clocks(request: ApiRequest, number: str) -> ApiResponse:
    """The clocks of the ticket, each with the computation of its deadline."""
    site, ticket_id = find_ticket_key(request, number)
    context = request.load_ticket(site, ticket_id)
    shown = [
        view.render_clock_explained(each, context, request.now, request.language)
        for each in view.sort_clocks(context.clocks)
    ]
    return json_response({"clocks": shown}, 200, request.response_headers)
