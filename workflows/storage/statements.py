"""The statements of a step, built from the tables once and kept by shape.

On SQLite each row is a statement of its own inside one transaction. On PostgreSQL they are one statement:
`moved` finds the ticket at the very `seq` that was seen, everything else is inserted FROM moved, and the
answer is how many tickets moved: 1, or 0 when somebody else was quicker (then nothing was written at all).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from workflows.storage import tables
from workflows.storage.database import Database
from workflows.storage.sql import Sql

_PG = postgresql.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a step writes: the ticket's changed columns (none = a new ticket), and how many rows of what."""

    changed: tuple[str, ...]
    clocks: int = 0
    messages: int = 0
    terms: bool = False
    key: bool = False


def moving(changed: Iterable[str], prefix: str = "") -> str:
    """UPDATE of a ticket's `changed` columns, if it still is at `before`."""
    setting = ", ".join(f"{name} = :{prefix}{name}" for name in changed)
    guard = f"site_id = :{prefix}site_id AND id = :{prefix}id AND seq = :{prefix}before"
    return f"UPDATE tickets SET {setting} WHERE {guard}"


def inserting(table: Table) -> str:
    """INSERT of a whole row."""
    return f"INSERT INTO {table.name} ({_names(table)}) VALUES ({_marks(table)})"


def upserting(table: Table, values: str) -> str:
    """INSERT of `values`, or UPDATE of the row that has the same key."""
    keys = [column.name for column in table.primary_key]
    rest = [column.name for column in table.c if column.name not in keys]
    setting = ", ".join(f"{name} = excluded.{name}" for name in rest)
    conflict = f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {setting}"
    return f"INSERT INTO {table.name} ({_names(table)}) {values} {conflict}"


class SqliteStatements:
    """One statement for each row."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.open = database.sql(inserting(tables.tickets))
        self.history = database.sql(inserting(tables.history))
        self.message = database.sql(inserting(tables.outbox))
        self.key = database.sql(inserting(tables.idempotency_keys))
        self.clock = database.sql(upserting(tables.clocks, f"VALUES ({_marks(tables.clocks)})"))
        self.terms = database.sql(_TERMS)
        self._moves: dict[tuple[str, ...], Sql] = {}

    def move(self, changed: tuple[str, ...]) -> Sql:
        """UPDATE of these columns of a ticket."""
        found = self._moves.get(changed)
        if found is None:
            found = self._moves[changed] = self._database.sql(moving(changed))
        return found


_TERMS = (
    "INSERT INTO texts (site_id, ticket_id, doc, terms)"
    " VALUES (:site_id, :ticket_id, (SELECT coalesce(max(doc), 0) + 1 FROM texts), :terms)"
    " ON CONFLICT (site_id, ticket_id) DO UPDATE SET terms = excluded.terms"
)


class PostgresStatements:
    """One statement for a whole step."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._steps: dict[Shape, Sql] = {}

    def step(self, shape: Shape) -> Sql:
        """The statement of a step of this shape. Values: `t_…`, `h_…`, `c0_…`, `m0_…`, `x_…`, `k_…`."""
        found = self._steps.get(shape)
        if found is None:
            found = self._steps[shape] = self._database.sql(self._build(shape))
        return found

    def _build(self, shape: Shape) -> str:
        if shape.changed:
            parts = [f"moved AS ({moving(shape.changed, 't_')} RETURNING 1)"]
        else:
            parts = [f"moved AS ({_insert(tables.tickets, ['t_'])} RETURNING 1)"]
        parts.append(f"h AS ({_insert(tables.history, ['h_'], 'moved')})")
        if shape.clocks:
            prefixes = [f"c{i}_" for i in range(shape.clocks)]
            parts.append(f"c AS ({upserting(tables.clocks, _selected(tables.clocks, prefixes, 'moved'))})")
        if shape.messages:
            prefixes = [f"m{i}_" for i in range(shape.messages)]
            parts.append(f"m AS ({_insert(tables.outbox, prefixes, 'moved')})")
        if shape.terms:
            parts.append(f"x AS ({upserting(tables.texts, _selected(tables.texts, ['x_'], 'moved'))})")
        if shape.key:
            parts.append(f"k AS ({_insert(tables.idempotency_keys, ['k_'], 'moved')})")
        return f"WITH {', '.join(parts)} SELECT count(*) FROM moved"


def _names(table: Table) -> str:
    return ", ".join(column.name for column in table.c)


def _insert(table: Table, prefixes: Sequence[str], source: str | None = None) -> str:
    return f"INSERT INTO {table.name} ({_names(table)}) {_selected(table, prefixes, source)}"


def _selected(table: Table, prefixes: Sequence[str], source: str | None) -> str:
    """SELECT of the rows whose values have these prefixes, once for each row of `source`."""
    rows = ", ".join(f"({_typed(table, prefix)})" for prefix in prefixes)
    beside = f"{source}, " if source else ""
    return f"SELECT v.* FROM {beside}(VALUES {rows}) AS v"


def _typed(table: Table, prefix: str) -> str:
    return ", ".join(f"CAST(:{prefix}{c.name} AS {c.type.compile(dialect=_PG)})" for c in table.c)


def _marks(table: Table) -> str:
    return ", ".join(f":{column.name}" for column in table.c)
