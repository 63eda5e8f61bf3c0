"""What of the tickets around a ticket its reader may know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.api.call import Call
from workflows.core.ticket import Child, Ticket
from workflows.storage.queries import Identity
from workflows.storage.views import Pressing


@dataclass(frozen=True, slots=True)
class Sight:
    """Who reads (the asker of `call`), and which parents and origins do not exist for them."""

    call: Call
    unseen: frozenset[Identity] = frozenset()

    def related(self, site: str, ticket: str | None) -> str | None:
        """The id of a ticket that another came from, if the reader may know of it."""
        return None if ticket is None or (site, ticket) in self.unseen else ticket

    def children(self, site: str, children: Iterable[Child]) -> list[Child]:
        """The children that exist for the reader."""
        viewer = self.call.viewer
        return [c for c in children if c.audience is None or viewer.sees(site, c.audience, c.assignee)]

    def pressing(self, site: str, children: Iterable[Child]) -> Pressing | None:
        """Of the open children, and of what is open below any of them, the ticket that is due first."""
        around = list(children)
        if not around:
            return None
        found = [
            Pressing(c.number, c.workflow, c.title, c.due_at)
            for c in self.children(site, around)
            if c.due_at is not None and not c.closed
        ]
        deeper = self.call.desk.queries.most_pressing(site, [c.id for c in around], self.call.viewer)
        return min([*found, *([deeper] if deeper else [])], key=lambda each: each.due_at, default=None)


def sight_of(call: Call, tickets: Iterable[Ticket]) -> Sight:
    """How the asker sees these tickets; asks the database only where one came from another."""
    around = {(t.site, other) for t in tickets for other in (t.parent, t.origin) if other is not None}
    return Sight(call, call.desk.queries.unseen(around, call.viewer) if around else frozenset())
