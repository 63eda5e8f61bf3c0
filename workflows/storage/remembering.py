"""Tickets as this process last saw them, so that looking at one and then moving it reads it once.

The head of a ticket's history names its state exactly: every change of a ticket or its clocks is a step, and
every step has another hash. So a copy whose head is still the stored one need not be read and decoded again.
"""

from __future__ import annotations

from collections import OrderedDict
from operator import attrgetter
from threading import Lock

from workflows.core.step import Step
from workflows.core.ticket import Ticket
from workflows.timing.clock import Clock

Loaded = tuple[Ticket, tuple[Clock, ...]]
MOST = 2_000
_AS_STORED = attrgetter("started_at", "name")


class Remembered:
    """The tickets that were loaded or recorded last."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, str], Loaded] = OrderedDict()
        self._lock = Lock()

    def get(self, site: str, ticket: str) -> Loaded | None:
        """The copy, if there is one; whether it is still good, its head has to say."""
        return self._kept.get((site, ticket))

    def put(self, loaded: Loaded) -> None:
        """Keep a ticket as it is stored now; the one that was kept longest goes."""
        ticket = loaded[0]
        which = (ticket.site, ticket.id)
        with self._lock:
            self._kept[which] = loaded
            self._kept.move_to_end(which)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def recorded(self, step: Step, after: Ticket) -> None:
        """Keep a ticket as a step has left it, if its other clocks are known."""
        known = self.get(after.site, after.id)
        if step.before is None:
            self.put((after, step.clocks))
        elif known is not None and known[0].head == step.before.head:
            clocks = {clock.name: clock for clock in (*known[1], *step.clocks)}.values()
            self.put((after, tuple(sorted(clocks, key=_AS_STORED))))
        else:
            self.forget(after.site, after.id)

    def forget(self, site: str, ticket: str) -> None:
        """Keep no copy: something was changed without a step."""
        with self._lock:
            self._kept.pop((site, ticket), None)
