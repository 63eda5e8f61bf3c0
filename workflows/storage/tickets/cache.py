"""A cache of the tickets that this process saw last, so that showing a ticket and then moving it reads it
once.

The head of a ticket's history identifies its state: every change of a ticket or its clocks is a step, and
every step has another hash. So a copy whose head is still the stored one need not be read again.
"""

from __future__ import annotations

from collections import OrderedDict
from operator import attrgetter
from threading import Lock

from workflows.core.step import Step
from workflows.core.ticket import Ticket, TicketKey
from workflows.timing.clock import Clock

TicketWithClocks = tuple[Ticket, tuple[Clock, ...]]
MAX_TICKETS = 2_000
_STORED_ORDER = attrgetter("started_at", "name")


class TicketCache:
    """The tickets that were loaded or recorded last; at most `max_size`, the oldest go first."""

    def __init__(self, max_size: int = MAX_TICKETS) -> None:
        self._max_size = max_size
        self._tickets: OrderedDict[TicketKey, TicketWithClocks] = OrderedDict()
        self._lock = Lock()

    def get(self, site: str, ticket: str) -> TicketWithClocks | None:
        """The copy of a ticket, or None. The caller compares its head to see whether it is current."""
        return self._tickets.get((site, ticket))

    def store(self, loaded: TicketWithClocks) -> None:
        """Cache a ticket as it is stored now; the oldest goes if there are too many."""
        ticket = loaded[0]
        ticket_key = (ticket.site, ticket.id)
        with self._lock:
            self._tickets[ticket_key] = loaded
            self._tickets.move_to_end(ticket_key)
            if len(self._tickets) > self._max_size:
                self._tickets.popitem(last=False)

    def update(self, step: Step, after: Ticket) -> None:
        """Cache a ticket as a step has left it, if its other clocks are known."""
        known = self.get(after.site, after.id)
        if step.before is None:
            self.store((after, step.clocks))
        elif known is not None and known[0].head == step.before.head:
            clocks = {clock.name: clock for clock in (*known[1], *step.clocks)}
            for name in step.removed_clocks:
                clocks.pop(name, None)
            self.store((after, tuple(sorted(clocks.values(), key=_STORED_ORDER))))
        else:
            self.discard(after.site, after.id)

    def clear(self) -> None:
        """Drop all copies: what was recorded was rolled back."""
        with self._lock:
            self._tickets.clear()

    def discard(self, site: str, ticket: str) -> None:
        """Drop the copy of a ticket that was changed without a step."""
        with self._lock:
            self._tickets.pop((site, ticket), None)
