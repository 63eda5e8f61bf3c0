"""Lists of tickets, and the queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from service.api.http.paging import page_limit, page_response, refuse_bad_cursor
from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, json_response
from service.api.http.route import Routes
from service.api.http.time_parameters import parse_instant, site_zone
from service.api.list_files import FILE_FORMATS, choose_file_format, file_response, list_text, read_rows
from service.api.tickets import view
from service.api.tickets.collection import find_staff
from service.api.tickets.person_search import record_search
from service.api.tickets.related import load_related_tickets
from service.api.tickets.ticket_file import build_ticket_columns
from service.departures import departed_staff
from service.refusals import Malformed, reason
from service.schemas import queries
from workflows.core.ticket import PRIORITIES, Ticket
from workflows.queue import QueueFilter
from workflows.storage.queries.filters import ListOrder, TicketFilter
from workflows.storage.queries.results import TicketPage

routes = Routes("tickets")
MAX_COUNTED = 100  # tickets of a queue; a badge says 99+


@routes.get(
    "/api/tickets",
    "List tickets",
    "TicketPage",
    query=queries.TicketsQuery(),
    refuses=(404, 422),
    linked=True,
    also=tuple(FILE_FORMATS.values()),
)
def list_tickets(request: ApiRequest) -> ApiResponse:
    """Tickets of the user's sites, newest first; overdue ones with the longest overdue first; in the order of
    the times that are asked for, or as `sort` says.

    The queue is ordered by urgency: what is due first, then by priority, then by age. A page may be shorter
    than `limit`, or empty, and have a next all the same: it ends where many tickets were looked at in vain.

    As CSV or as a workbook by `format` or `Accept`: up to 5,000 rows, then `Link` names the next file; with
    the open fields if `workflow` is given.
    """
    ending = choose_file_format(request)
    if ending is not None:
        return _file_of_tickets(request, ending)
    page = find_page(request, request.query.get("cursor"), page_limit(request))
    return page_response(request, render_lines(request, page.tickets), page.next)


def render_lines(request: ApiRequest, tickets: Sequence[Ticket]) -> list[view.Json]:
    """Tickets as lines of a list."""
    get, related = request.desk.definitions.get, load_related_tickets(request, tickets)
    directories = {site: request.desk.people.directory(site) for site in {each.site for each in tickets}}
    return [
        view.render_ticket_line(
            each,
            get(each.workflow, each.version),
            request.now,
            request.language,
            related,
            directories[each.site],
        )
        for each in tickets
    ]


def _file_of_tickets(request: ApiRequest, ending: str) -> ApiResponse:
    def read(cursor: str | None, limit: int) -> tuple[Sequence[Ticket], str | None]:
        page = find_page(request, cursor, limit)
        return page.tickets, page.next

    tickets, following = read_rows(request, read)
    columns = build_ticket_columns(request, tickets)
    title = list_text(request.language, "tickets")
    return file_response(request, ending, "tickets", title, columns, following)


def find_page(request: ApiRequest, cursor: str | None, limit: int) -> TicketPage:
    """A page of the tickets that the query of the request asks for."""
    ticket_filter = _parse_filter(request)
    with refuse_bad_cursor():
        if request.query.get("view") == "queue":
            _check_queue_query(request)
            everything = TicketFilter(sites=request.requested_sites(), viewer=request.viewer)
            narrowed = ticket_filter if ticket_filter != everything else None
            return request.desk.queue.page(_build_queue_filter(request, narrowed), cursor, limit)
        page = request.desk.queries.tickets(ticket_filter, cursor, limit)
    record_search(request, page)
    return page


def _build_queue_filter(request: ApiRequest, ticket_filter: TicketFilter | None = None) -> QueueFilter:
    """The user's queue at the requested sites."""
    return QueueFilter(
        member=request.staff,
        sites=request.requested_sites(),
        now=request.now,
        ticket_filter=ticket_filter,
    )


@routes.get(
    "/api/queue/counts",
    "How many tickets are in the queue",
    "QueueCounts",
    query=queries.SiteQuery(),
    refuses=(404,),
)
def count_queue(request: ApiRequest) -> ApiResponse:
    """How many open tickets the user, or whom they stand in for, may act on; for a badge. Counting stops at
    a hundred."""
    counts = request.desk.queue.count(_build_queue_filter(request), MAX_COUNTED)
    return json_response(counts._asdict(), 200, request.response_headers)


def _parse_filter(request: ApiRequest) -> TicketFilter:
    query, sites = request.query, request.requested_sites()
    view = query.get("view")
    late = query.get("overdue") or view == "overdue"
    lifecycle, workflow = request.desk.definitions.lifecycle(), query.get("workflow")
    workflow = lifecycle.present_name(workflow) if workflow is not None else None
    return TicketFilter(
        sites=sites,
        viewer=request.viewer,
        workflow=workflow,
        former_names=lifecycle.former_names(workflow) if workflow is not None else (),
        state=query.get("state"),
        priority=PRIORITIES.index(query["priority"]) if "priority" in query else None,
        category=query.get("category") or ("open" if view in ("mine", "unassigned") else None),
        opener=_find_staff_id(request, query.get("opener")),
        assignee=request.staff.id if view == "mine" else _find_staff_id(request, query.get("assignee")),
        substitute_for=request.viewer.delegators if view == "mine" else {},
        unassigned=view == "unassigned",
        departed=departed_staff(request.desk, sites) if view == "unassigned" else {},
        department=query.get("department"),
        overdue=request.now if late else None,
        q=query.get("q"),
        readers={site: request.roles_at(site) for site in sites} if "q" in query else {},
        parent=query.get("parent"),
        origin=query.get("origin"),
        level=query.get("level"),
        watcher=_find_staff_id(request, query.get("watcher")),
        unit=query.get("unit"),
        order=_parse_order(query.get("sort")),
        **_parse_bounds(request, sites),
    )


def _parse_bounds(request: ApiRequest, sites: tuple[str, ...]) -> dict[str, Any]:
    """The bounds of times in the query. A day is one of the first of the sites."""
    bounds: dict[str, Any] = {}
    for name in ("opened", "changed", "closed", "due"):
        for ending, key in (("since", "after"), ("until", "before")):
            day = request.query.get(f"{name}_{ending}")
            if day is not None and sites:
                zone = site_zone(request, sites[0])
                bounds[f"{name}_{key}"] = parse_instant(day, zone, after=ending == "until")
    return bounds


def _parse_order(sort: str | None) -> ListOrder | None:
    """The order of a key such as `-due`."""
    if sort is None:
        return None
    key = sort.removeprefix("-")
    return ListOrder(key if key == "priority" else f"{key}_at", not sort.startswith("-"))


def _check_queue_query(request: ApiRequest) -> None:
    """Refuse what the queue cannot be asked for: it has an order of its own, and looks at no clocks."""
    for name in ("sort", "level"):
        if name in request.query:
            message = f"{name}: not together with view=queue"
            raise Malformed(reason("bad-parameter", message, field=name))


def _find_staff_id(request: ApiRequest, named: str | None) -> str | None:
    if named is None:
        return None
    if named == "me":
        return request.staff.id
    member = find_staff(request, named, request.requested_sites())
    return member.id if member else named
