"""Protects the people in tickets: every reading of personal fields is recorded, and values are erased."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from workflows.core.commands import Actor
from workflows.core.ticket import Ticket, TicketKey
from workflows.storage.database import Database
from workflows.storage.tables import tickets
from workflows.storage.tickets.erasure import Erasure, erase
from workflows.storage.tickets.readings import Reading, ReadingWriter
from workflows.storage.tickets.store import Store
from workflows.timing.instants import Instant


class Privacy:
    """Records readings, finds tickets whose retention has ended, and erases personal values."""

    def __init__(self, database: Database, store: Store) -> None:
        self._database = database
        self._store = store
        self._readings = ReadingWriter(database)

    def record_reading(
        self, site: str, ticket_id: str, reader: Actor, fields: Iterable[str], at: Instant
    ) -> None:
        """Record that somebody read personal fields of a ticket, perhaps by the right of somebody who is
        away."""
        self.record_readings([Reading(site, ticket_id, reader, fields)], at)

    def record_readings(self, readings: Sequence[Reading], at: Instant) -> None:
        """Record readings together: all of them, or none if anything is raised."""
        self._readings.write(readings, at)

    def find_expired(self, workflow: str, ended_before: Instant, limit: int = 200) -> tuple[TicketKey, ...]:
        """The keys of up to `limit` tickets of a workflow that ended before this instant and still have
        personal values, the longest ended first."""
        t = tickets.c
        query = select(t.site_id, t.id).where(
            t.workflow == workflow, t.closed_at < ended_before, t.data_key.is_not(None)
        )
        rows = self._database.rows(query.order_by(t.closed_at, t.id).limit(limit))
        return tuple((site, ticket_id) for site, ticket_id in rows)

    def erase(
        self,
        site: str,
        ticket_id: str,
        actor: Actor,
        at: Instant,
        note: str = "",
        expected: int | None = None,
    ) -> Ticket | None:
        """Destroy the data key of a ticket, by which also its history was sealed; a step of its own.

        The rows stay and the hash chain still verifies. None if the site has no such ticket. Conflict if it
        is not at `expected`.
        """
        return erase(
            self._database, self._store, Erasure(site, ticket_id, actor, at, note=note, expected=expected)
        )
