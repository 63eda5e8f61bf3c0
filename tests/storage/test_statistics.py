"""A database that was just filled gets to know its tables."""

from __future__ import annotations

import pytest

from workflows.storage.database import Database
from workflows.storage.statistics import refresh_statistics

MANY = 5_000
FILL = (
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)"
    " INSERT INTO counters (site_id, name, value) SELECT 'yunxi', 'a made-up counter ' || i, i FROM n"
)


def test_what_was_filled_is_known_afterwards(database: Database) -> None:
    with database.transaction() as session:
        session.run(
            database.sql("INSERT INTO sites (id, name, zone, settings) VALUES ('yunxi', '', 'UTC', '{}')")
        )
        session.run(database.sql(FILL), {"many": MANY})
    refresh_statistics(database)
    if not database.postgres:
        pytest.skip("SQLite looks only at tables whose lack of statistics a connection has felt")
    known = "SELECT reltuples FROM pg_class WHERE relname = 'counters'"
    assert database.read(known, {}) == [(MANY,)]
