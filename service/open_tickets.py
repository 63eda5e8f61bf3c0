"""The open tickets that somebody has."""

from __future__ import annotations

from service.bootstrap import Desk
from workflows.core.access.visibility import DESK
from workflows.storage.queries.filters import TicketFilter

_PAGE = 200


def list_open_ticket_ids(desk: Desk, site: str, staff_id: str) -> list[str]:
    """The ids of the open tickets of a member of staff at a site, read page by page."""
    assigned = TicketFilter(sites=(site,), viewer=DESK, assignee=staff_id, category="open")
    page = desk.queries.tickets(assigned, None, _PAGE)
    ids = [ticket.id for ticket in page.tickets]
    while page.next is not None:
        page = desk.queries.tickets(assigned, page.next, _PAGE)
        ids += [ticket.id for ticket in page.tickets]
    return ids
