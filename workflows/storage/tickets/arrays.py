"""SQL that writes many rows with one statement on PostgreSQL: each column is bound as one array."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from workflows.storage import tables
from workflows.storage.insert_statements import merging
from workflows.storage.sql import RowValues

_PG = postgresql.dialect()  # type: ignore[no-untyped-call]
_TICKET_KEY = ("site_id", "id", "before", "seen")
_COLUMNS = {"before": "seq", "seen": "watchers"}


def column_arrays(prefix: str, names: Sequence[str], rows: Sequence[RowValues]) -> RowValues:
    """The values of the rows as one list for each column, under the prefixed names."""
    return {prefix + name: [row[name] for row in rows] for name in names}


def update_tickets(changed: Sequence[str]) -> str:
    """An UPDATE of the `changed` columns of the tickets that are still at `before`, and followed by those
    that were `seen`; it returns a row for each."""
    rows = unnest_rows(tables.tickets, "t_", (*_TICKET_KEY, *changed))
    return (
        f"UPDATE tickets t SET {set_columns(changed)} FROM {rows}"
        " WHERE t.site_id = v.site_id AND t.id = v.id AND t.seq = v.before"
        " AND coalesce(t.watchers, '') = v.seen RETURNING 1"
    )


def bind_tickets(changed: Sequence[str], rows: Sequence[RowValues]) -> RowValues:
    """The values for the statement of `update_tickets`."""
    return column_arrays("t_", (*_TICKET_KEY, *changed), rows)


def insert_rows(table: Table, prefix: str) -> str:
    """An INSERT of whole rows."""
    names = column_names(table)
    return f"INSERT INTO {table.name} ({', '.join(names)}) SELECT * FROM {unnest_rows(table, prefix, names)}"


def upsert_rows(table: Table, prefix: str) -> str:
    """An INSERT of whole rows, which updates those whose key exists. No key may occur twice."""
    return f"{insert_rows(table, prefix)} {merging(table)}"


def set_columns(names: Iterable[str]) -> str:
    """The SET list of an UPDATE from the rows `v`."""
    return ", ".join(f"{name} = v.{name}" for name in names)


def unnest_rows(table: Table, prefix: str, names: Sequence[str]) -> str:
    """The FROM item `v` whose rows have these columns."""
    parts = ", ".join(f"CAST(:{prefix}{name} AS {_type(table, name)}[])" for name in names)
    return f"unnest({parts}) AS v ({', '.join(names)})"


def column_names(table: Table) -> tuple[str, ...]:
    """The names of all columns of a table, in order."""
    return tuple(table.c.keys())


def _type(table: Table, name: str) -> Any:
    return table.c[_COLUMNS.get(name, name)].type.compile(dialect=_PG)
