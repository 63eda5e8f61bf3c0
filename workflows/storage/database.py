"""The connection to SQLite or PostgreSQL: how to read from it, and how to write all or nothing.

SQLite has one writer at a time; a lock in this process makes threads queue fairly instead of fighting over the
file (other processes wait by `busy_timeout`). PostgreSQL runs single statements without BEGIN and COMMIT.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import Any

from sqlalchemy import Connection, Engine, Executable, StaticPool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import ClauseElement

from workflows.storage.cipher import Cipher
from workflows.storage.conflicts import Conflict, Dropped, StorageError

Row = tuple[Any, ...]
BUSY_MS = 10_000
_LOST = {"40001", "40P01", "23505"}  # serialization failure, deadlock, somebody wrote the same key


class Session:
    """One connection in use. Statements are text of the driver, or Core on `connection`."""

    __slots__ = ("connection", "cursor")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.cursor: DBAPICursor = connection.connection.cursor()

    def run(self, sql: str, values: Mapping[str, object] | Sequence[object] = ()) -> DBAPICursor:
        """Run one statement."""
        self.cursor.execute(sql, values)
        return self.cursor

    def many(self, sql: str, rows: Sequence[Mapping[str, object]]) -> int:
        """Run one statement for each row; how many rows it touched."""
        self.cursor.executemany(sql, rows)
        return self.cursor.rowcount


class Database:
    """`sqlite:///file`, `sqlite://` (in memory, for rehearsals) or `postgresql+psycopg://…`.

    `synchronous` is SQLite's: FULL loses nothing that was acknowledged, NORMAL may lose the last moments when
    the power fails.
    """

    def __init__(self, url: str, *, cipher: Cipher, synchronous: str = "FULL") -> None:
        self.cipher = cipher
        self.url = url
        self.postgres = url.startswith("postgresql")
        self.in_memory = not self.postgres and url.removeprefix("sqlite:") in ("//", "///:memory:")
        self._lock = RLock()
        self.engine = self._postgres() if self.postgres else self._sqlite(synchronous)

    def _postgres(self) -> Engine:
        return create_engine(self.url, isolation_level="AUTOCOMMIT", pool_use_lifo=True, pool_size=10)

    def _sqlite(self, synchronous: str) -> Engine:
        if synchronous not in ("FULL", "NORMAL", "OFF"):
            raise StorageError(f"synchronous is FULL, NORMAL or OFF, not {synchronous!r}")
        options: dict[str, Any] = {"paramstyle": "named"}
        if self.in_memory:
            options |= {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
        engine = create_engine(self.url, **options)

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

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()

    @contextmanager
    def connect(self) -> Iterator[Session]:
        """For reading, and for single statements that are a transaction of their own."""
        with self._alone(self.in_memory), self._translated(), self.engine.connect() as connection:
            try:
                yield Session(connection)
            except Exception as error:
                self._see_whether_cut(connection, error)
                raise

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """For writing: all of it, or nothing if anything is raised."""
        with self._alone(not self.postgres), self._translated(), self._begun() as session:
            try:
                yield session
                session.run("COMMIT")
            except BaseException as error:
                self._roll_back(session, error)
                raise

    def read(self, sql: str, values: Mapping[str, object]) -> list[Row]:
        """The rows of a prepared query. A cut connection is replaced once."""
        return self._again(lambda session: session.run(sql, values).fetchall())

    def rows(self, query: Executable) -> Sequence[Any]:
        """The rows of a Core query. A cut connection is replaced once."""
        return self._again(lambda session: session.connection.execute(query).all())

    def _again(self, reading: Callable[[Session], Any]) -> Any:
        try:
            with self.connect() as session:
                return reading(session)
        except Dropped:
            with self.connect() as session:
                return reading(session)

    @contextmanager
    def _begun(self) -> Iterator[Session]:
        """A session with a transaction begun; a connection that was cut while it lay idle is replaced."""
        try:
            connection = self._begin(self.engine.connect())
        except Dropped:
            connection = self._begin(self.engine.connect())
        with connection:
            yield Session(connection)

    def _begin(self, connection: Connection) -> Connection:
        try:
            Session(connection).run("BEGIN" if self.postgres else "BEGIN IMMEDIATE")
        except Exception as error:
            try:
                self._see_whether_cut(connection, error)
            finally:
                connection.close()
            raise
        return connection

    @contextmanager
    def _alone(self, needed: bool) -> Iterator[None]:
        if needed:
            with self._lock:
                yield
        else:
            yield

    def _roll_back(self, session: Session, error: BaseException) -> None:
        self._see_whether_cut(session.connection, error)
        if not self.postgres and not session.connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
            return
        session.run("ROLLBACK")

    def _see_whether_cut(self, connection: Connection, error: BaseException) -> None:
        """Throw away all connections if this one was cut: the others lie as dead in the pool."""
        if self.postgres and not connection.invalidated:
            driver: Any = connection.connection.dbapi_connection
            if not driver.closed:
                return
            connection.invalidate()
            self.engine.dispose()
            raise Dropped("the connection to the database was cut") from error
        if connection.invalidated:
            raise Dropped("the connection to the database was cut") from error

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if self._lost(error):
                raise Conflict(str(error)) from error
            raise

    def _lost(self, error: BaseException) -> bool:
        """Whether the error only says that somebody else was quicker."""
        found = error.orig if isinstance(error, DBAPIError) else error
        if self.postgres:
            return getattr(found, "sqlstate", None) in _LOST
        return str(getattr(found, "sqlite_errorname", "")) in _LOST_SQLITE

    def sql(self, statement: str | ClauseElement) -> str:
        """The statement as text for the driver, its values named like its `:names` or columns."""
        if isinstance(statement, ClauseElement):
            return str(statement.compile(dialect=self.engine.dialect))
        if self.postgres:
            return re.sub(r"(?<!:):([a-z]\w*)", r"%(\1)s", statement.replace("%", "%%"))
        return statement


_LOST_SQLITE = {
    "SQLITE_BUSY",
    "SQLITE_BUSY_SNAPSHOT",
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    "SQLITE_CONSTRAINT_UNIQUE",
}
