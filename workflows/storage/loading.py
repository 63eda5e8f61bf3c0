"""A ticket and its clocks, found in as few round trips as the database allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from workflows.storage.database import Database, Session
from workflows.storage.remembering import Loaded, Remembered
from workflows.storage.ticket_rows import CLOCK, TICKET, clock_from, ticket_from

_TICKET = f"SELECT {', '.join(TICKET)} FROM tickets WHERE site_id = :site AND id = :id"
_HEAD = "SELECT head FROM tickets WHERE site_id = :site AND id = :id"
_OF_TICKET = "FROM clocks WHERE site_id = :site AND ticket_id = :id"
_CLOCKS = f"SELECT {', '.join(CLOCK)} {_OF_TICKET} ORDER BY started_at, name"
_BOTH = (
    f"SELECT {', '.join(TICKET)}, (SELECT json_agg(json_build_array({', '.join(CLOCK)})"
    f" ORDER BY started_at, name)::text {_OF_TICKET}) FROM tickets WHERE site_id = :site AND id = :id"
)


class Loading:
    """Loads tickets. On PostgreSQL in one statement, for there a round trip costs more than the reading."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ticket, self._clocks = database.sql(_TICKET), database.sql(_CLOCKS)
        self._both, self._head = database.sql(_BOTH), database.sql(_HEAD)
        self.remembered = Remembered()

    def load(self, site: str, ticket_id: str, seen: int | None = None) -> Loaded | None:
        """A ticket and its clocks; None if the site has no such ticket.

        `seen` is the seq the actor saw: a copy of that very seq will do, for a step that is decided on it is
        only written if the ticket is still there.
        """
        which = {"site": site, "id": ticket_id}
        known = self.remembered.get(site, ticket_id)
        if known is not None and (known[0].seq == seen or self._still(known, which)):
            return known
        reading = self._at_once if self._database.postgres else self._in_turn
        found = self._database.again(lambda session: reading(session, which))
        if found is None:
            return None
        row, clocks = found
        personal = self._database.cipher.open(row[25], f"{site}/{ticket_id}", "ticket", row[24])
        loaded = ticket_from(row, personal), tuple(map(clock_from, clocks))
        self.remembered.put(loaded)
        return loaded

    def _still(self, known: Loaded, which: dict[str, str]) -> bool:
        return self._database.read(self._head, which) == [(known[0].head,)]

    def _in_turn(self, session: Session, which: dict[str, str]) -> tuple[Any, Sequence[Any]] | None:
        # The ticket first: if a step slips in between, its seq is the older one and `record` refuses.
        row = session.run(self._ticket, which).fetchone()
        return None if row is None else (row, session.run(self._clocks, which).fetchall())

    def _at_once(self, session: Session, which: dict[str, str]) -> tuple[Any, Sequence[Any]] | None:
        row = session.run(self._both, which).fetchone()
        return None if row is None else (row, orjson.loads(row[-1]) if row[-1] else ())
