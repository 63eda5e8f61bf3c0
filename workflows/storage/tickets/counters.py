"""Takes the next serial numbers in the transaction that uses them: a rollback gives them back, so there
are no gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from workflows.core.ticket import Ticket
from workflows.storage.database import Database, Session
from workflows.storage.errors import StorageError
from workflows.storage.revisions import PEOPLE, Revision
from workflows.storage.tickets.ticket_numbers import build_number_format

_NEXT = (
    "INSERT INTO counters (site_id, name, value) VALUES (:site, :name, :many)"
    " ON CONFLICT (site_id, name) DO UPDATE SET value = counters.value + excluded.value RETURNING value"
)
_FRESH_FOR = 1.0  # seconds
_ZONE = "SELECT zone FROM sites WHERE id = :site"


class Counters:
    """Gives new tickets their numbers. The zones of sites are cached; a change of a site is seen within a
    second."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._next = database.sql(_NEXT)
        self._zone = database.sql(_ZONE)
        self._revision = Revision(database, PEOPLE)
        self._zones: tuple[int, dict[str, ZoneInfo]] = (-1, {})

    def numbers(self, session: Session, opened: Sequence[tuple[str, Ticket]]) -> list[str]:
        """The next number of each new ticket, in order, by the pattern that is given with it."""
        zones = {site: self._zone_of(session, site) for site in {each.site for _, each in opened}}
        formats = [build_number_format(pattern, each.opened_at, zones[each.site]) for pattern, each in opened]
        names = [
            (each.site, number_format.counter)
            for (_, each), number_format in zip(opened, formats, strict=True)
        ]
        # In a fixed order, so that two transactions that need several counters cannot deadlock.
        serials = {name: self._taken(session, name, many) for name, many in sorted(Counter(names).items())}
        return [
            number_format.format(next(serials[name]))
            for name, number_format in zip(names, formats, strict=True)
        ]

    def _taken(self, session: Session, name: tuple[str, str], many: int) -> Iterator[int]:
        """The next `many` serials of a counter, given by site and name."""
        rows = session.run(self._next, {"site": name[0], "name": name[1], "many": many}).fetchall()
        last: int = rows[0][0]
        return iter(range(last - many + 1, last + 1))

    def load_zone(self, site: str) -> None:
        """Read the zone of a site into the cache, before the transaction begins."""
        revision = self._revision.current(_FRESH_FOR)
        if revision != self._zones[0]:
            self._zones = (revision, {})
        zones = self._zones[1]
        if site not in zones:
            with self._database.connect() as session:
                zones[site] = self._read(session, site)

    def _zone_of(self, session: Session, site: str) -> ZoneInfo:
        return self._zones[1].get(site) or self._read(session, site)

    def _read(self, session: Session, site: str) -> ZoneInfo:
        rows = session.run(self._zone, {"site": site}).fetchall()
        if not rows:
            raise StorageError(f"there is no site {site!r}")
        return ZoneInfo(rows[0][0])
