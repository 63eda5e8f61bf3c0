"""Writes many rows at once: by one prepared statement on SQLite, by COPY on PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workflows.storage.database import Database, Session


def insert_rows(database: Database, session: Session, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all have the same columns."""
    if not rows:
        return
    names = list(rows[0])
    if not database.postgres:
        marks = ", ".join(f":{name}" for name in names)
        insert = database.sql(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})")
        session.run_many(insert, rows)
        return
    quoted = ", ".join(f'"{name}"' for name in names)
    with session.driver.cursor() as cursor, cursor.copy(f"COPY {table} ({quoted}) FROM STDIN") as pipe:
        for row in rows:
            pipe.write_row([row[name] for name in names])
