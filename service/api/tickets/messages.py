"""Who was told what about a ticket, when and by which channel."""

from __future__ import annotations

from typing import Any

from service.api.http.paging import page_limit, page_response, refuse_bad_cursor
from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse
from service.api.http.route import Routes
from service.api.tickets.history_view import render_receipt
from service.api.tickets.lookup import find_ticket_key
from service.api.tickets.view import format_instant
from service.schemas import queries
from workflows.core.people import Directory
from workflows.storage.deliveries import WAITING
from workflows.storage.queries.results import TicketMessage
from workflows.timing.instants import rfc3339

routes = Routes("tickets")


@routes.get(
    "/api/tickets/{number}/messages",
    "See who was told what",
    "TicketMessagePage",
    query=queries.TicketMessagesQuery(),
    refuses=(404, 409, 422),
    linked=True,
)
def show_messages(request: ApiRequest, number: str) -> ApiResponse:
    """What was told about the ticket, oldest first: to whom, by which channel, with what result, and the
    words as they were sent. They are kept as long as the ticket; what was personal goes when it is erased."""
    limit = page_limit(request)
    site, ticket_id = find_ticket_key(request, number)
    seen = request.load_ticket(site, ticket_id)
    with refuse_bad_cursor():
        page = request.desk.queries.outgoing.of_ticket(
            site, ticket_id, request.query.get("cursor"), limit, seq=request.query.get("seq")
        )
    items = [_render_message(each, seen.directory) for each in page.messages]
    return page_response(request, items, page.next)


def _render_message(sent: TicketMessage, directory: Directory) -> dict[str, Any]:
    message, letter = sent.message, sent.letter
    return {
        **render_receipt(message, directory),
        "seq": message.seq,
        "at": rfc3339(message.created_at),
        "kind": message.kind,
        "clock": message.clock,
        "level": message.level,
        "urgent": message.urgent,
        "address": letter.address if letter and letter.address else None,
        "subject": letter.subject if letter else None,
        "body": letter.body if letter else None,
        "language": letter.language if letter else None,
        "tries": message.attempts,
        "tried_at": format_instant(message.tried_at),
        "sent_at": format_instant(message.sent_at),
        "due_at": rfc3339(message.not_before) if message.status in WAITING else None,
    }
