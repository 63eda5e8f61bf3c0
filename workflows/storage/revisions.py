"""Numbers that grow with every change of something cached, so that each process sees when its copy is old."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from time import monotonic

from workflows.storage.database import Database, Session

PEOPLE = "people"
DEFINITIONS = "definitions"

_READ = "SELECT value FROM revisions WHERE name = :name"
_BUMP = (
    "INSERT INTO revisions (name, value) VALUES (:name, 1)"
    " ON CONFLICT (name) DO UPDATE SET value = revisions.value + 1"
)


class Revision:
    """The revision of one thing."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name
        self._read, self._bump = database.sql(_READ), database.sql(_BUMP)

    def current(self, fresh_for: float = 0.0) -> int:
        """The present revision; 0 before the first change. One seen `fresh_for` seconds ago will do."""
        seen_at, revision = self._database.seen.get(self._name, (-inf, 0))
        if monotonic() - seen_at < fresh_for:
            return revision
        asked_at = monotonic()
        rows = self._database.read(self._read, {"name": self._name})
        return self.saw(rows[0][0] if rows else 0, asked_at)

    def saw(self, revision: int, asked_at: float) -> int:
        """Note a revision that came along with something else, asked for at this monotonic time."""
        self._database.seen[self._name] = (asked_at, revision)
        return revision

    @contextmanager
    def changing(self) -> Iterator[Session]:
        """A transaction that changes the thing. Who asks in this process afterwards sees the new revision."""
        with self._database.transaction() as session:
            yield session
            self.bump(session)
        self._database.seen.pop(self._name, None)

    def bump(self, session: Session) -> None:
        """Note a change, in the transaction that makes it."""
        session.run(self._bump, {"name": self._name})
