"""Loads a ticket and its clocks with as few round trips as the database allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from workflows.storage.database import Database, Session
from workflows.storage.tickets.cache import TicketCache, TicketWithClocks
from workflows.storage.tickets.rows import (
    CLOCK_COLUMNS,
    TICKET_COLUMNS,
    build_clock,
    build_whole_ticket,
    serialize_watchers,
)

_TICKET = f"SELECT {', '.join(TICKET_COLUMNS)} FROM tickets WHERE site_id = :site AND id = :id"
_HEAD = "SELECT head, watchers FROM tickets WHERE site_id = :site AND id = :id"
_OF_TICKET = "FROM clocks WHERE site_id = :site AND ticket_id = :id"
_CLOCKS = f"SELECT {', '.join(CLOCK_COLUMNS)} {_OF_TICKET} ORDER BY started_at, name"
_BOTH = (
    f"SELECT {', '.join(TICKET_COLUMNS)}, (SELECT json_agg(json_build_array({', '.join(CLOCK_COLUMNS)})"
    f" ORDER BY started_at, name)::text {_OF_TICKET}) FROM tickets WHERE site_id = :site AND id = :id"
)


class TicketLoader:
    """Loads tickets, by way of a cache. On PostgreSQL with one statement: there a round trip costs more
    than the read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ticket, self._clocks = database.sql(_TICKET), database.sql(_CLOCKS)
        self._both, self._head = database.sql(_BOTH), database.sql(_HEAD)
        self.cache = TicketCache()

    def load(self, site: str, ticket_id: str, seen_seq: int | None = None) -> TicketWithClocks | None:
        """A ticket and its clocks; None if the site has no such ticket.

        `seen_seq` is the seq that the actor saw. A cached copy of that seq is returned without a look at the
        database: a step that is decided on it is only written if the ticket is still there, and a refusal is
        only told if `refresh` finds it there.
        """
        values = {"site": site, "id": ticket_id}
        known = self.cache.get(site, ticket_id)
        if known is not None and (known[0].seq == seen_seq or self._is_current(known, values)):
            return known
        read = self._read_together if self._database.postgres else self._read_separately
        found = self._database.retry_read(lambda session: read(session, values))
        if found is None:
            return None
        row, clocks = found
        loaded = build_whole_ticket(row, self._database.cipher), tuple(map(build_clock, clocks))
        self.cache.store(loaded)
        return loaded

    def refresh(self, site: str, ticket_id: str) -> bool:
        """Whether the cached copy of a ticket, if there is one, is as the ticket is stored. One that is not
        is dropped."""
        known = self.cache.get(site, ticket_id)
        if known is None or self._is_current(known, {"site": site, "id": ticket_id}):
            return True
        self.cache.discard(site, ticket_id)
        return False

    def _is_current(self, known: TicketWithClocks, values: dict[str, str]) -> bool:
        ticket = known[0]
        return self._database.read(self._head, values) == [(ticket.head, serialize_watchers(ticket.watchers))]

    def _read_separately(self, session: Session, values: dict[str, str]) -> tuple[Any, Sequence[Any]] | None:
        # The ticket first: if a step is recorded in between, its seq is the older one, and `record` refuses.
        row = session.run(self._ticket, values).fetchone()
        return None if row is None else (row, session.run(self._clocks, values).fetchall())

    def _read_together(self, session: Session, values: dict[str, str]) -> tuple[Any, Sequence[Any]] | None:
        row = session.run(self._both, values).fetchone()
        return None if row is None else (row, orjson.loads(row[-1]) if row[-1] else ())
