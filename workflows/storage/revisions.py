"""Revisions: numbers that grow with every change of something cached, by which each process sees that its
copy is old."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import inf
from time import monotonic

from workflows.storage.database import Database, Session

PEOPLE = "people"
DEFINITIONS = "definitions"
READERS = "readers"

_READ = "SELECT value FROM revisions WHERE name = :name"
_READ_ALL = "SELECT name, value FROM revisions"
_BUMP = (
    "INSERT INTO revisions (name, value) VALUES (:name, 1)"
    " ON CONFLICT (name) DO UPDATE SET value = revisions.value + 1"
)


class Revision:
    """The revision of one thing, such as `people`. Processes compare it with that of their cached copies."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name
        self._read, self._bump = database.sql(_READ), database.sql(_BUMP)

    def current(self, max_age: float = 0.0) -> int:
        """The present revision; 0 before the first change. One that was read up to `max_age` seconds ago
        may be returned, or the one that this thread holds."""
        if self._database.held_revisions.holding:
            return self._held().get(self._name, 0)
        seen_at, revision = self._database.seen_revisions.get(self._name, (-inf, 0))
        if monotonic() - seen_at < max_age:
            return revision
        asked_at = monotonic()
        rows = self._database.read(self._read, {"name": self._name})
        return self.remember(rows[0][0] if rows else 0, asked_at)

    def _held(self) -> Mapping[str, int]:
        """The revisions that this thread holds; they are read now if it has none yet."""
        held = self._database.held_revisions
        if held.values is None:
            asked_at = monotonic()
            held.values = dict(self._database.read(_READ_ALL, {}))
            for name, value in held.values.items():
                self._database.seen_revisions[name] = (asked_at, value)
        return held.values

    def remember(self, revision: int, asked_at: float) -> int:
        """Note a revision that was read together with something else, at this monotonic time; the
        revision."""
        self._database.seen_revisions[self._name] = (asked_at, revision)
        return revision

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction that changes the thing and bumps its revision. Afterwards this process reads the
        new revision."""
        with self._database.transaction() as session:
            yield session
            self.bump(session)
        self._database.seen_revisions.pop(self._name, None)
        self._database.held_revisions.renew()

    def read(self, session: Session) -> int:
        """The revision as this transaction sees it."""
        rows = session.run(self._read, {"name": self._name}).fetchall()
        return int(rows[0][0]) if rows else 0

    def bump(self, session: Session) -> None:
        """Increase the revision, in the transaction that makes the change."""
        session.run(self._bump, {"name": self._name})
