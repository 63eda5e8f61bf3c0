"""Removes files from their place: erased ones, those that no step has named, and what killed uploads have
left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from workflows.storage.attachments.file_contents import THUMBNAIL, day_of, file_name, id_of, time_of
from workflows.storage.attachments.places import FilePlace
from workflows.storage.database import Database
from workflows.storage.tables import attachments
from workflows.timing.instants import Instant

KEPT_UNNAMED = 86_400
"""Seconds in which a step has to name an uploaded file; afterwards it cannot be named, and is removed."""
_A = attachments.c
_FREE = "UPDATE attachment_usage SET files = files - 1, bytes = bytes - :stored WHERE site_id = :site"


class AttachmentRemover:
    """Removes what nobody can read or name any more."""

    def __init__(self, database: Database, place: FilePlace) -> None:
        self._database, self._place = database, place

    def remove_erased(self, limit: int = 200) -> int:
        """Remove the bytes of some erased files from the place; how many rows were dealt with. Nobody can
        read them any more: their keys are gone."""
        query = select(_A.site_id, _A.id, _A.ticket_id, _A.stored).where(
            _A.erased_at.is_not(None), _A.stored > 0
        )
        rows = self._database.rows(query.order_by(_A.erased_at, _A.site_id, _A.id).limit(limit))
        for site, identity, ticket, stored in rows:
            self._remove(site, identity, ticket, stored, erased=True)
        return len(rows)

    def remove_unnamed(self, now: Instant, limit: int = 200) -> int:
        """Remove some files that no step has named in a day; how many. A decision that names one of them in
        this moment has an hour to be recorded."""
        query = select(_A.site_id, _A.id, _A.ticket_id, _A.stored)
        query = query.where(_A.seq.is_(None), _A.uploaded_at < now - KEPT_UNNAMED - 3_600)
        rows = self._database.rows(query.order_by(_A.uploaded_at, _A.id).limit(limit))
        for site, identity, ticket, stored in rows:
            self._remove(site, identity, ticket, stored, erased=False)
        return len(rows)

    def _remove(self, site: str, identity: str, ticket: str, stored: int, *, erased: bool) -> None:
        """Remove a file from the place, unless another ticket has it; then note that it is gone."""
        where = (_A.site_id == site) & (_A.id == identity)
        others = select(func.count()).where(where, _A.ticket_id != ticket, _A.stored > 0)
        last = not self._database.rows(others)[0][0]
        if last:
            self._place.delete(file_name(identity))
            self._place.delete(file_name(identity) + THUMBNAIL)
        how = "UPDATE attachments SET stored = 0" if erased else "DELETE FROM attachments"
        key = {"site": site, "id": identity, "ticket": ticket, "stored": stored}
        with self._database.transaction() as session:
            gone = session.run(
                f"{how} WHERE site_id = :site AND id = :id AND ticket_id = :ticket AND stored = :stored", key
            )
            if gone.rowcount and stored and last:
                session.run(_FREE, key)

    def remove_strays(self, now: Instant) -> int:
        """Remove files of the last days that belong to no row: their upload was killed; how many there
        were."""
        removed = 0
        for days in range(1, 4):
            removed += self._remove_strays_of(day_of(now - days * 86_400), now)
        return removed

    def remove_unknown(self) -> int:
        """Remove all files from the place that belong to no row; how many there were."""
        strays = list(self.find_strays(list(self._place.names())))
        for name in strays:
            self._place.delete(name)
        return len(strays)

    def _remove_strays_of(self, day: str, now: Instant) -> int:
        names = [name for name in self._place.names(day) if time_of(name) < now - KEPT_UNNAMED]
        strays = list(self.find_strays(names))
        for name in strays:
            self._place.delete(name)
        return len(strays)

    def find_strays(self, names: Sequence[str]) -> Iterator[str]:
        """Those of these names in the place that belong to no row."""
        for first in range(0, len(names), 500):
            page = names[first : first + 500]
            ids = {id_of(name) for name in page}
            query = select(_A.id).where(_A.id.in_(ids), _A.stored > 0).distinct()
            known = {row[0] for row in self._database.rows(query)}
            yield from (name for name in page if id_of(name) not in known)
