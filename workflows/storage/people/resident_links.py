"""Links of residents, who have no account: each leads to one ticket, or is the code of one unit.

Only the SHA-256 of a link's secret is stored. A link ends by its time, by being revoked, or when what is
personal of its ticket is erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workflows.storage.database import Database
from workflows.storage.sql import Row
from workflows.timing.instants import Instant

_COLUMNS = "site_id, id, ticket_id, unit, created_by, created_at, expires_at, revoked_at"
_FIND = (
    f"SELECT {_COLUMNS} FROM resident_links"
    " WHERE digest = :digest AND revoked_at IS NULL AND expires_at > :now"
)
_ADD = (
    f"INSERT INTO resident_links ({_COLUMNS}, digest)"
    " VALUES (:site, :id, :ticket, :unit, :created_by, :created_at, :expires_at, NULL, :digest)"
    " ON CONFLICT (digest) DO NOTHING"
)
_LAST = " AND revoked_at IS NULL AND expires_at > :now ORDER BY created_at DESC, id"
_OF_TICKET = f"SELECT {_COLUMNS} FROM resident_links WHERE site_id = :site AND ticket_id = :ticket{_LAST}"
_CODES = f"SELECT {_COLUMNS} FROM resident_links WHERE site_id = :site AND unit IS NOT NULL{_LAST}"
_REVOKE = (
    "UPDATE resident_links SET revoked_at = :at WHERE site_id = :site AND id = :id AND revoked_at IS NULL"
)
_REVOKE_CODE = (
    "UPDATE resident_links SET revoked_at = :at"
    " WHERE site_id = :site AND unit = :unit AND revoked_at IS NULL AND digest <> :digest"
)
_DELETE_EXPIRED = "DELETE FROM resident_links WHERE expires_at <= :now"
DELETE_OF_TICKET = "DELETE FROM resident_links WHERE site_id = :site AND ticket_id = :ticket"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentLink:
    """A link to a `ticket` (id), or the code of a `unit`. `created_by` is a staff id; empty for the link
    that a report by a code has brought."""

    site: str
    id: str
    ticket: str | None = None
    unit: str | None = None
    created_by: str = ""
    created_at: Instant
    expires_at: Instant
    revoked_at: Instant | None = None


class ResidentLinks:
    """Stores, finds and ends the links of residents."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._find, self._add = database.sql(_FIND), database.sql(_ADD)
        self._of_ticket, self._codes = database.sql(_OF_TICKET), database.sql(_CODES)
        self._revoke, self._revoke_code = database.sql(_REVOKE), database.sql(_REVOKE_CODE)
        self._delete_expired = database.sql(_DELETE_EXPIRED)

    def find(self, digest: str, now: Instant) -> ResidentLink | None:
        """The link whose secret has this SHA-256; None if it is unknown, revoked or expired."""
        rows = self._database.read(self._find, {"digest": digest, "now": now})
        return _build_link(rows[0]) if rows else None

    def add(self, link: ResidentLink, digest: str) -> None:
        """Store a link to a ticket. Nothing happens if it is there already, also if it was revoked."""
        with self._database.transaction() as session:
            session.run(self._add, _values(link, digest))

    def replace_codes(self, codes: Iterable[tuple[ResidentLink, str]], at: Instant) -> None:
        """Store codes of units, each with its digest; earlier codes of the same units end."""
        with self._database.transaction() as session:
            for code, digest in codes:
                replaced = {"site": code.site, "unit": code.unit, "at": at, "digest": digest}
                session.run(self._revoke_code, replaced)
                session.run(self._add, _values(code, digest))

    def of_ticket(self, site: str, ticket: str, now: Instant) -> tuple[ResidentLink, ...]:
        """The links to a ticket that are valid, newest first."""
        rows = self._database.read(self._of_ticket, {"site": site, "ticket": ticket, "now": now})
        return tuple(map(_build_link, rows))

    def codes(self, site: str, now: Instant) -> tuple[ResidentLink, ...]:
        """The codes of units that are valid, newest first."""
        return tuple(map(_build_link, self._database.read(self._codes, {"site": site, "now": now})))

    def revoke(self, site: str, id: str, at: Instant) -> bool:
        """End a link; False if the site has none of this id that was not revoked."""
        with self._database.transaction() as session:
            return session.run(self._revoke, {"site": site, "id": id, "at": at}).rowcount == 1

    def delete_expired(self, now: Instant) -> int:
        """Delete the links that have expired; how many there were."""
        with self._database.transaction() as session:
            return session.run(self._delete_expired, {"now": now}).rowcount


def _values(link: ResidentLink, digest: str) -> Mapping[str, object]:
    return {
        "site": link.site,
        "id": link.id,
        "ticket": link.ticket,
        "unit": link.unit,
        "created_by": link.created_by,
        "created_at": link.created_at,
        "expires_at": link.expires_at,
        "digest": digest,
    }


def _build_link(row: Row) -> ResidentLink:
    site, id, ticket, unit, created_by, created_at, expires_at, revoked_at = row
    return ResidentLink(
        site=site,
        id=id,
        ticket=ticket,
        unit=unit,
        created_by=created_by,
        created_at=created_at,
        expires_at=expires_at,
        revoked_at=revoked_at,
    )
