"""The books: append-only tables besides the tickets' histories. Each row is chained to the one before it in
its group by a keyed hash.

A row without a hash was written before the books were chained; the rows after it have none either, until
`seal` has sealed the group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, insert, select

from workflows.core.commands import Actor
from workflows.storage import tables
from workflows.storage.audit.hash_chain import compute_mac, short_digest
from workflows.storage.database import Session
from workflows.timing.instants import Instant

ENTRY_COLUMNS = ("site_id", "register", "key", "seq", "data", "personal", "changed_at", "struck_at")
"""Columns of a register's entry whose digest is the `outcome` of its last change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedChange:
    """A change in a book: its number, when it was made, by whom and from where."""

    seq: int
    at: Instant
    actor_id: str
    actor_name: str
    surface: str


@dataclass(frozen=True)
class Book:
    """A table whose rows are in groups, numbered from 1 in each by the column `order`.

    `key_column` is the column of a data key, which may be rewrapped or destroyed and is not hashed.
    """

    name: str
    table: Table
    group: tuple[str, ...]
    order: str = "seq"
    key_column: str = ""

    def compute_mac(self, row: Mapping[str, Any], prev: str | None, key: bytes) -> str | None:
        """The keyed hash of a row that follows the one with the hash `prev` ("": it is the first). None if
        the group is not sealed."""
        if prev is None:
            return None
        named = {str(name): row[name] for name in row if name not in ("mac", self.key_column)}
        values = {name: named[name] for name in sorted(named) if named[name] is not None}
        return compute_mac(
            key, [self.name, prev, values]
        )  # a column that is added later is empty here, and left out

    def find_last(self, session: Session, row: Mapping[str, Any]) -> tuple[int, str | None]:
        """The number and the hash of the last row in this row's group; (0, "") if there is none."""
        columns = self.table.c
        query = select(columns[self.order], columns.mac).where(
            *(columns[name] == row[name] for name in self.group), columns[self.order].is_not(None)
        )
        last = session.connection.execute(query.order_by(columns[self.order].desc()).limit(1)).first()
        return (last[0], last[1]) if last else (0, "")

    def append(self, session: Session, key: bytes, rows: Sequence[dict[str, object]]) -> None:
        """Insert rows of one group after its last one, each numbered and chained with the audit's `key`. The
        caller has locked the group."""
        number, prev = self.find_last(session, rows[0])
        for row in rows:
            number += 1
            row[self.order] = number
            row["mac"] = prev = self.compute_mac(row, prev, key)
        session.connection.execute(insert(self.table), rows)


def author_columns(actor: Actor, at: Instant) -> dict[str, object]:
    """Who changed something, when, and by which surface: the columns that the books of changes share."""
    return {"at": at, "actor_id": actor.id, "actor_name": actor.name, "surface": actor.surface}


SETTINGS = Book("setting-changes", tables.setting_changes, ("site_id",))
ABSENCES = Book("absence-changes", tables.absence_changes, ("site_id",))
REGISTERS = Book(
    "register-history", tables.register_history, ("site_id", "register", "key"), key_column="data_key"
)
DEFINITIONS = Book("definitions", tables.definitions, ("kind", "name"), "version")
DEFINITION_CHANGES = Book("definition-changes", tables.definition_changes, ("name",))
READINGS = Book("readings", tables.readings, ("site_id", "ticket_id"))
STAFF = Book("staff-changes", tables.staff_changes, ("staff_id",), "number")
BOOKS = (SETTINGS, ABSENCES, REGISTERS, DEFINITIONS, DEFINITION_CHANGES, READINGS, STAFF)


def compute_entry_outcome(row: Mapping[str, Any]) -> str:
    """The digest of a register's entry as it is stored."""
    return short_digest([row[name] for name in ENTRY_COLUMNS])
