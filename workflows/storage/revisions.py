"""Numbers that grow with every change of something cached, so that each process sees when its copy is old."""

from __future__ import annotations

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

    def current(self) -> int:
        """The present revision; 0 before the first change."""
        rows = self._database.read(self._read, {"name": self._name})
        return rows[0][0] if rows else 0

    def bump(self, session: Session) -> None:
        """Note a change, in the transaction that makes it."""
        session.run(self._bump, {"name": self._name})
