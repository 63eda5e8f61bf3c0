"""The connection to SQLite or PostgreSQL: how to read from it, and how to write all or nothing.

SQLite has one writer at a time; a lock in this process makes threads queue fairly instead of fighting over
the file (other processes wait by `busy_timeout`). PostgreSQL runs single statements without BEGIN and COMMIT.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from threading import RLock
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Executable, NullPool, StaticPool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError

from workflows.storage.cipher import Cipher
from workflows.storage.conflicts import Conflict, Dropped, StorageError
from workflows.storage.sql import Row, Sql

Read = TypeVar("Read")
NOTHING: Mapping[str, Any] = {}
BUSY_MS = 10_000
_NOBODY = nullcontext()
_LOST = {"40001", "40P01", "23505"}  # serialization failure, deadlock, somebody wrote the same key


class Session:
    """One connection in use: prepared statements by `run`, Core on `connection`.

    `untouched` as long as nobody asked for the connection: then SQLAlchemy has nothing to tidy up after it.
    """

    __slots__ = ("_connection", "_cursor", "untouched")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.untouched = True
        driver: Any = connection.connection
        self._cursor: DBAPICursor = driver.cursor()
        if connection.dialect.name == "postgresql":
            from psycopg import RawCursor  # the driver is an extra

            raw: Any = RawCursor(driver.dbapi_connection)
            raw.adapters.register_dumper(int, _untyped_int())
            self._cursor = raw

    @property
    def connection(self) -> Connection:
        """SQLAlchemy's connection."""
        self.untouched = False
        return self._connection

    def run(self, statement: Sql | str, row: Mapping[str, Any] = NOTHING) -> DBAPICursor:
        """Run a statement with the values of one row. Text is for what is run once."""
        if isinstance(statement, str):
            statement = Sql(statement, postgres=self._connection.dialect.name == "postgresql")
        self._cursor.execute(statement.text, statement.values(row))
        return self._cursor

    def many(self, statement: Sql, rows: Iterable[Mapping[str, Any]]) -> int:
        """Run a statement for each row; how many rows it touched."""
        self._cursor.executemany(statement.text, list(map(statement.values, rows)))
        return self._cursor.rowcount

    @property
    def driver(self) -> Any:
        """The driver's own connection."""
        return self.connection.connection.dbapi_connection


class Database:
    """`sqlite:///file`, `sqlite://` (in memory, for rehearsals) or `postgresql+psycopg://…`.

    `synchronous` is SQLite's: FULL loses nothing that was acknowledged, NORMAL may lose the last moments when
    the power fails. Sessions are kept open and handed round: taking one from SQLAlchemy's own pool for every
    statement cost a fifth of a step.
    """

    def __init__(self, url: str, *, cipher: Cipher, synchronous: str = "FULL") -> None:
        self.cipher = cipher
        self.url = url
        self.postgres = url.startswith("postgresql")
        self.in_memory = not self.postgres and url.removeprefix("sqlite:") in ("//", "///:memory:")
        self._lock = RLock()
        self._idle: deque[Session] = deque()
        self.seen: dict[str, tuple[float, int]] = {}  # name -> when which revision of it was seen
        self._start = self.sql("BEGIN" if self.postgres else "BEGIN IMMEDIATE")
        self._commit, self._rollback = self.sql("COMMIT"), self.sql("ROLLBACK")
        self.engine = self._postgres() if self.postgres else self._sqlite(synchronous)

    def _postgres(self) -> Engine:
        return create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=NullPool, hide_parameters=True)

    def _sqlite(self, synchronous: str) -> Engine:
        if synchronous not in ("FULL", "NORMAL", "OFF"):
            raise StorageError(f"synchronous is FULL, NORMAL or OFF, not {synchronous!r}")
        pool = StaticPool if self.in_memory else NullPool
        across = {"check_same_thread": False}
        options: dict[str, Any] = {"poolclass": pool, "connect_args": across, "hide_parameters": True}
        engine = create_engine(self.url, paramstyle="named", **options)

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
        """Give back all connections that nobody uses."""
        while self._idle:
            self._idle.pop().connection.close()
        self.engine.dispose()

    @contextmanager
    def connect(self) -> Iterator[Session]:
        """For reading, and for single statements that are a transaction of their own."""
        with self._lock if self.in_memory else _NOBODY:
            session = self._take()
            try:
                yield session
            except Exception as error:
                told = self._told(session, error)
                if told is error:
                    raise
                raise told from error
            finally:
                self._give(session)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """For writing: all of it, or nothing if anything is raised."""
        with _NOBODY if self.postgres else self._lock:
            session = self._begin()
            try:
                yield session
                session.run(self._commit)
            except BaseException as error:
                told = self._told(session, error)
                self._roll_back(session)
                if told is error:
                    raise
                raise told from error
            finally:
                self._give(session)

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """For long readings: the database as it stands now. Nobody has to wait for it."""
        with self.connect() as session:
            session.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if self.postgres else "BEGIN")
            try:
                yield session
            finally:
                session.run(self._rollback)

    def read(self, sql: Sql | str, values: Mapping[str, object]) -> list[Row]:
        """The rows of a prepared query."""
        return self.again(lambda session: list(session.run(sql, values).fetchall()))

    def rows(self, query: Executable) -> Sequence[Any]:
        """The rows of a Core query."""
        return self.again(lambda session: session.connection.execute(query).all())

    def again(self, reading: Callable[[Session], Read]) -> Read:
        """What `reading` reads. A cut connection is replaced, and it is read again."""
        try:
            with self.connect() as session:
                return reading(session)
        except Dropped:
            with self.connect() as session:
                return reading(session)

    def _take(self) -> Session:
        try:
            return self._idle.pop()
        except IndexError:
            return Session(self.engine.connect())

    def _give(self, session: Session) -> None:
        if session.untouched or self._tidied(session):
            self._idle.append(session)

    def _tidied(self, session: Session) -> bool:
        """Whether a session that Core has used can be used again."""
        if session.connection.closed or session.connection.invalidated:
            session.connection.close()
            return False
        if session.connection.in_transaction():
            session.connection.rollback()  # SQLAlchemy's own bookkeeping; the database's transaction is over
        session.untouched = True
        return True

    def _begin(self) -> Session:
        """A session in a transaction; one that was cut while it lay idle is replaced."""
        for last in (False, True):
            session = self._take()
            try:
                session.run(self._start)
            except Exception as error:
                told = self._told(session, error)
                self._give(session)
                if last or not isinstance(told, Dropped):
                    raise told from error
            else:
                break
        return session

    def _roll_back(self, session: Session) -> None:
        """Undo, unless the database has done so itself. A connection that cannot is thrown away."""
        if session.connection.invalidated:
            return
        if self.postgres or session.driver.in_transaction:
            try:
                session.run(self._rollback)
            except Exception:
                session.connection.invalidate()

    def _told(self, session: Session, error: BaseException) -> BaseException:
        """The error in our own words, where it is one of the expected ones."""
        if self.postgres and (session.connection.invalidated or session.driver.closed):
            session.connection.invalidate()
            self.close()  # the others lie as dead as this one
            return Dropped("the connection to the database was cut")
        return Conflict(str(error)) if self._lost(error) else error

    def _lost(self, error: BaseException) -> bool:
        """Whether the error only says that somebody else was quicker."""
        found = error.orig if isinstance(error, DBAPIError) else error
        if self.postgres:
            return getattr(found, "sqlstate", None) in _LOST
        return str(getattr(found, "sqlite_errorname", "")) in _LOST_SQLITE

    def sql(self, named: str) -> Sql:
        """A statement written with `:names`, for this database."""
        return Sql(named, postgres=self.postgres)


_LOST_SQLITE = {
    "SQLITE_BUSY",
    "SQLITE_BUSY_SNAPSHOT",
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    "SQLITE_CONSTRAINT_UNIQUE",
}


def _untyped_int() -> type:
    """Sends whole numbers without a type, like texts and nulls; else each mix of them is prepared anew."""
    from psycopg.adapt import Dumper  # the driver is an extra

    class Untyped(Dumper):
        def dump(self, obj: int) -> bytes:
            return b"%d" % obj

    return Untyped
