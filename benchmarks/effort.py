"""The work of a database, in a unit that does not depend on the load of the machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import NullPool, create_engine, event, text
from sqlalchemy.engine import make_url

from workflows.storage.database import Database

EACH = 50  # steps of the machine between two counts


class Steps:
    """Steps of SQLite's virtual machine, `each` so many of a statement. Create it before the first
    connection."""

    unit, rounds, asked_before = "steps", 1, 1

    def __init__(self, database: Database, each: int = EACH) -> None:
        self._count, self._each = 0, each

        @event.listens_for(database.engine, "connect")
        def _watch(connection: Any, _record: object) -> None:
            connection.set_progress_handler(self._tick, each)

    def _tick(self) -> int:
        self._count += self._each
        return 0

    def of(self, work: Callable[[], object]) -> int:
        """The number of steps that `work` takes."""
        before = self._count
        work()
        return self._count - before


class Buffers:
    """Buffer pages that PostgreSQL reads, cached or not; housekeeping is included, so the least of a few
    rounds counts. A statement runs `asked_before` times first, until its plan is final."""

    unit, rounds, asked_before = "buffers", 3, 6
    _counted = "blks_hit + blks_read"

    def __init__(self, database: Database) -> None:
        url = make_url(database.url)
        self._database, self._name = database, url.database
        self._engine = create_engine(
            url.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool
        )

    def _read(self) -> int:
        for session in list(self._database._idle):
            session.run("SELECT pg_stat_force_next_flush()").fetchall()
        with self._engine.connect() as connection:
            found = text(f"SELECT {self._counted} FROM pg_stat_database WHERE datname = :name")
            return int(connection.execute(found, {"name": self._name}).scalar_one())

    def of(self, work: Callable[[], object]) -> int:
        """The number of pages that `work` reads."""
        before = self._read()
        work()
        return self._read() - before


class TouchedRows(Buffers):
    """Rows that PostgreSQL reads in tables and entries that it reads in indexes, of its own tables, too."""

    unit = "rows"
    _counted = "tup_returned + tup_fetched"


def effort(database: Database) -> Steps | Buffers:
    """The measure for this database."""
    return Buffers(database) if database.postgres else Steps(database)
