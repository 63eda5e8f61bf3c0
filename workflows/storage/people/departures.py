"""Records who has lost a post or their account, so that their work is handed over even after a crash in
between.

A departure is inserted in the transaction that takes the post, and deleted once everything is handed over.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update

from workflows.storage.database import Database, Session
from workflows.storage.tables import departures
from workflows.timing.instants import Instant

DELETE_AFTER = 60
"""Seconds. After them no step can be recorded any more that was decided before the post was lost."""

_D = departures.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Somebody has lost a post at a site. `seen_at` is the instant at which all their work was first seen
    handed over."""

    site: str
    staff_id: str
    seen_at: Instant | None = None


def insert_departures(session: Session, staff_id: str, sites: Collection[str]) -> None:
    """Record departures from these sites, in the transaction that takes the posts."""
    for site in sorted(sites):
        here = (_D.site_id == site) & (_D.staff_id == staff_id)
        if not session.connection.execute(update(departures).where(here).values(seen_at=None)).rowcount:
            session.connection.execute(insert(departures).values(site_id=site, staff_id=staff_id))


class Departures:
    """Reads and completes the departures that are pending."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pending(
        self, sites: Collection[str] | None = None, staff_id: str | None = None
    ) -> tuple[Departure, ...]:
        """All pending departures, or those from some sites, or of one person."""
        query = select(departures).order_by(_D.site_id, _D.staff_id)
        if sites is not None:
            query = query.where(_D.site_id.in_(sites))
        if staff_id is not None:
            query = query.where(_D.staff_id == staff_id)
        return tuple(
            Departure(site=row.site_id, staff_id=row.staff_id, seen_at=row.seen_at)
            for row in self._database.rows(query)
        )

    def mark_handled(self, departure: Departure, now: Instant) -> None:
        """Record that nothing is left to hand over. When that was so again `DELETE_AFTER` seconds later,
        the departure is deleted."""
        here = (_D.site_id == departure.site) & (_D.staff_id == departure.staff_id)
        with self._database.transaction() as session:
            if departure.seen_at is None:
                session.connection.execute(update(departures).where(here).values(seen_at=now))
            elif now >= departure.seen_at + DELETE_AFTER:
                session.connection.execute(delete(departures).where(here, _D.seen_at == departure.seen_at))
