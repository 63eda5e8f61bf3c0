"""Refreshes what the database knows about the sizes of its tables, by which it chooses plans."""

from __future__ import annotations

from workflows.storage.database import Database

_UNANALYZED = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
    " AND reltuples < 0 AND pg_relation_size(oid) > 200000"
)


def refresh_statistics(database: Database) -> None:
    """Let SQLite sample the tables that have changed much. Let PostgreSQL analyse the tables of more than
    a few pages that it has no statistics of, as after an import or a restored backup; autovacuum does the
    rest."""
    if database.postgres:
        for (table,) in database.read(_UNANALYZED, {}):
            with database.connect() as session:
                session.run(f'ANALYZE "{table}"')
        return
    with database.transaction() as session:
        session.run("PRAGMA analysis_limit = 400").fetchall()
        session.run("PRAGMA optimize").fetchall()
