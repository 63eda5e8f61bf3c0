"""What is owed to the people in the tickets: a note of every reading, and being forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

import orjson
from sqlalchemy import select

from workflows.core.commands import Actor
from workflows.core.step import Entry, Step
from workflows.core.ticket import Ticket
from workflows.storage.conflicts import Conflict
from workflows.storage.database import Database
from workflows.storage.preparing import ERASE
from workflows.storage.statements import inserting
from workflows.storage.store import Store
from workflows.storage.tables import readings, tickets
from workflows.timing.instants import Instant


class Privacy:
    """Readings and erasures."""

    def __init__(self, database: Database, store: Store) -> None:
        self._database = database
        self._store = store
        self._read = database.sql(inserting(readings))

    def record_reading(
        self, site: str, ticket_id: str, staff_id: str, fields: Iterable[str], at: Instant
    ) -> None:
        """Note that somebody read personal fields of a ticket."""
        row = {"site_id": site, "id": str(uuid4()), "ticket_id": ticket_id, "at": at, "staff_id": staff_id}
        with self._database.transaction() as session:
            session.run(self._read, row | {"fields": orjson.dumps(sorted(fields)).decode()})

    def kept_too_long(
        self, workflow: str, ended_before: Instant, limit: int = 200
    ) -> tuple[tuple[str, str], ...]:
        """(site, id) of the tickets of a process that ended before this moment and still hold personal
        values, the longest ended first."""
        t = tickets.c
        query = select(t.site_id, t.id).where(
            t.workflow == workflow, t.closed_at < ended_before, t.data_key.is_not(None)
        )
        rows = self._database.rows(query.order_by(t.closed_at, t.id).limit(limit))
        return tuple((row[0], row[1]) for row in rows)

    def erase(
        self,
        site: str,
        ticket_id: str,
        actor: Actor,
        at: Instant,
        note: str = "",
        expected: int | None = None,
    ) -> Ticket | None:
        """Destroy the key of a ticket's personal values, those of its history included; a step of its own.

        The rows stay and the hash chain still verifies. None if the site has no such ticket. Conflict if it
        is not at `expected`.
        """
        loaded = self._store.load(site, ticket_id)
        if loaded is None:
            return None
        before = loaded[0]
        if expected is not None and expected != before.seq:
            raise Conflict(f"{before.number} has moved on")
        after = before._replace(personal={}, seq=before.seq + 1, changed_at=at)
        entry = Entry(seq=after.seq, at=at, kind=ERASE, actor=actor, note=note)
        return self._store.record([Step(before=before, after=after, entry=entry)])[0]
