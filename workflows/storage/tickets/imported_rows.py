"""Stores digests of the rows that imported tickets were made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import orjson

from workflows.storage.database import Database
from workflows.storage.insert_statements import build_upsert
from workflows.storage.tables import imports

_BESIDE = "LEFT JOIN imports i ON i.site_id = t.site_id AND i.ticket_id = t.id"
_OF = f"FROM tickets t {_BESIDE} WHERE t.site_id = :site"
_IDS_SQLITE = "SELECT value FROM json_each(:ids)"
_IDS_POSTGRES = "SELECT json_array_elements_text(CAST(:ids AS json))"
_SQLITE = f"SELECT t.id, i.digest {_OF} AND t.id IN ({_IDS_SQLITE})"
_POSTGRES = f"SELECT t.id, i.digest {_OF} AND t.id IN ({_IDS_POSTGRES})"
_NOTED = "SELECT ticket_id FROM imports WHERE site_id = :site AND ticket_id IN ({})"


class ImportDigests:
    """Reads and stores the digests of imported rows. A row with the same digest need not be imported
    again."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = database.sql(_POSTGRES if database.postgres else _SQLITE)
        self._noted = database.sql(_NOTED.format(_IDS_POSTGRES if database.postgres else _IDS_SQLITE))
        self._store = database.sql(build_upsert(imports, "VALUES (:site_id, :ticket_id, :digest)"))

    def find(self, site: str, tickets: Sequence[str]) -> dict[str, str | None]:
        """Ticket id -> digest, for those of the tickets that exist; None where no digest is stored."""
        rows = self._database.read(self._known, {"site": site, "ids": orjson.dumps(tickets).decode()})
        return dict(rows)

    def noted(self, site: str, ids: Sequence[str]) -> frozenset[str]:
        """Those of the ids for which a digest is stored, whether the ticket exists or not."""
        rows = self._database.read(self._noted, {"site": site, "ids": orjson.dumps(ids).decode()})
        return frozenset(ticket_id for (ticket_id,) in rows)

    def store_with(self, site: str, digests: Mapping[str, str], write: Callable[[], None]) -> None:
        """Call `write` and store the digests of the tickets that it writes, both or neither."""
        rows = [{"site_id": site, "ticket_id": ticket, "digest": each} for ticket, each in digests.items()]
        with self._database.unit_of_work(lambda _: None):
            write()
            if rows:
                with self._database.transaction() as session:
                    session.run_many(self._store, rows)
