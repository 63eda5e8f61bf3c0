"""Finds and writes the entries of the registers of all sites, and reads their histories."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import select, tuple_

from workflows.core.commands import Actor
from workflows.core.records import EntryWrite, RegisterReader
from workflows.core.step import Step
from workflows.folding import canonical
from workflows.natural_order import natural_key
from workflows.storage.audit.key import load_audit_key
from workflows.storage.blind_index import BlindIndex, FieldSource
from workflows.storage.cipher import CipherError
from workflows.storage.cursors import decode_opaque, encode_opaque
from workflows.storage.database import Database, Session
from workflows.storage.registers.erase import EntryEraser
from workflows.storage.registers.results import EntryChange, EntryPage, RegisterEntry
from workflows.storage.registers.search import EntrySearch
from workflows.storage.registers.terms import EntryTerms, search_words
from workflows.storage.registers.write import (
    FIND,
    FIND_BY_FOLDED_KEY,
    KEY_CONDITION,
    EntryAuthor,
    EntryRow,
    EntryWriter,
    build_entry,
    fold_key,
)
from workflows.storage.sql import Row, Sql
from workflows.storage.tables import entry_terms, register_entries, register_history
from workflows.timing.instants import Instant

_OPEN = f"SELECT data FROM register_entries WHERE {KEY_CONDITION} AND struck_at IS NULL"
_ANY_IN_FORCE = (
    "SELECT 1 FROM register_entries WHERE site_id = :site AND register = :register"
    " AND struck_at IS NULL LIMIT 1"
)
_RENEW = (
    "UPDATE register_entries SET words = :words, natural_key = :natural_key, edition = :edition"
    f" WHERE {KEY_CONDITION}"
)
_PASS_OVER = f"UPDATE register_entries SET edition = :edition WHERE {KEY_CONDITION}"
_E, _H = register_entries.c, register_history.c
_PAGE_SIZE = 500


class Entries:
    """The registers of all sites. `eraser` destroys the keys of personal columns."""

    def __init__(
        self, database: Database, index: BlindIndex | None = None, source: FieldSource | None = None
    ) -> None:
        self._database = database
        self.terms = EntryTerms(database, index or BlindIndex(database), source)
        statements = map(database.sql, (FIND, FIND_BY_FOLDED_KEY, _OPEN, _ANY_IN_FORCE))
        self._find, self._find_folded, self._open, self._any_in_force = statements
        self._writer = EntryWriter(database, self.terms)
        self.eraser = EntryEraser(database, self._writer)

    def for_site(self, site: str) -> RegisterReader:
        """A reader of one site's registers for a decision; it reads each entry at most once."""
        return _OfSite(self, site)

    def open_columns(self, site: str, register: str, key: str) -> dict[str, object] | None:
        """The open columns of an entry in force; None if there is none."""
        rows = self._read_entry(self._open, {"site": site, "register": register, "key": key})
        return orjson.loads(rows[0][0]) if rows else None

    def has_entries(self, site: str, register: str) -> bool:
        """Whether a register has any entry in force at a site."""
        return bool(self._database.read(self._any_in_force, {"site": site, "register": register}))

    def find(self, site: str, register: str, key: str) -> RegisterEntry | None:
        """An entry with its personal columns, in force or struck; None if there is none."""
        rows = self._read_entry(self._find, {"site": site, "register": register, "key": key})
        return build_entry(rows[0], self._database.cipher) if rows else None

    def find_many(self, site: str, keys: Collection[tuple[str, str]]) -> list[RegisterEntry]:
        """The entries with these (register, key), by register, their keys in natural order."""
        found = list[RegisterEntry]()
        for register in sorted(
            {register for register, _ in keys}
        ):  # of pairs, SQLite would read the whole site
            query = select(*(_E[name] for name in EntryRow._fields)).where(
                _E.site_id == site,
                _E.register == register,
                _E.key.in_(sorted(key for each, key in keys if each == register)),
            )
            rows = sorted(self._database.rows(query), key=lambda row: (natural_key(row.key), row.key))
            found += [build_entry(row, self._database.cipher) for row in rows]
        return found

    def _read_entry(self, statement: Sql, entry_key: dict[str, str]) -> Sequence[Row]:
        """The rows for an entry's key: as it is given, in the normalised spelling, or as it was stored
        before keys were normalised."""
        for key in dict.fromkeys((entry_key["key"], canonical(entry_key["key"]))):
            if rows := self._database.read(statement, entry_key | {"key": key}):
                return rows
        former = self._database.read(self._find_folded, fold_key(entry_key))
        return self._database.read(statement, entry_key | {"key": former[0][0]}) if former else ()

    def page(
        self,
        site: str,
        register: str,
        *,
        q: str = "",
        personal: bool = False,
        struck: bool = False,
        cursor: str | None = None,
        limit: int = 50,
    ) -> EntryPage:
        """One page of entries, their keys in natural order: those in force, or the struck ones.

        `q` are words that must all be in the key or the open columns; or, with `personal`, be found of
        somebody in the personal ones. ValueError if the cursor is not one of this list.
        """
        query = select(*(_E[name] for name in EntryRow._fields))
        query = query.where(_E.site_id == site, _E.register == register)
        query = query.where(_E.struck_at.is_not(None) if struck else _E.struck_at.is_(None))
        search = EntrySearch(self.terms, site, register, q, personal)
        query = query.where(search.condition)
        if cursor is not None:
            after = _decode_cursor(cursor)
            query = query.where(tuple_(_E.natural_key, _E.key) > tuple_(natural_key(after), after))
        rows = self._database.rows(query.order_by(_E.natural_key, _E.key).limit(limit + 1))
        entries = tuple(build_entry(row, self._database.cipher) for row in rows[:limit])
        following = _encode_cursor(entries[-1].key) if len(rows) > limit else None
        return EntryPage(entries, following, tuple(filter(search.found_person, entries)))

    def in_force(self, site: str, register: str) -> Iterator[tuple[str, Mapping[str, object]]]:
        """The key and the open columns of every entry in force, by key; read page by page."""
        last = ""
        while True:
            query = select(_E.key, _E.data).where(
                _E.site_id == site, _E.register == register, _E.struck_at.is_(None), _E.key > last
            )
            rows = self._database.rows(query.order_by(_E.key).limit(_PAGE_SIZE))
            yield from ((row.key, orjson.loads(row.data)) for row in rows)
            if len(rows) < _PAGE_SIZE:
                return
            last = rows[-1].key

    def history(
        self, site: str, register: str, key: str, after: int = 0, limit: int = 200
    ) -> tuple[EntryChange, ...]:
        """Up to `limit` changes of an entry after the change of seq `after`, oldest first; without
        personal columns."""
        query = select(register_history).where(
            _H.site_id == site, _H.register == register, _H.key == key, _H.seq > after
        )
        return tuple(map(_build_change, self._database.rows(query.order_by(_H.seq).limit(limit))))

    def write(
        self,
        site: str,
        entry_writes: Sequence[EntryWrite],
        actor: Actor,
        at: Instant,
        expected: int | None = None,
    ) -> int:
        """Write changes by hand, all of them or none; how many entries have changed.

        `expected` is the seq of the entry that the actor saw, 0 if there was none. Conflict if it has moved
        on.
        """
        load_audit_key(self._database)  # before the transaction, see there
        with self._database.transaction() as session:
            author = EntryAuthor(site, actor, at)
            return sum(
                [self._writer.write(session, author, entry_write, expected) for entry_write in entry_writes]
            )

    def renew(self, site: str, register: str, key: str) -> None:
        """Make anew what an entry is found and ordered by; the entry itself stays as it is. If its personal
        columns were tampered with, as the audit tells, it stays unfound."""
        entry_key = {"site": site, "register": register, "key": key}
        with self._database.transaction() as session:
            try:
                entry = self._writer.lock(session, entry_key, None)
            except CipherError:
                session.run(_PASS_OVER, {**entry_key, "edition": self.terms.edition})
                return
            if entry is not None:
                self.terms.write(session, entry, entry)
                words = {"words": search_words(entry.data), "natural_key": natural_key(entry.key)}
                session.run(_RENEW, {**entry_key, **words, "edition": self.terms.edition})

    def delete_all(self, site: str) -> None:
        """Delete all entries of a site and their histories. Only rehearsals do this."""
        with self._database.transaction() as session:
            for table in (entry_terms, register_entries, register_history):
                session.run(f"DELETE FROM {table.name} WHERE site_id = :site", {"site": site})

    def write_step(self, session: Session, step: Step) -> None:
        """Write the changes of a step in the transaction that writes the step."""
        author = EntryAuthor(step.after.site, step.event.actor, step.event.at, step.after.id)
        for entry_write in step.entry_writes:
            self._writer.write(session, author, entry_write)


class _OfSite:
    """The registers of one site. Each entry is read at most once."""

    def __init__(self, entries: Entries, site: str) -> None:
        self._entries, self._site = entries, site
        self._found: dict[tuple[str, str], Mapping[str, object] | None] = {}

    def find(self, register: str, key: str, /) -> Mapping[str, object] | None:
        """The open columns of an entry in force; None if there is none."""
        if (register, key) not in self._found:
            self._found[register, key] = self._entries.open_columns(self._site, register, key)
        return self._found[register, key]

    def is_in_use(self, register: str, /) -> bool:
        """Whether the register has any entry in force at the site."""
        return self._entries.has_entries(self._site, register)


def _encode_cursor(key: str) -> str:
    return encode_opaque(key.encode())


def _decode_cursor(cursor: str) -> str:
    try:
        return decode_opaque(cursor)
    except ValueError as error:
        raise ValueError(f"{cursor[:80]!r} is no cursor") from error


def _build_change(row: Any) -> EntryChange:
    return EntryChange(
        seq=row.seq,
        at=row.at,
        kind=row.kind,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        surface=row.surface,
        ticket=row.ticket_id,
        before=orjson.loads(row.before),
        after=orjson.loads(row.after),
        sealed=row.personal is not None,
        on_behalf=row.on_behalf,
        note=row.note or "",
    )
