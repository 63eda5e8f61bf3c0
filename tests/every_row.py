"""Every row of a database, to be compared: what stands, and what only grows."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from workflows.storage.database import Database
from workflows.storage.tables import metadata

COUNTING = ("seq", "head", "changed_at")
"""The columns that count a ticket's steps: an undo is a step, too."""
STANDING = ("tickets", "clocks", "texts", "watchers")
"""The tables that hold what is; rows are added to the others, and stay."""
TALLIES = ("counters", "revisions", "change_seq")
Rows = Mapping[str, frozenset[str]]


def rows_now(database: Database) -> Rows:
    """The rows of each table, without what counts steps."""
    return {name: _read(database, name) for name in metadata.tables if name not in TALLIES}


def rows_that_stood(database: Database, before: Rows) -> Rows:
    """The rows now; of a table that only grows, those that were there before."""
    now = rows_now(database)
    return {name: rows if name in STANDING else rows & before[name] for name, rows in now.items()}


def _read(database: Database, name: str) -> frozenset[str]:
    table = metadata.tables[name]
    kept = [column for column in table.c if name not in STANDING or column.name not in COUNTING]
    with database.connect() as session:
        found = session.connection.execute(select(*kept))
        return frozenset(repr(tuple(map(_plain, row))) for row in found)


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value
