"""Erases the personal columns of register entries: keys are destroyed, rows stay, and the history records it.

An entry has a data key of its own. If an entry that was struck begins anew, perhaps as another person's, the
former key stays with the history row of the strike and is destroyed when its own retention ends.
"""

from __future__ import annotations

from sqlalchemy import select, union

from workflows.storage.audit.key import load_audit_key
from workflows.storage.database import Database, Session
from workflows.storage.registers.results import RegisterEntry
from workflows.storage.registers.write import KEY_CONDITION, EntryAuthor, EntryWriter, build_change_row
from workflows.storage.tables import register_entries, register_history
from workflows.timing.instants import Instant

FAR_FUTURE = 2**62  # later than any moment
_DESTROY_KEYS = (
    f"UPDATE register_history SET data_key = NULL WHERE {KEY_CONDITION}"
    " AND data_key IS NOT NULL AND at < :before"
)


class EntryEraser:
    """Erases personal columns, each entry in a transaction of its own."""

    def __init__(self, database: Database, writer: EntryWriter) -> None:
        self._database, self._writer = database, writer
        self._destroy_keys = database.sql(_DESTROY_KEYS)

    def find_expired(
        self, register: str, struck_before: Instant, limit: int = 200
    ) -> tuple[tuple[str, str], ...]:
        """(site, key) of up to `limit` entries that were struck before this instant, the last time or an
        earlier one, and still have the personal columns of then."""
        e, h = register_entries.c, register_history.c
        last = select(e.site_id, e.key).where(
            e.register == register, e.struck_at < struck_before, e.data_key.is_not(None)
        )
        earlier = select(h.site_id, h.key).where(
            h.register == register, h.at < struck_before, h.data_key.is_not(None)
        )
        rows = self._database.rows(union(last, earlier).order_by("site_id", "key").limit(limit))
        return tuple((site, key) for site, key in rows)

    def erase(
        self,
        author: EntryAuthor,
        register: str,
        key: str,
        *,
        struck_before: Instant | None = None,
        expected: int | None = None,
        note: str = "",
    ) -> bool:
        """Destroy the keys of the personal columns of an entry and its history; False if there were none.

        With `struck_before`, only what was struck before that instant; else everything, even if the entry is
        in force. The erasure is recorded in the history. Conflict if the entry is not at `expected`.
        """
        entry_key = {"site": author.site, "register": register, "key": key}
        until = FAR_FUTURE if struck_before is None else struck_before
        load_audit_key(self._database)  # before the transaction, see there
        with self._database.transaction() as session:
            before = self._writer.lock(session, entry_key, expected)
            if before is None:
                return False
            former = session.run(self._destroy_keys, entry_key | {"before": until}).rowcount
            whole = before.data_key is not None and (
                struck_before is None or (before.struck_at is not None and before.struck_at < until)
            )
            if former or whole:
                self._store_erasure(session, before, author, note, whole=whole)
            return bool(former or whole)

    def _store_erasure(
        self, session: Session, before: RegisterEntry, author: EntryAuthor, note: str, *, whole: bool
    ) -> None:
        after = before._replace(seq=before.seq + 1, changed_at=author.at)
        if whole:
            after = after._replace(personal={}, data_key=None)
        self._writer.store(session, before, after, build_change_row("erase", before, after, author, note))
