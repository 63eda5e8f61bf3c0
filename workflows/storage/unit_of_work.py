"""A unit of work: all that one request writes in several places, as one transaction.

The transaction begins with the first write, so that reads and checks before it hold no lock. Each write is a
part with a savepoint: a part that meets a Conflict is undone by itself and may be tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import TracebackType
from typing import Any, Generic, TypeVar

Session = TypeVar("Session", bound=Any)


class UnitOfWork(Generic[Session]):
    """The writes of one thread. `session` is None until something was written; `parts` counts the writes.

    `begin` opens the transaction that holds them all, `translate_error` turns an error into one of the
    storage's, and `first` is called before the first write.
    """

    def __init__(
        self,
        begin: Callable[[], AbstractContextManager[Session]],
        translate_error: Callable[[Session, BaseException], BaseException],
        first: Callable[[Session], None],
    ) -> None:
        self._begin, self._translate_error, self._first = begin, translate_error, first
        self._transaction = ExitStack()
        self.session: Session | None = None
        self.parts = 0
        self.after_commit: list[Callable[[], None]] = []  # called after the commit

    @contextmanager
    def part(self) -> Iterator[Session]:
        """A session for one of the writes: all of it, or nothing of it if anything is raised."""
        session = self._ensure_begun()
        self.parts += 1
        session.run("SAVEPOINT part")
        try:
            yield session
            session.run("RELEASE SAVEPOINT part")
        except BaseException as error:
            translated = self._translate_error(session, error)
            if not session.connection.invalidated:
                session.run("ROLLBACK TO SAVEPOINT part")
            if translated is error:
                raise
            raise translated from error

    def _ensure_begun(self) -> Session:
        if self.session is None:
            self.session = self._transaction.enter_context(self._begin())
            self._first(self.session)
        return self.session

    def __enter__(self) -> UnitOfWork[Session]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Commit everything, or undo everything if something was raised."""
        return bool(self._transaction.__exit__(kind, error, trace))
