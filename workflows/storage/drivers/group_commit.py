"""Group commit: threads of one process that would wait for each other's commit share one.

A commit waits for the disk, and meanwhile other threads wait: on SQLite all that write, on PostgreSQL those
that need the same row. So a thread that has written lets the waiting ones write in the same transaction, each
behind a savepoint of its own, and the last of them commits for all. No thread goes on before the commit with
its rows is on the disk. A commit that fails, fails for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Event, Lock
from typing import Any, Generic, Protocol, TypeVar

from workflows.storage.errors import Unavailable
from workflows.storage.sql import Sql

_SAVEPOINT = Sql("SAVEPOINT member", postgres=False)
_RELEASE, _UNDO = Sql("RELEASE member", postgres=False), Sql("ROLLBACK TO member", postgres=False)


class TransactionSession(Protocol):
    """A session whose connection is in a transaction."""

    def run(self, statement: Sql, /) -> object:
        """Run a statement in the transaction."""


Writing = TypeVar("Writing", bound=TransactionSession)


class Transactions(Protocol[Writing]):
    """How a database begins and ends a transaction."""

    def begin(self) -> Writing:
        """A session in a new transaction."""

    def commit(self, session: Writing) -> None:
        """Commit the session's transaction, and take the session back."""

    def roll_back(self, session: Writing, error: BaseException) -> BaseException:
        """Undo the session's transaction, and take the session back; the translated error."""

    def translate_error(self, session: Writing, error: BaseException) -> BaseException:
        """The error as one of the storage's, if it is one of those that are expected."""

    def in_transaction(self, session: Writing) -> bool:
        """Whether the session's transaction still exists, so that a part of it can be undone."""


class CommitGroup(Generic[Writing]):
    """The threads that share one commit, and the result of the commit."""

    def __init__(self, session: Writing) -> None:
        self.session = session
        self.members = 0
        self._ended = Event()
        self._error: BaseException | None = None

    def end(self, error: BaseException | None = None) -> None:
        """Let the members go on. With an error, nothing that they have written is stored."""
        self._error = error
        self._ended.set()

    def wait(self) -> None:
        """Wait until the commit is done. Raises the error that prevented it."""
        self._ended.wait()
        if self._error is not None:
            raise self._error


class GroupCommit(Generic[Writing]):
    """Passes one write transaction from thread to thread. Only the holder of `lock` writes."""

    def __init__(self, lock: AbstractContextManager[Any], database: Transactions[Writing]) -> None:
        self._lock, self._database = lock, database
        self._waiting_lock, self._waiting = Lock(), 0
        self._open: CommitGroup[Writing] | None = None

    @contextmanager
    def member(self) -> Iterator[Writing]:
        """A session for writing together with others. If anything is raised, only what this member wrote
        is undone."""
        with self._waiting_lock:
            self._waiting += 1
        failure: BaseException | None = None
        with self._lock:
            with self._waiting_lock:
                self._waiting -= 1
            group = self._open = self._open or CommitGroup(self._database.begin())
            try:
                with self._savepoint(group):
                    yield group.session
            except BaseException as error:
                failure = error
            if not self._waiting:
                self.commit_open()
        if group.members:
            group.wait()
        if failure is not None:
            raise failure

    def commit_open(self) -> None:
        """Commit what members have written and nobody has committed yet. The caller must hold the lock."""
        group, self._open = self._open, None
        if group is None:
            return
        try:
            self._database.commit(group.session)
        except BaseException as error:
            group.end(self._database.roll_back(group.session, error))
        else:
            group.end()

    @contextmanager
    def _savepoint(self, group: CommitGroup[Writing]) -> Iterator[None]:
        """What is written within can be undone alone: by a savepoint, if other members have written
        before."""
        first = not group.members
        try:
            if not first:
                group.session.run(_SAVEPOINT)
            yield
            if not first:
                group.session.run(_RELEASE)
        except BaseException as error:
            translated = self._undo_member(group, error)
            raise translated from (None if translated is error else error)
        group.members += 1

    def _undo_member(self, group: CommitGroup[Writing], error: BaseException) -> BaseException:
        """Undo what one member has written; the error as one of the storage's."""
        if group.members and self._database.in_transaction(group.session):
            group.session.run(_UNDO)
            group.session.run(_RELEASE)
            return self._database.translate_error(group.session, error)
        # Nobody else has written, or the transaction is gone: it was cut, or ended by SQLite on a full disk.
        self._open = None
        translated = self._database.roll_back(group.session, error)
        group.end(Unavailable(f"the shared commit is lost: {translated}"))
        return translated
