"""Which of the tickets related to a ticket are visible to the reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.api.http.request import ApiRequest
from workflows.core.ticket import Child, Ticket, TicketKey
from workflows.storage.queries.results import UrgentTicket


@dataclass(frozen=True, slots=True)
class RelatedTickets:
    """The reader (the user of `call`), and the ids of parents and origins that are not visible to them."""

    call: ApiRequest
    hidden: frozenset[TicketKey] = frozenset()

    def visible_id(self, site: str, ticket: str | None) -> str | None:
        """The id of a parent or origin, or None if it is not visible to the reader."""
        return None if ticket is None or (site, ticket) in self.hidden else ticket

    def visible_children(self, site: str, children: Iterable[Child]) -> list[Child]:
        """The children that are visible to the reader."""
        return [
            c for c in children if c.audience is None or self.call.viewer.sees(site, c.audience, c.assignee)
        ]

    def most_urgent(self, site: str, children: Iterable[Child]) -> UrgentTicket | None:
        """Of the open children and their open descendants, the ticket that is due first."""
        around = list(children)
        if not around:
            return None
        found = [
            UrgentTicket(c.number, c.workflow, c.title, c.due_at)
            for c in self.visible_children(site, around)
            if c.due_at is not None and not c.closed
        ]
        deeper = self.call.desk.queries.find_most_urgent(site, [c.id for c in around], self.call.viewer)
        return min([*found, *([deeper] if deeper else [])], key=lambda each: each.due_at, default=None)


def load_related_tickets(request: ApiRequest, tickets: Iterable[Ticket]) -> RelatedTickets:
    """The user's view of these tickets' relations; queries the database only if one of them has a parent
    or origin."""
    around = {
        (t.site, other)
        for t in tickets
        for other in (t.parent, t.origin, t.trail.merged_into)
        if other is not None
    }
    return RelatedTickets(
        request, request.desk.queries.find_hidden(around, request.viewer) if around else frozenset()
    )
