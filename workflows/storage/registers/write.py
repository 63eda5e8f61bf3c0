"""Writes entries of registers, each change with a row of the entry's history.

Personal columns are sealed with a key of the entry's own. Every write is guarded by the entry's `seq`: of two
at once, one gets a Conflict.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import orjson

from workflows.core.commands import Actor
from workflows.core.records import EntryWrite, merge_columns
from workflows.folding import canonical
from workflows.natural_order import natural_key
from workflows.storage.audit.books import REGISTERS, compute_entry_outcome
from workflows.storage.audit.key import load_audit_key
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database, Session
from workflows.storage.errors import Conflict
from workflows.storage.insert_statements import build_insert
from workflows.storage.registers.results import RegisterEntry
from workflows.storage.registers.terms import EntryTerms, search_words
from workflows.storage.tables import register_entries, register_history
from workflows.timing.instants import Instant

KEY_CONDITION = "site_id = :site AND register = :register AND key = :key"
# Finds an entry, as a restored backup may bring it, whose key was stored before keys had one spelling.
FIND_BY_FOLDED_KEY = (
    "SELECT key FROM register_entries"
    " WHERE site_id = :site AND register = :register AND folded_key = :key ORDER BY key LIMIT 1"
)


class EntryRow(NamedTuple):
    """The columns of `register_entries` that an entry is built from, in the order in which they are read."""

    site_id: str
    register: str
    key: str
    seq: int
    data: str
    personal: bytes | None
    data_key: bytes | None
    changed_at: Instant
    struck_at: Instant | None
    head: str | None
    edition: int


FIND = f"SELECT {', '.join(EntryRow._fields)} FROM register_entries WHERE {KEY_CONDITION}"
_UPDATE = (
    "UPDATE register_entries SET seq = :seq, data = :data, personal = :personal, data_key = :data_key,"
    " words = :words, changed_at = :changed_at, struck_at = :struck_at, head = :head, edition = :edition"
    f" WHERE {KEY_CONDITION} AND seq = :before"
)
_STORE_FORMER_KEY = (
    f"UPDATE register_history SET data_key = :data_key WHERE {KEY_CONDITION} AND seq ="
    f" (SELECT max(seq) FROM register_history WHERE {KEY_CONDITION} AND kind = 'strike')"
)


class EntryAuthor(NamedTuple):
    """Who writes at which site, when, and in the step of which ticket; `ticket` is None if it is written
    by hand."""

    site: str
    actor: Actor
    at: Instant
    ticket: str | None = None


class EntryWriter:
    """Writes changes of entries in the caller's transaction."""

    def __init__(self, database: Database, terms: EntryTerms) -> None:
        self._database, self._cipher, self._terms = database, database.cipher, terms
        self._store_former_key = database.sql(_STORE_FORMER_KEY)
        self._lock = database.sql(FIND + (" FOR UPDATE" if database.postgres else ""))
        self._insert, self._update = database.sql(build_insert(register_entries)), database.sql(_UPDATE)
        self._insert_change, self._find_folded = (
            database.sql(build_insert(register_history)),
            database.sql(FIND_BY_FOLDED_KEY),
        )

    def write(
        self, session: Session, author: EntryAuthor, entry_write: EntryWrite, expected: int | None = None
    ) -> bool:
        """Write one change; False if the entry is like that already. Conflict if the entry is not at
        `expected`."""
        entry_key = {"site": author.site, "register": entry_write.register, "key": entry_write.key}
        before = self.lock(session, entry_key, expected)
        if before is not None:
            entry_write = entry_write._replace(key=before.key)
            entry_key["key"] = before.key
        after = _apply_entry_write(before, entry_write, author)
        if after is None:
            return False
        private = _changed_personal(before, after, entry_write)
        key = before.data_key if before else None
        if before is not None and key is not None and before.struck_at is not None:
            # The entry begins anew, perhaps as another person's: its former key has a retention of its own.
            session.run(self._store_former_key, entry_key | {"data_key": key})
            key = None
        if key is None and (after.personal or private):
            key = self._cipher.new_key(after.key_owner)
        sealed = self._cipher.seal(key, after.key_owner, str(after.seq), private) if key and private else None
        row = build_change_row("strike" if entry_write.strike else "record", before, after, author)
        self.store(session, before, after._replace(data_key=key), row | {"personal": sealed})
        return True

    def lock(self, session: Session, entry_key: dict[str, str], expected: int | None) -> RegisterEntry | None:
        """The entry as it is, locked for this transaction; None if there is none. Conflict if it is not at
        `expected`."""
        row = session.run(self._lock, entry_key).fetchone()
        if row is None and (former := session.run(self._find_folded, fold_key(entry_key)).fetchone()):
            row = session.run(self._lock, entry_key | {"key": former[0]}).fetchone()
        before = build_entry(row, self._cipher) if row else None
        if expected is not None and expected != (before.seq if before else 0):
            raise Conflict(f"{entry_key['register']} {entry_key['key']} has moved on")
        return before

    def store(
        self, session: Session, before: RegisterEntry | None, after: RegisterEntry, change_row: dict[str, Any]
    ) -> None:
        """Write the entry as it is `after` the change, and the row of its history (see `build_change_row`).

        Conflict if the entry is not as it was `before`.
        """
        row = self._build_row(after)
        change_row["outcome"] = compute_entry_outcome(row)
        prev = before.head if before else ""
        change_row["mac"] = row["head"] = REGISTERS.compute_mac(
            change_row, prev, load_audit_key(self._database)
        )
        if before is None:
            session.run(self._insert, row)
        elif session.run(self._update, row | {"before": before.seq}).rowcount != 1:
            raise Conflict(f"{after.key_owner} has moved on")
        self._terms.write(session, before, after)
        session.run(self._insert_change, change_row)

    def _build_row(self, after: RegisterEntry) -> dict[str, Any]:
        key = after.data_key
        sealed = (
            self._cipher.seal(key, after.key_owner, "entry", after.personal)
            if key and after.personal
            else None
        )
        return {
            "site_id": after.site,
            "site": after.site,
            "register": after.register,
            "key": after.key,
            "seq": after.seq,
            "data": orjson.dumps(after.data).decode(),
            "personal": sealed,
            "data_key": key,
            "words": search_words(after.data),
            "edition": self._terms.edition,
            "changed_at": after.changed_at,
            "struck_at": after.struck_at,
            "natural_key": natural_key(after.key),
            "folded_key": None,  # a new key is in its one spelling; of an old one, this never changes
        }


def build_entry(values: Iterable[Any], cipher: Cipher) -> RegisterEntry:
    """The entry of the columns of `EntryRow`, its personal columns opened."""
    row = EntryRow._make(values)
    owner = f"{row.site_id}/{row.register}/{row.key}"
    return RegisterEntry(
        site=row.site_id,
        register=row.register,
        key=row.key,
        seq=row.seq,
        data=orjson.loads(row.data),
        personal=cipher.open(row.data_key, owner, "entry", row.personal),
        data_key=row.data_key,
        changed_at=row.changed_at,
        struck_at=row.struck_at,
        head=row.head,
        edition=row.edition,
    )


def _apply_entry_write(
    before: RegisterEntry | None, entry_write: EntryWrite, author: EntryAuthor
) -> RegisterEntry | None:
    """The entry after the change; None if nothing changes. An entry that was struck begins anew."""
    in_force = before.if_in_force if before else None
    seq = (before.seq if before else 0) + 1
    if entry_write.strike:
        return in_force._replace(seq=seq, changed_at=author.at, struck_at=author.at) if in_force else None
    data = merge_columns(
        {**(in_force.data if in_force else {}), entry_write.column: entry_write.key}, entry_write.data
    )
    personal = merge_columns(in_force.personal if in_force else {}, entry_write.personal)
    if in_force is not None and (data, personal) == (in_force.data, in_force.personal):
        return None
    return RegisterEntry(
        site=author.site,
        register=entry_write.register,
        key=entry_write.key,
        seq=seq,
        data=data,
        personal=personal,
        data_key=None,
        changed_at=author.at,
        struck_at=None,
    )


def _changed_personal(
    before: RegisterEntry | None, after: RegisterEntry, entry_write: EntryWrite
) -> dict[str, object]:
    """The personal columns that differ, under `before` and `after`; empty if none differs."""
    in_force = before.if_in_force if before else None
    old, new = (in_force.personal if in_force else {}), ({} if entry_write.strike else after.personal)
    changed = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    if not changed:
        return {}
    return {
        "before": {name: old[name] for name in changed if name in old},
        "after": {name: new[name] for name in changed if name in new},
    }


def build_change_row(
    kind: str,
    before: RegisterEntry | None,
    after: RegisterEntry,
    author: EntryAuthor,
    note: str | None = None,
) -> dict[str, Any]:
    """The row of an entry's history, without its sealed values, `outcome` and `mac`."""
    old, new = before.if_in_force if before else None, after.if_in_force
    return {
        "site_id": after.site,
        "register": after.register,
        "key": after.key,
        "seq": after.seq,
        "at": author.at,
        "kind": kind,
        "actor_id": author.actor.id,
        "actor_name": author.actor.name,
        "surface": author.actor.surface,
        "ticket_id": author.ticket,
        "before": orjson.dumps(old.data if old else {}).decode(),
        "after": orjson.dumps(new.data if new else {}).decode(),
        "personal": None,
        "on_behalf": author.actor.on_behalf,
        "note": note,
        "data_key": None,
    }


def fold_key(entry_key: dict[str, str]) -> dict[str, str]:
    """The same entry, with its key in the normalised spelling."""
    return entry_key | {"key": canonical(entry_key["key"])}
