"""The next serial number, taken inside the transaction that uses it: rolled back with it, so without gaps."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from workflows.core.ticket import Ticket
from workflows.storage.conflicts import StorageError
from workflows.storage.database import Database, Session
from workflows.storage.numbering import numbering

_NEXT = (
    "INSERT INTO counters (site_id, name, value) VALUES (:site, :name, 1)"
    " ON CONFLICT (site_id, name) DO UPDATE SET value = counters.value + 1 RETURNING value"
)
_ZONE = "SELECT zone FROM sites WHERE id = :site"


class Counters:
    """Gives new tickets their numbers. The zones of sites are remembered; they do not move."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._next = database.sql(_NEXT)
        self._zone = database.sql(_ZONE)
        self._zones: dict[str, ZoneInfo] = {}

    def number(self, session: Session, pattern: str, ticket: Ticket) -> str:
        """The next number by `pattern` for a ticket that is being opened."""
        found = numbering(pattern, ticket.opened_at, self._zones[ticket.site])
        rows = session.run(self._next, {"site": ticket.site, "name": found.counter}).fetchall()
        return found.number(rows[0][0])

    def know(self, site: str) -> None:
        """Look up the zone of `site`, before the transaction begins."""
        if site not in self._zones:
            rows = self._database.read(self._zone, {"site": site})
            if not rows:
                raise StorageError(f"there is no site {site!r}")
            self._zones[site] = ZoneInfo(rows[0][0])
