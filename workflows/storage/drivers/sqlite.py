"""Connects to SQLite, and begins its write transactions."""

from __future__ import annotations

from sqlite3 import SQLITE_BUSY, OperationalError
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Engine, NullPool, StaticPool, create_engine, event

from workflows.storage.drivers.session import Session
from workflows.storage.errors import StorageError
from workflows.storage.sql import Sql

BUSY_MS = 10_000
"""How many milliseconds to wait for another process that writes."""
_BEGIN = Sql("BEGIN IMMEDIATE", postgres=False)
_AT_ONCE = Sql("PRAGMA busy_timeout=0", postgres=False)
_PATIENT = Sql(f"PRAGMA busy_timeout={BUSY_MS}", postgres=False)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.000_5, 0.002  # seconds


def begin_as_writer(session: Session) -> None:
    """Begin a write transaction, as soon as no other process writes. OperationalError after `BUSY_MS`.

    Several processes often want to write at once. SQLite itself would try again after pauses that grow to a
    tenth of a second, and whoever comes meanwhile goes first; so the pauses are made here, and are short.
    """
    until, pause = monotonic() + BUSY_MS / 1_000, _FIRST_PAUSE
    session.run(_AT_ONCE)
    try:
        while True:
            try:
                session.run(_BEGIN)
                return
            except OperationalError as error:
                # The extended codes of one error share its low byte.
                if error.sqlite_errorcode & 0xFF != SQLITE_BUSY or monotonic() >= until:
                    raise
            sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
    finally:
        session.run(_PATIENT)


def is_in_memory(url: str) -> bool:
    """Whether the URL is that of a database without a file, as rehearsals use it."""
    return url in ("sqlite://", "sqlite:///:memory:")


def create_sqlite_engine(url: str, synchronous: str) -> Engine:
    """The engine of a file or of a database in memory. StorageError if `synchronous` is not FULL, NORMAL
    or OFF."""
    if synchronous not in ("FULL", "NORMAL", "OFF"):
        raise StorageError(f"synchronous is FULL, NORMAL or OFF, not {synchronous!r}")
    pool = StaticPool if is_in_memory(url) else NullPool
    arguments = {"check_same_thread": False}
    options: dict[str, Any] = {"poolclass": pool, "connect_args": arguments, "hide_parameters": True}
    engine = create_engine(url, paramstyle="named", **options)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_MS}",
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return engine
