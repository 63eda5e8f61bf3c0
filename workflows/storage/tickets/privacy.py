"""Protects the people in tickets: every reading of personal fields is recorded, and values are erased."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from contextlib import suppress

import orjson
from sqlalchemy import select

from workflows.core.commands import Actor
from workflows.core.ticket import Ticket, TicketKey
from workflows.identifiers import uuid7
from workflows.storage.audit.books import READINGS
from workflows.storage.audit.key import load_audit_key
from workflows.storage.database import Database
from workflows.storage.errors import Conflict
from workflows.storage.insert_statements import build_insert
from workflows.storage.tables import readings, tickets
from workflows.storage.tickets.erasure import Erasure, erase
from workflows.storage.tickets.store import Store
from workflows.timing.instants import Instant

SEARCH = "search"
"""The place of a site's searches among its readings."""
_ATTEMPTS = 50  # of a reading that meets others of the same ticket


class Privacy:
    """Records readings, finds tickets whose retention has ended, and erases personal values."""

    def __init__(self, database: Database, store: Store) -> None:
        self._database = database
        self._store = store
        self._insert = database.sql(build_insert(readings))

    def record_reading(
        self, site: str, ticket_id: str, reader: Actor, fields: Iterable[str], at: Instant
    ) -> None:
        """Record that somebody read personal fields of a ticket, perhaps by the right of somebody who is
        away."""
        row: dict[str, object] = {"site_id": site, "ticket_id": ticket_id, "at": at}
        row |= {"staff_id": reader.id, "on_behalf": reader.on_behalf}
        row["fields"] = orjson.dumps(sorted(fields)).decode()
        for _ in range(_ATTEMPTS - 1):
            with suppress(Conflict):  # two at once: each needs the number after the other's
                self._insert_reading(row, at)
                return
        self._insert_reading(row, at)

    def record_search(self, site: str, searcher: Actor, kinds: Iterable[str], at: Instant) -> None:
        """Record that somebody looked for people at a site: by what kind of value, and not by which."""
        self.record_reading(site, SEARCH, searcher, kinds, at)

    def _insert_reading(self, row: dict[str, object], at: Instant) -> None:
        key = load_audit_key(self._database)
        with self._database.transaction() as session:
            seq, prev = READINGS.find_last(session, row)
            row["seq"] = seq + 1
            row["id"] = uuid7(at, seq + 1, secrets.token_bytes(8))  # two of one second stay in their order
            row["mac"] = READINGS.compute_mac(row, prev, key)
            session.run(self._insert, row)

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
