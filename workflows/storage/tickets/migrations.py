"""Migrations of open tickets: their plans, what became of each ticket, and what the undo brings back.

What a migration replaces is stored with its step, in one transaction: the row of the ticket and its clocks.
Where the ticket has a data key it is sealed with it, so that it is erased with it.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from workflows.core.step import Replaced, Step
from workflows.core.ticket import KeptTicket, Ticket, TicketKey
from workflows.storage.database import Database, Session
from workflows.storage.insert_statements import build_insert, build_upsert, placeholders
from workflows.storage.sql import Row, RowValues, bind_list, in_values
from workflows.storage.tables import migrated_tickets, migrations
from workflows.storage.tickets.rows import (
    CLOCK_COLUMNS,
    TICKET_COLUMNS,
    build_clock,
    build_clock_row,
    build_ticket,
    build_ticket_row,
    parse_names,
)
from workflows.timing.instants import Instant

MOVED, UNDONE, REFUSED, MOVED_ON = "moved", "undone", "refused", "moved-on"
STATUSES = (MOVED, UNDONE, REFUSED, MOVED_ON)
"""What became of a ticket: it was moved; the undo has brought it back; it could not be moved; or it was moved
and can no longer be brought back, since steps were taken since."""
_COLUMNS = tuple(name for name in Ticket._fields if name not in ("site", "personal"))
_MIGRATION = ", ".join(migrations.c.keys())
_OPEN = (
    "SELECT t.site_id, t.id, t.number, NULL, t.audience, t.assignee FROM tickets t"
    " WHERE t.site_id = :site AND t.workflow = :process AND t.version = :version"
    " AND t.category IN ('open', 'waiting') AND t.id > :ticket"
    " AND NOT EXISTS (SELECT 1 FROM migrated_tickets m WHERE m.site_id = t.site_id AND m.ticket_id = t.id"
    " AND m.migration = :migration AND m.status = 'refused') ORDER BY t.id LIMIT :limit"
)
_BY_STATE = (
    "SELECT state, sum(tickets) FROM ticket_counts WHERE site_id {sites}"
    " AND workflow = :process AND version = :version AND category IN ('open', 'waiting')"
    " GROUP BY state HAVING sum(tickets) > 0"
)
_KEPT = (
    "SELECT seq, status, replaced, sealed FROM migrated_tickets"
    " WHERE site_id = :site AND migration = :migration AND ticket_id = :ticket"
)
_OF_STATUS = (
    "SELECT m.site_id, m.ticket_id, t.number, m.reason, t.audience, t.assignee FROM migrated_tickets m"
    " JOIN tickets t ON t.site_id = m.site_id AND t.id = m.ticket_id"
    " WHERE m.site_id = :site AND m.migration = :migration AND m.status = :status AND m.ticket_id > :ticket"
    " ORDER BY m.ticket_id LIMIT :limit"
)
_COUNTS = (
    "SELECT status, count(*) FROM migrated_tickets WHERE site_id {sites} AND migration = :migration"
    " GROUP BY status"
)
_STORED = "SELECT personal, data_key FROM tickets WHERE site_id = :site AND id = :id"
_REFUSE = (
    "INSERT INTO migrated_tickets (site_id, migration, ticket_id, status, at, reason)"
    " VALUES (:site_id, :migration, :ticket_id, 'refused', :at, :reason)"
    " ON CONFLICT (site_id, migration, ticket_id) DO UPDATE SET status = 'refused', at = :at,"
    " reason = :reason WHERE migrated_tickets.status <> 'moved'"
)
_FORGET_REFUSED = (
    "DELETE FROM migrated_tickets WHERE site_id {sites} AND migration = :migration AND status = 'refused'"
)
_MOVED_ON = (
    "UPDATE migrated_tickets SET status = 'moved-on', at = :at, reason = :reason, replaced = NULL,"
    " sealed = NULL WHERE site_id = :site_id AND migration = :migration AND ticket_id = :ticket_id"
    " AND status = 'moved'"
)
_UNDO = (
    "UPDATE migrated_tickets SET status = 'undone', at = :at, replaced = NULL, sealed = NULL"
    " WHERE site_id = :site_id AND migration = :migration AND ticket_id = :ticket_id"
)
_DELETE_CLOCK = "DELETE FROM clocks WHERE site_id = :site_id AND ticket_id = :ticket_id AND name = :name"
ERASE_REPLACED = (
    "UPDATE migrated_tickets SET replaced = NULL, sealed = NULL WHERE site_id = :site AND ticket_id = :ticket"
)
"""Forgets what migrations replaced of a ticket: part of its erasure."""


class StoredMigration(NamedTuple):
    """A migration as it was planned: the text of its plan, the newest versions then (JSON), when, by whom and
    why."""

    id: str
    process: str
    text: str
    newest: str
    because: str
    created_at: Instant
    created_by: str


class TicketOfMigration(NamedTuple):
    """A ticket that a migration has to do with, the reason noted for it, if any, and who may see it."""

    site: str
    id: str
    number: str
    reason: str | None = None
    audience: tuple[str, ...] | None = None
    assignee: str | None = None


class Migrations:
    """Reads and writes migrations."""

    def __init__(self, database: Database) -> None:
        self._database = database
        values = f"VALUES ({placeholders(migrated_tickets)})"
        self._insert = database.sql(f"{build_insert(migrations)} ON CONFLICT (id) DO NOTHING")
        self._upsert = database.sql(build_upsert(migrated_tickets, values))
        self._undo, self._refuse = database.sql(_UNDO), database.sql(_REFUSE)
        self._delete_clock = database.sql(_DELETE_CLOCK)
        self._stored, self._kept = database.sql(_STORED), database.sql(_KEPT)

    def add(self, migration: StoredMigration) -> None:
        """Store a migration; nothing if it is stored already."""
        with self._database.transaction() as session:
            session.run(self._insert, migration._asdict())

    def get(self, migration_id: str) -> StoredMigration | None:
        """The migration of this id; None if there is none."""
        rows = self._database.read(
            f"SELECT {_MIGRATION} FROM migrations WHERE id = :id", {"id": migration_id}
        )
        return StoredMigration(*rows[0]) if rows else None

    def of_text(self, text: str) -> tuple[StoredMigration, ...]:
        """The migrations by a plan of this very text, the newest first."""
        query = f"SELECT {_MIGRATION} FROM migrations WHERE text = :text ORDER BY created_at DESC, id"
        return tuple(StoredMigration(*row) for row in self._database.read(query, {"text": text}))

    def of_process(self, process: str) -> tuple[StoredMigration, ...]:
        """The migrations of a process, the newest first."""
        query = f"SELECT {_MIGRATION} FROM migrations WHERE process = :process ORDER BY created_at DESC, id"
        return tuple(StoredMigration(*row) for row in self._database.read(query, {"process": process}))

    def standing(self, process: str, version: int, sites: Collection[str]) -> dict[str, int]:
        """State -> how many open tickets of a version stand there, at these sites."""
        rows = self._at(_BY_STATE, sites, {"process": process, "version": version})
        return {state: int(count) for state, count in rows}

    def open_tickets(
        self, process: str, version: int, migration_id: str, sites: Collection[str], page: int = 200
    ) -> Iterator[TicketOfMigration]:
        """The open tickets of a version that the migration has not refused, by site and id, page by page."""
        values = {"process": process, "version": version, "migration": migration_id}
        return self._pages(_OPEN, values, sites, page)

    def with_status(
        self, migration_id: str, status: str, sites: Collection[str], page: int = 200
    ) -> Iterator[TicketOfMigration]:
        """The tickets of a migration that have this status, by site and id, read page by page."""
        return self._pages(_OF_STATUS, {"migration": migration_id, "status": status}, sites, page)

    def _pages(
        self, query: str, values: Mapping[str, object], sites: Collection[str], page: int
    ) -> Iterator[TicketOfMigration]:
        for site in sorted(sites):
            after, full = "", True
            while full:
                place = {"site": site, "ticket": after, "limit": page}
                rows = self._database.read(query, {**values, **place})
                for row in rows:
                    yield TicketOfMigration(*row)._replace(audience=parse_names(row[4]))
                after, full = (rows[-1][1] if rows else ""), len(rows) == page

    def counts(self, migration_id: str, sites: Collection[str]) -> dict[str, int]:
        """Status -> how many tickets of a migration have it, at these sites."""
        rows = self._at(_COUNTS, sites, {"migration": migration_id})
        return {status: int(count) for status, count in rows}

    def _at(self, query: str, sites: Collection[str], values: Mapping[str, object]) -> list[Row]:
        postgres = self._database.postgres
        named = query.replace("{sites}", in_values("sites", postgres))
        return self._database.read(named, {**values, "sites": bind_list(sites, postgres)})

    def refuse(self, migration_id: str, site: str, ticket_id: str, reason: str, at: Instant) -> None:
        """Note why a ticket could not be moved. One that was moved meanwhile stays so."""
        row = {"site_id": site, "migration": migration_id, "ticket_id": ticket_id, "at": at, "reason": reason}
        with self._database.transaction() as session:
            session.run(self._refuse, row)

    def forget_refused(self, migration_id: str, sites: Collection[str]) -> None:
        """Forget which tickets of these sites could not be moved, so that they are tried again."""
        postgres = self._database.postgres
        query = _FORGET_REFUSED.replace("{sites}", in_values("sites", postgres))
        with self._database.transaction() as session:
            session.run(query, {"migration": migration_id, "sites": bind_list(sites, postgres)})

    def note_moved_on(self, migration_id: str, site: str, ticket_id: str, reason: str, at: Instant) -> None:
        """Note why a ticket that was moved cannot be brought back, and forget what was replaced."""
        row = {"site_id": site, "migration": migration_id, "ticket_id": ticket_id, "at": at, "reason": reason}
        with self._database.transaction() as session:
            session.run(_MOVED_ON, row)

    def kept(self, site: str, ticket_id: str, migration_id: str) -> KeptTicket | None:
        """What a migration replaced of a ticket; None if it did not move it, or has been undone."""
        values = {"site": site, "ticket": ticket_id, "migration": migration_id}
        rows = self._database.read(self._kept, values)
        if not rows or rows[0][1] != MOVED:
            return None
        seq, _, plain, sealed = rows[0]
        _, data_key = self._database.read(self._stored, {"site": site, "id": ticket_id})[0]
        owner, cipher = f"{site}/{ticket_id}", self._database.cipher
        found: Mapping[str, Any] = orjson.loads(plain) if plain is not None else {}
        if sealed is not None:
            found = cipher.open(data_key, owner, _place(migration_id), sealed)
        if not found:
            return KeptTicket(seq)
        raw = b64decode(found["personal"]) if found["personal"] is not None else None
        personal = cipher.open(data_key, owner, "ticket", raw)
        row = {**found["ticket"], "personal": None, "data_key": None}
        ticket = build_ticket([row[name] for name in TICKET_COLUMNS], personal)
        clocks = tuple(build_clock([each[name] for name in CLOCK_COLUMNS]) for each in found["clocks"])
        return KeptTicket(seq, ticket, clocks, raw, found["keyed"])

    def prepare(self, step: Step, find_data_key: Callable[[TicketKey], bytes | None]) -> RowValues | None:
        """The row that keeps what the step replaces; None of a step that migrates nothing."""
        replaced = step.replaced
        if replaced is None:
            return None
        key = (step.after.site, step.after.id)
        ((personal, data_key),) = self._database.read(self._stored, {"site": key[0], "id": key[1]})
        kept = _serialize(replaced, personal, keyed=data_key is not None)
        wrapped = find_data_key(key)
        sealed = (
            None
            if wrapped is None
            else self._database.cipher.seal(wrapped, "/".join(key), _place(replaced.migration), kept)
        )
        return {
            "site_id": key[0],
            "migration": replaced.migration,
            "ticket_id": key[1],
            "status": MOVED,
            "at": step.event.at,
            "seq": step.event.seq,
            "reason": None,
            "replaced": orjson.dumps(kept).decode() if sealed is None else None,
            "sealed": sealed,
        }

    def write_step(self, session: Session, step: Step, row: RowValues | None) -> None:
        """Write, in the step's transaction, what it replaces, or that it undoes a migration; and delete the
        clocks that the ticket has no more."""
        of_ticket = {"site_id": step.after.site, "ticket_id": step.after.id}
        if row is not None:
            session.run(self._upsert, row)
        if step.restored is not None:
            undone = {**of_ticket, "migration": step.restored.migration, "at": step.event.at}
            session.run(self._undo, undone)
        for name in step.removed_clocks:
            session.run(self._delete_clock, {**of_ticket, "name": name})


def _place(migration_id: str) -> str:
    return f"migration/{migration_id}"


def _serialize(replaced: Replaced, personal: bytes | None, *, keyed: bool) -> dict[str, Any]:
    ticket = replaced.ticket
    return {
        "ticket": build_ticket_row(ticket, ticket.number, ticket.head, _COLUMNS),
        "clocks": [build_clock_row(ticket.site, ticket.id, each) for each in replaced.clocks],
        "personal": b64encode(bytes(personal)).decode() if personal is not None else None,
        "keyed": keyed,
    }


def migrates(steps: Sequence[Step]) -> bool:
    """Whether one of the steps writes more than a step of a ticket does: a migration, or its undo."""
    return any(
        each.replaced is not None or each.restored is not None or each.removed_clocks for each in steps
    )
