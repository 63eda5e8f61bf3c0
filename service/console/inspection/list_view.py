"""The inspections that somebody may make now: those of today first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from flask import Response

from service.api.http.paging import refuse_bad_cursor
from service.console.forms.checklists import find_checklists, inspection_path
from service.console.http.console_request import ConsoleRequest
from service.console.http.pages import Pages
from service.console.layout.assets import read_asset
from service.console.ticket_rows import TicketRow, build_ticket_rows
from workflows.core.access.delegation import find_delegations
from workflows.core.access.permissions import has_any_role
from workflows.core.ticket import Ticket
from workflows.errors import Forbidden, Reason
from workflows.queue import QueueFilter
from workflows.timing.instants import from_datetime, to_datetime

pages = Pages()
PATH = "/inspections"
_LOOKED_THROUGH = 100  # tickets of the queue, on one page


@pages.get(PATH)
def list_inspections(call: ConsoleRequest) -> Response:
    """What of one's queue goes through a checklist."""
    if not call.sites:
        raise Forbidden(Reason("not-a-member", "you belong to no site"))
    cursor = call.request.args.get("cursor")
    with refuse_bad_cursor():
        queue = QueueFilter(member=call.staff, sites=call.sites, now=call.now)
        found = call.desk.queue.page(queue, cursor, _LOOKED_THROUGH)
    tomorrow = _end_of_today(call)
    inspected = list(_select(call, found.tickets))
    rows = _build_rows(call, inspected)
    today = [each.due_at is not None and each.due_at < tomorrow for each, _ in inspected]
    return call.page(
        "inspection/list.html",
        call.text("inspection", "list"),
        today=[row for row, now in zip(rows, today, strict=True) if now],
        later=[row for row, now in zip(rows, today, strict=True) if not now],
        first=PATH if cursor else "",
        following=f"{PATH}?cursor={found.next}" if found.next else "",
    )


@pages.get(f"{PATH}/worker.js", anybody=True)
def show_worker(_call: ConsoleRequest) -> Response:
    """The service worker, at an address that stays: from there it may serve every page."""
    answer = Response(read_asset("worker.js"), mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = "/"
    return answer


def _select(call: ConsoleRequest, tickets: Iterable[Ticket]) -> Iterator[tuple[Ticket, str]]:
    """(ticket, checklist) of those from whose state the user's posts may take a step by a checklist."""
    for ticket in tickets:
        definition = call.desk.definitions.get(ticket.workflow, ticket.version)
        actor, directory = call.actor_at(ticket.site), call.desk.people.directory(ticket.site)
        actors = (actor, *(each.acting for each in find_delegations(actor, directory, call.now)))
        mine = [
            each
            for each in definition.transitions_by_source[ticket.state]
            if not each.auto and any(has_any_role(each.roles, one, definition, ticket) for one in actors)
        ]
        checklists = find_checklists(definition, mine)
        if checklists:
            yield ticket, checklists[0]


def _build_rows(call: ConsoleRequest, inspected: Iterable[tuple[Ticket, str]]) -> list[TicketRow]:
    """The tickets as rows that lead to their inspections."""
    found = list(inspected)
    rows = build_ticket_rows(call, [ticket for ticket, _ in found])
    return [
        replace(row, path=inspection_path(ticket, checklist))
        for row, (ticket, checklist) in zip(rows, found, strict=True)
    ]


def _end_of_today(call: ConsoleRequest) -> int:
    """Midnight at the user's site."""
    midnight = to_datetime(call.now, call.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return from_datetime(midnight + timedelta(days=1))
