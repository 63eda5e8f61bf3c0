"""How the promises are kept, what waits to be sent, and what was set aside."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from service.api import receipts
from service.api.answers import Answer, as_json
from service.api.call import Call
from service.api.paging import limit_of, own_cursor, page_links
from service.api.routing import Routes
from service.api.showing import when
from service.refusals import reason
from service.schemas import bodies, queries
from workflows.errors import NotFound
from workflows.storage.filters import TicketFilter
from workflows.storage.views import OutboxRow, Parked
from workflows.timing.instants import rfc3339

routes = Routes("reports")


@routes.get(
    "/api/reports/promises",
    "How promises are kept",
    "Promises",
    query=queries.PromisesQuery(),
    refuses=(404,),
)
def promises(call: Call) -> Answer:
    """Counts of the promises begun in a time; `share` of the settled ones that were met."""
    asked = call.query
    found = call.desk.queries.promises(
        call.wanted_sites(),
        call.now,
        viewer=call.viewer,
        workflow=asked.get("workflow"),
        clock=asked.get("clock"),
        since=asked.get("since"),
        until=asked.get("until"),
    )
    settled = found.met + found.missed
    share = round(found.met / settled, 4) if settled else None
    return as_json({**asdict(found), "share": share, "at": rfc3339(call.now)})


@routes.get(
    "/api/reports/states",
    "How many tickets stand where",
    "States",
    query=queries.StatesQuery(),
    refuses=(404,),
)
def states(call: Call) -> Answer:
    """Tickets by process and state."""
    wanted = TicketFilter(sites=call.wanted_sites(), viewer=call.viewer, workflow=call.query.get("workflow"))
    found = call.desk.queries.states(wanted)
    items = [
        {"workflow": workflow, "state": state, "tickets": count}
        for (workflow, state), count in sorted(found.items())
    ]
    return as_json({"items": items, "at": rfc3339(call.now)})


@routes.get(
    "/api/outbox",
    "Messages waiting, sent, or dead",
    "Messages",
    query=queries.OutboxQuery(),
    refuses=(403, 422),
    linked=True,
)
def list_outbox(call: Call) -> Answer:
    """Messages of the sites the asker looks after, oldest first."""
    sites = call.managed_sites()
    limit = limit_of(call)
    with own_cursor():
        page = call.desk.queries.messages(call.query["status"], call.query.get("cursor"), limit, sites=sites)
    unseen = call.desk.queries.unseen({(each.site, each.ticket) for each in page.messages}, call.viewer)
    items = [_message(each, (each.site, each.ticket) in unseen) for each in page.messages]
    return as_json({"items": items, "next": page.next}, 200, page_links(call, page.next))


def _message(row: OutboxRow, hidden: bool) -> dict[str, Any]:
    """A message; whose ticket does not exist for the reader, without saying which it is."""
    return {
        "id": row.id,
        "site": row.site,
        "ticket": None if hidden else row.ticket,
        "seq": row.seq,
        "kind": row.kind,
        "recipient": row.recipient,
        "role": row.role,
        "clock": row.clock,
        "level": row.level,
        "urgent": row.urgent,
        "status": row.status,
        "attempts": row.attempts,
        "last_error": row.last_error,
        "not_before": rfc3339(row.not_before),
        "created_at": rfc3339(row.created_at),
        "sent_at": when(row.sent_at),
    }


@routes.post(
    "/api/outbox/{id}/requeue",
    "Try a dead message again",
    "Requeued",
    status=200,
    body=bodies.Nothing(),
    refuses=(403, 404),
)
def requeue(call: Call, id: str) -> Answer:
    """Put a message that could not be sent back among those that wait."""
    sites = call.managed_sites()
    if not any(call.desk.outbox.requeue(site, id, call.now) for site in sites):
        raise NotFound(reason("unknown-message", "there is no such message, or it is not dead"))
    return receipts.kept(call, as_json({"id": id, "status": "pending"}))


@routes.get("/api/parked", "Clocks that were set aside", "Parked", refuses=(403,))
def list_parked(call: Call) -> Answer:
    """Clocks of the sites the asker looks after that could not be worked on, and why."""
    sites = set(call.managed_sites())
    found = [each for each in call.desk.queries.parked() if each.site in sites]
    unseen = call.desk.queries.unseen({(each.site, each.ticket) for each in found}, call.viewer)
    return as_json({"items": [_parked(each, (each.site, each.ticket) in unseen) for each in found]})


def _parked(clock: Parked, hidden: bool) -> dict[str, Any]:
    return asdict(clock) | ({"ticket": None, "reason": ""} if hidden else {})
