"""Forgetting the people of a register: keys are destroyed, rows stay, and the history says so.

An entry has a key of its own for what is personal. When one that was struck begins anew, perhaps as somebody
else's, the key of what is over stays with the row of its strike and is destroyed in its own time.
"""

from __future__ import annotations

from sqlalchemy import select, union

from workflows.storage.database import Database, Session
from workflows.storage.entry_views import Entry
from workflows.storage.entry_writing import WHICH, Author, EntryWriter, change
from workflows.storage.tables import register_entries, register_history
from workflows.timing.instants import Instant

EVER = 2**62  # later than any moment
_FORGET = (
    f"UPDATE register_history SET data_key = NULL WHERE {WHICH} AND data_key IS NOT NULL AND at < :before"
)


class EntryEraser:
    """Erases personal columns, inside a transaction of its own."""

    def __init__(self, database: Database, writer: EntryWriter) -> None:
        self._database, self._writer = database, writer
        self._forget = database.sql(_FORGET)

    def kept_too_long(
        self, register: str, struck_before: Instant, limit: int = 200
    ) -> tuple[tuple[str, str], ...]:
        """(site, key) of the entries that were struck before this moment, the last time or once, and still
        hold what was personal then."""
        e, h = register_entries.c, register_history.c
        last = select(e.site_id, e.key).where(
            e.register == register, e.struck_at < struck_before, e.data_key.is_not(None)
        )
        once = select(h.site_id, h.key).where(
            h.register == register, h.at < struck_before, h.data_key.is_not(None)
        )
        rows = self._database.rows(union(last, once).order_by("site_id", "key").limit(limit))
        return tuple((row[0], row[1]) for row in rows)

    def erase(
        self,
        author: Author,
        register: str,
        key: str,
        *,
        struck_before: Instant | None = None,
        expected: int | None = None,
        note: str = "",
    ) -> bool:
        """Destroy the keys of what is personal of an entry and its history; whether there was any.

        With a moment, of what was struck before it; else all of it, also while the entry is in force. A row
        of history says so. Conflict if the entry is not at `expected`.
        """
        which = {"site": author.site, "register": register, "key": key}
        until = EVER if struck_before is None else struck_before
        with self._database.transaction() as session:
            before = self._writer.locked(session, which, expected)
            if before is None:
                return False
            former = session.run(self._forget, which | {"before": until}).rowcount
            whole = before.data_key is not None and (
                struck_before is None or (before.struck_at is not None and before.struck_at < until)
            )
            if former or whole:
                self._note(session, before, author, note, whole=whole)
            return bool(former or whole)

    def _note(self, session: Session, before: Entry, author: Author, note: str, *, whole: bool) -> None:
        after = before._replace(seq=before.seq + 1, changed_at=author.at)
        if whole:
            after = after._replace(personal={}, data_key=None)
        self._writer.put(session, before, after)
        self._writer.write_down(session, change("erase", before, after, author, note))
