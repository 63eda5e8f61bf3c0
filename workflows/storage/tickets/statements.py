"""The SQL of a step, built from the tables and cached by what the step writes.

On SQLite each row is a statement of its own in one transaction. On PostgreSQL they are one statement: `moved`
finds the ticket at the very `seq` that was seen, everything else is inserted FROM moved, and the result is
how many tickets moved: 1, or 0 if somebody else has moved the ticket meanwhile (then nothing was written).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from workflows.storage import tables
from workflows.storage.database import Database
from workflows.storage.insert_statements import (
    build_insert,
    build_upsert,
    column_names,
    placeholders,
    set_merged,
)
from workflows.storage.search import DOCS_PER_SECOND
from workflows.storage.sql import Sql

_PG = postgresql.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class StatementKey:
    """What a step writes: the changed columns of the ticket (none: a new ticket), and how many rows of
    what else."""

    changed: tuple[str, ...]
    clocks: int = 0
    messages: int = 0
    terms: bool = False
    key: bool = False


def build_update(changed: Iterable[str], prefix: str = "") -> str:
    """An UPDATE of a ticket's `changed` columns, if it is still at `before` and followed by those that were
    `seen`: they change without a step."""
    setting = ", ".join(f"{name} = :{prefix}{name}" for name in changed)
    guard = (
        f"site_id = :{prefix}site_id AND id = :{prefix}id AND seq = :{prefix}before"
        f" AND coalesce(watchers, '') = :{prefix}seen"
    )
    return f"UPDATE tickets SET {setting} WHERE {guard}"


class SqliteStatements:
    """The statements for SQLite, one for each row."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.insert_ticket = database.sql(build_insert(tables.tickets))
        self.history = database.sql(build_insert(tables.history))
        self.message = database.sql(build_insert(tables.outbox))
        self.key = database.sql(build_insert(tables.idempotency_keys))
        self.clock = database.sql(build_upsert(tables.clocks, f"VALUES ({placeholders(tables.clocks)})"))
        self.terms = database.sql(_TERMS)
        self._updates: dict[tuple[str, ...], Sql] = {}

    def update_ticket(self, changed: tuple[str, ...]) -> Sql:
        """The UPDATE of these columns of a ticket."""
        statement = self._updates.get(changed)
        if statement is None:
            statement = self._updates[changed] = self._database.sql(build_update(changed))
        return statement


def _build_terms_upsert(at: str) -> str:
    """An INSERT of a text on SQLite. Its number is the next one of the second `at`, which is an SQL
    expression."""
    begin, end = f"{at} * {DOCS_PER_SECOND}", f"({at} + 1) * {DOCS_PER_SECOND}"
    number = f"SELECT coalesce(max(doc) + 1, {begin}) FROM texts WHERE doc >= {begin} AND doc < {end}"
    return (
        "INSERT INTO texts (site_id, ticket_id, doc, terms, notes, edition)"
        f" VALUES (:site_id, :ticket_id, ({number}), :terms, :notes, :edition)"
        f" ON CONFLICT (site_id, ticket_id) DO UPDATE SET {set_merged(tables.texts, without='doc')}"
    )


_TERMS = _build_terms_upsert(":at")
TERMS_OF_STORED = _build_terms_upsert(
    "(SELECT opened_at FROM tickets WHERE site_id = :site_id AND id = :ticket_id)"
)
"""Stores the terms of a ticket that is stored already."""


class PostgresStatements:
    """The statements for PostgreSQL, one for a whole step."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._steps: dict[StatementKey, Sql] = {}

    def step(self, statement_key: StatementKey) -> Sql:
        """The statement of a step that writes this. Its values: `t_…`, `h_…`, `c0_…`, `m0_…`, `x_…`,
        `k_…`."""
        statement = self._steps.get(statement_key)
        if statement is None:
            statement = self._steps[statement_key] = self._database.sql(self._build(statement_key))
        return statement

    def _build(self, statement_key: StatementKey) -> str:
        if statement_key.changed:
            parts = [f"moved AS ({build_update(statement_key.changed, 't_')} RETURNING 1)"]
        else:
            parts = [f"moved AS ({_build_insert_select(tables.tickets, ['t_'])} RETURNING 1)"]
        parts.append(f"h AS ({_build_insert_select(tables.history, ['h_'], 'moved')})")
        if statement_key.clocks:
            prefixes = [f"c{i}_" for i in range(statement_key.clocks)]
            parts.append(
                f"c AS ({build_upsert(tables.clocks, _build_select(tables.clocks, prefixes, 'moved'))})"
            )
        if statement_key.messages:
            prefixes = [f"m{i}_" for i in range(statement_key.messages)]
            parts.append(f"m AS ({_build_insert_select(tables.outbox, prefixes, 'moved')})")
        if statement_key.terms:
            parts.append(f"x AS ({build_upsert(tables.texts, _build_select(tables.texts, ['x_'], 'moved'))})")
        if statement_key.key:
            parts.append(f"k AS ({_build_insert_select(tables.idempotency_keys, ['k_'], 'moved')})")
        return f"WITH {', '.join(parts)} SELECT count(*) FROM moved"


def _build_insert_select(table: Table, prefixes: Sequence[str], source: str | None = None) -> str:
    return f"INSERT INTO {table.name} ({column_names(table)}) {_build_select(table, prefixes, source)}"


def _build_select(table: Table, prefixes: Sequence[str], source: str | None) -> str:
    """A SELECT of the rows whose values have these prefixes, once for each row of `source`."""
    rows = ", ".join(f"({_typed_placeholders(table, prefix)})" for prefix in prefixes)
    beside = f"{source}, " if source else ""
    return f"SELECT v.* FROM {beside}(VALUES {rows}) AS v"


def _typed_placeholders(table: Table, prefix: str) -> str:
    return ", ".join(f"CAST(:{prefix}{c.name} AS {c.type.compile(dialect=_PG)})" for c in table.c)
