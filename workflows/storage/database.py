"""The connection to SQLite or PostgreSQL: how to read from it, and how to write all or nothing.

SQLite has one writer at a time: threads of this process queue at a lock, and other processes at the file (see
`sqlite.begin_as_writer`). PostgreSQL runs single statements without BEGIN.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from threading import Lock, RLock, local
from time import monotonic, sleep
from typing import Any, TypeVar

from sqlalchemy import Executable
from sqlalchemy.exc import DBAPIError

from workflows.storage.cipher import Cipher
from workflows.storage.drivers.driver_errors import translate_driver_error
from workflows.storage.drivers.group_commit import GroupCommit
from workflows.storage.drivers.postgres import PostgresServer, begin_on_server
from workflows.storage.drivers.session import Session as Session
from workflows.storage.drivers.sqlite import begin_as_writer, create_sqlite_engine, is_in_memory
from workflows.storage.drivers.timeouts import Timeouts
from workflows.storage.errors import ConnectionLost, Unavailable
from workflows.storage.held_revisions import HeldRevisions
from workflows.storage.sql import Row, Sql
from workflows.storage.statement_count import count_core_statements
from workflows.storage.unit_of_work import UnitOfWork

Read = TypeVar("Read")
_POSTGRES_CLOCK = "CAST(extract(epoch FROM clock_timestamp()) AS bigint)"
_SQLITE_CLOCK = "CAST(strftime('%s', 'now') AS INTEGER)"
_NO_LOCK = nullcontext()
_RETRY_SECONDS = 0.1  # seconds between two attempts to connect


class Database:
    """`sqlite:///file`, `sqlite://` (in memory, for rehearsals) or `postgresql+psycopg://…`.

    `synchronous` is SQLite's: FULL loses nothing that was acknowledged, NORMAL may lose the last moments when
    the power fails. Sessions are kept open and used again: to take one from SQLAlchemy's own pool for every
    statement cost a fifth of a step.
    """

    def __init__(
        self, url: str, *, cipher: Cipher, synchronous: str = "FULL", timeouts: Timeouts | None = None
    ) -> None:
        self.cipher, self.url, self.timeouts = cipher, url, timeouts or Timeouts()
        self.postgres = url.startswith("postgresql")
        self.in_memory = is_in_memory(url)
        self._lock = RLock()
        self._idle: deque[Session] = deque()
        self.seen_revisions: dict[str, tuple[float, int]] = {}  # name -> when it was read, and the revision
        self.held_revisions = HeldRevisions()
        self.audit_key: bytes | None = None  # see `load_audit_key`; None until it is first needed
        self.rollback_listeners: list[Callable[[], None]] = [self._clear_caches]
        self._thread = _ThreadState()
        self._start = begin_on_server if self.postgres else begin_as_writer
        self._commit, self._rollback = self.sql("COMMIT"), self.sql("ROLLBACK")
        self._server = PostgresServer(url, self.timeouts) if self.postgres else None
        self.engine = self._server.engine if self._server else create_sqlite_engine(url, synchronous)
        count_core_statements(self.engine)
        self._writers = GroupCommit(self._lock, self)
        self._sharing: dict[str, GroupCommit[Session]] = {}

    def close(self) -> None:
        """Close all connections that are not in use."""
        self._close_idle()
        self.engine.dispose()
        if self._server is not None:
            self._server.watchdog.stop()

    def _close_idle(self) -> None:
        while self._idle:
            self._idle.pop().connection.close()

    def _clear_caches(self) -> None:
        self.seen_revisions.clear()
        self.audit_key = None

    @contextmanager
    def unit_of_work(self, first: Callable[[Session], None]) -> Iterator[UnitOfWork[Session]]:
        """All writes of this thread within are one transaction; `first` is called before the first of them.

        Each `transaction` becomes a part of it, and reads see what was written. If all of it is undone, the
        `rollback_listeners` are called, which drop what was cached meanwhile.
        """
        outer = self._thread.unit
        if outer is not None:  # part of a larger unit
            yield outer
            return
        unit = UnitOfWork(self._transaction, self.translate_error, first)
        self._thread.unit = unit
        try:
            with unit:
                yield unit
        except BaseException:
            if unit.parts:
                for listener in self.rollback_listeners:
                    listener()
            raise
        finally:
            self._thread.unit = None
        for callback in unit.after_commit:
            callback()

    @property
    def _unit_session(self) -> Session | None:
        """The session of this thread's unit of work; None before its first write, and outside of units."""
        unit = self._thread.unit
        return None if unit is None else unit.session

    @property
    def in_unit_of_work(self) -> bool:
        """Whether this thread is in a unit of work."""
        return self._thread.unit is not None

    def connect(self) -> AbstractContextManager[Session]:
        """A session for reading, and for single statements that are a transaction of their own."""
        unit_session = self._unit_session
        return self._connection() if unit_session is None else nullcontext(unit_session)

    @contextmanager
    def _connection(self) -> Iterator[Session]:
        with self._lock if self.in_memory else _NO_LOCK:
            session = self._acquire()
            try:
                yield session
            except Exception as error:
                translated = self.translate_error(session, error)
                if translated is error:
                    raise
                raise translated from error
            finally:
                self._release(session)

    def transaction(self, *, shared: str | None = None) -> AbstractContextManager[Session]:
        """A session for writing: all of it, or nothing if anything is raised.

        Short ones may share a commit: on PostgreSQL if they name the same row in `shared` ("": none).
        """
        unit = self._thread.unit
        if unit is not None:
            return unit.part()
        if shared is None or self.in_memory or (self.postgres and not shared):
            return self._transaction()
        if self.postgres:
            return self._sharing.setdefault(shared, GroupCommit(Lock(), self)).member()
        return self._writers.member()

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with _NO_LOCK if self.postgres else self._lock:
            self._writers.commit_open()
            session = self.begin()
            try:
                yield session
                self.commit(session)
            except BaseException as error:
                translated = self.roll_back(session, error)
                if translated is error:
                    raise
                raise translated from error

    @contextmanager
    def single_write(self) -> Iterator[Session]:
        """A session for one statement that writes: it is a transaction of its own, without BEGIN and COMMIT,
        or a part of this thread's unit of work."""
        if self._thread.unit is not None:
            with self.transaction() as session:
                yield session
            return
        with _NO_LOCK if self.postgres else self._lock:
            self._writers.commit_open()
            with self._connection() as session:
                yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session for long reads: the database as it is now, whatever is written meanwhile."""
        if self._unit_session is not None:
            yield self._unit_session
            return
        with self.connect() as session:
            session.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if self.postgres else "BEGIN")
            try:
                yield session
            finally:
                session.run(self._rollback)

    def commit(self, session: Session) -> None:
        """Commit a session's transaction, and take the session back."""
        session.run(self._commit)
        self._release(session)

    def roll_back(self, session: Session, error: BaseException) -> BaseException:
        """Undo a session's transaction and take the session back; the translated error."""
        translated = self.translate_error(session, error)
        self._undo(session)
        self._release(session)
        return translated

    def read(self, sql: Sql | str, values: Mapping[str, object]) -> list[Row]:
        """The rows of a prepared query, as tuples."""
        return self.retry_read(lambda session: list(session.run(sql, values).fetchall()))

    def rows(self, query: Executable) -> Sequence[Any]:
        """The rows of a query of SQLAlchemy Core."""
        return self.retry_read(lambda session: session.connection.execute(query).all())

    def retry_read(self, read: Callable[[Session], Read]) -> Read:
        """What `read` returns. If the connection was cut, it is called once more with a new one."""
        try:
            with self.connect() as session:
                return read(session)
        except ConnectionLost:
            if self._unit_session is not None:  # what this unit has written is lost with its connection
                raise
            with self.connect() as session:
                return read(session)

    def _acquire(self) -> Session:
        """An open session. Nothing has begun yet, so it waits a little for a database that restarts."""
        until = monotonic() + self.timeouts.restart
        while True:
            try:
                return self._open_session()
            except Unavailable as error:
                if not error.transient or monotonic() >= until:
                    raise
            sleep(_RETRY_SECONDS)

    def _open_session(self) -> Session:
        if self._server is not None:
            self._server.refuse_if_down()
        with suppress(IndexError):
            return self._idle.pop()
        try:
            return Session(self.engine.connect(), self._server.watchdog if self._server else None)
        except DBAPIError as error:
            translated = (
                self._server.translate_connect_error(error) if self._server else translate_driver_error(error)
            )
            raise translated from (None if translated is error else error)

    def _release(self, session: Session) -> None:
        if self._server is not None and not session.pristine:
            self._server.watchdog.end(session.raw)
        if session.pristine or self._reset(session):
            self._idle.append(session)

    def _reset(self, session: Session) -> bool:
        """Make a session that Core has used pristine again; False if its connection is broken."""
        if session.connection.closed or session.connection.invalidated:
            session.connection.close()
            return False
        if session.connection.in_transaction():
            session.connection.rollback()  # SQLAlchemy's own state; the database's transaction is over
        session.pristine = True
        return True

    def begin(self) -> Session:
        """A session in a transaction. If an idle connection turns out to be cut, another one is taken."""
        for last in (False, True):
            session = self._acquire()
            try:
                self._start(session)
            except Exception as error:
                translated = self.translate_error(session, error)
                self._release(session)
                if last or not isinstance(translated, ConnectionLost):
                    raise translated from error
            else:
                break
        return session

    def _undo(self, session: Session) -> None:
        """Roll back, unless the database has done so itself. If that fails, the connection is discarded."""
        if session.connection.invalidated:
            return
        if self.in_transaction(session):
            try:
                session.run(self._rollback)
            except Exception:
                session.connection.invalidate()

    def in_transaction(self, session: Session) -> bool:
        """Whether the session's transaction still exists: it was neither cut, nor ended by SQLite."""
        lost = session.connection.invalidated
        return not (lost or session.raw.closed) if self.postgres else bool(session.raw.in_transaction)

    def translate_error(self, session: Session, error: BaseException) -> BaseException:
        """The error as one of the storage's, if it is an expected one; else the error itself."""
        if self.postgres and (session.connection.invalidated or session.driver.closed):
            session.connection.invalidate()
            self._close_idle()  # the idle ones are cut, too
            return ConnectionLost("the connection to the database was cut")
        return translate_driver_error(error)

    @property
    def clock_sql(self) -> str:
        """The database's own clock as an SQL expression, in epoch seconds: all processes share it."""
        return _POSTGRES_CLOCK if self.postgres else _SQLITE_CLOCK

    def sql(self, text: str) -> Sql:
        """A prepared statement for this database, from text with `:names`."""
        return Sql(text, postgres=self.postgres)


class _ThreadState(local):
    """The unit of work that the present thread is in."""

    unit: UnitOfWork[Session] | None = None
