"""Statistics of clocks, states and processes, the outbox, and parked clocks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from service.api.http.paging import page_limit, page_links, refuse_bad_cursor
from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, json_response
from service.api.http.route import Routes
from service.api.http.time_parameters import parse_instant, site_zone
from service.api.list_files import FILE_FORMATS, FileColumn, choose_file_format, file_response, list_text
from service.api.tickets.view import format_instant
from service.refusals import reason
from service.schemas import bodies, queries
from workflows.errors import Invalid, NotFound
from workflows.process_counts import count_processes
from workflows.storage.outbox_messages import OutboxMessage
from workflows.storage.queries.results import ClockCounts, ParkedClock
from workflows.timing.instants import Instant, rfc3339

routes = Routes("reports")
_DEFAULT_SPAN, _MAX_SPAN = 31 * 86_400, 366 * 86_400
_COLUMNS = {  # of a file: a name of the answer in JSON, and the text of the heading
    "states": {"workflow": "workflow", "state": "state", "tickets": "tickets"},
    "workflows": {"workflow": "workflow", "open": "open-tickets", "overdue": "overdue"},
}


@routes.get(
    "/api/reports/promises",
    "How promises are kept",
    "Promises",
    query=queries.PromisesQuery(),
    refuses=(404, 422),
    also=tuple(FILE_FORMATS.values()),
)
def promises(request: ApiRequest) -> ApiResponse:
    """Counts of the clocks that began in a period of at most a year; `share` is the share of the settled
    ones that were met. Without `since`: of those begun in the 31 days before `until`, or before now. As CSV
    or as a workbook by `format` or `Accept`."""
    found, spans = ClockCounts(), []
    for zone, sites in _sites_by_zone(request).items():
        since, until = _requested_span(request, zone)
        spans.append((since, until))
        counted = request.desk.queries.count_clocks(
            sites,
            request.now,
            viewer=request.viewer,
            workflow=request.query.get("workflow"),
            clock=request.query.get("clock"),
            since=since,
            until=until,
        )
        found = ClockCounts(**{name: count + asdict(counted)[name] for name, count in asdict(found).items()})
    settled = found.met + found.missed
    share = round(found.met / settled, 4) if settled else None
    begins, ends = zip(*spans, strict=True) if spans else ((request.now,), (request.now,))
    span = {"since": rfc3339(min(begins)), "until": rfc3339(max(ends))}
    shown = {**asdict(found), "share": share, "at": rfc3339(request.now), **span}
    ending = choose_file_format(request)
    if ending is None:
        return json_response(shown)
    title = list_text(request.language, "promises")
    columns = [FileColumn(list_text(request.language, name), [value]) for name, value in shown.items()]
    return file_response(request, ending, "promises", title, columns, None)


def _requested_span(request: ApiRequest, zone: str) -> tuple[Instant, Instant]:
    """The period of the query as instants, at sites in this time zone."""
    until = _requested_instant(request, "until", zone, after=True)
    until = request.now + 1 if until is None else until  # what begins in this very second counts
    since = _requested_instant(request, "since", zone)
    since = until - _DEFAULT_SPAN if since is None else since
    if until - since > _MAX_SPAN:
        raise Invalid(reason("bad-parameter", "since: at most 366 days are counted at once", field="since"))
    return since, until


def _sites_by_zone(request: ApiRequest) -> dict[str, list[str]]:
    """The requested sites by time zone: a day begins at each site when it begins there."""
    zones: dict[str, list[str]] = {}
    for site in request.requested_sites():
        zones.setdefault(site_zone(request, site).key, []).append(site)
    return zones


def _requested_instant(request: ApiRequest, name: str, zone: str, *, after: bool = False) -> Instant | None:
    """The instant of a parameter, at sites in this time zone; None if it is not given."""
    value = request.query.get(name)
    return None if value is None else parse_instant(value, ZoneInfo(zone), after=after)


@routes.get(
    "/api/reports/states",
    "How many tickets stand where",
    "States",
    query=queries.StatesQuery(),
    refuses=(404,),
    also=tuple(FILE_FORMATS.values()),
)
def states(request: ApiRequest) -> ApiResponse:
    """Counts of tickets by process and state. As CSV or as a workbook by `format` or `Accept`."""
    found = request.desk.counts.count_by_state(
        request.requested_sites(), request.viewer, request.query.get("workflow")
    )
    items: list[dict[str, Any]] = [
        {"workflow": workflow, "state": state, "tickets": count}
        for (workflow, state), count in sorted(found.items())
    ]
    return _counts_response(request, "states", items)


@routes.get(
    "/api/reports/workflows",
    "How many tickets of each process are open",
    "OpenTickets",
    query=queries.FileQuery(),
    refuses=(404,),
    also=tuple(FILE_FORMATS.values()),
)
def count_workflows(request: ApiRequest) -> ApiResponse:
    """Counts of the open tickets by process, and of those among them that are overdue; a process without any
    is left out. As CSV or as a workbook by `format` or `Accept`."""
    found = count_processes(
        request.desk.counts,
        request.desk.definitions.lifecycle(),
        request.viewer,
        request.requested_sites(),
        request.now,
    )
    items = [
        {"workflow": workflow, "open": each.open, "overdue": each.overdue}
        for workflow, each in sorted(found.items())
    ]
    return _counts_response(request, "workflows", items)


def _counts_response(request: ApiRequest, name: str, items: Sequence[Mapping[str, Any]]) -> ApiResponse:
    """The lines as JSON, or as the file that is asked for."""
    ending = choose_file_format(request)
    if ending is None:
        return json_response({"items": items, "at": rfc3339(request.now)})
    columns = [
        FileColumn(list_text(request.language, head), [each[key] for each in items])
        for key, head in _COLUMNS[name].items()
    ]
    return file_response(request, ending, name, list_text(request.language, "tickets"), columns, None)


@routes.get(
    "/api/outbox",
    "Messages by what became of them",
    "Messages",
    query=queries.OutboxQuery(),
    refuses=(403, 422),
    linked=True,
)
def list_outbox(request: ApiRequest) -> ApiResponse:
    """Messages of the sites that the user manages, oldest first."""
    sites = request.managed_sites()
    limit = page_limit(request)
    with refuse_bad_cursor():
        page = request.desk.queries.messages(
            request.query["status"], request.query.get("cursor"), limit, sites=sites
        )
    unseen = request.desk.queries.find_hidden(
        {(each.site, each.ticket) for each in page.messages}, request.viewer
    )
    items = [_render_message(each, (each.site, each.ticket) in unseen) for each in page.messages]
    return json_response({"items": items, "next": page.next}, 200, page_links(request, page.next))


def _render_message(message: OutboxMessage, hidden: bool) -> dict[str, Any]:
    """A message. With `hidden`, its ticket does not exist for the reader and is not named."""
    return {
        "id": message.id,
        "site": message.site,
        "ticket": None if hidden else message.ticket,
        "seq": message.seq,
        "kind": message.kind,
        "recipient": message.recipient,
        "role": message.role,
        "clock": message.clock,
        "level": message.level,
        "urgent": message.urgent,
        "status": message.status,
        "channel": message.channel,
        "attempts": message.attempts,
        "last_error": message.last_error,
        "not_before": rfc3339(message.not_before),
        "created_at": rfc3339(message.created_at),
        "tried_at": format_instant(message.tried_at),
        "sent_at": format_instant(message.sent_at),
    }


@routes.post(
    "/api/outbox/{id}/requeue",
    "Try a message again that was not sent",
    "Requeued",
    status=200,
    body=bodies.Nothing(),
    refuses=(403, 404),
)
def requeue(request: ApiRequest, id: str) -> ApiResponse:
    """Put a message back into the queue that is dead, was only logged or had no address."""
    sites = request.managed_sites()
    if not any(request.desk.outbox.requeue(site, id, request.now) for site in sites):
        raise NotFound(reason("unknown-message", "there is no such message, or nothing is to be tried again"))
    return json_response({"id": id, "status": "pending"})


@routes.get("/api/parked", "Clocks that were set aside", "Parked", refuses=(403,))
def list_parked(request: ApiRequest) -> ApiResponse:
    """Clocks of the sites that the user manages that were parked, each with the reason."""
    found = request.desk.queries.parked_clocks(request.managed_sites())
    unseen = request.desk.queries.find_hidden({(each.site, each.ticket) for each in found}, request.viewer)
    return json_response(
        {"items": [_render_parked(each, (each.site, each.ticket) in unseen) for each in found]}
    )


def _render_parked(clock: ParkedClock, hidden: bool) -> dict[str, Any]:
    return asdict(clock) | ({"ticket": None, "reason": ""} if hidden else {})
