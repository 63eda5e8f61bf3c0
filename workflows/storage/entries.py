"""The registers of all sites: entries, found and written, each change kept with who, when and whose step."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import select

from workflows.core.commands import Actor
from workflows.core.records import Filing, Records
from workflows.core.step import Step
from workflows.storage.database import Database, Session
from workflows.storage.entry_erasing import EntryEraser
from workflows.storage.entry_views import Entry, EntryChange, EntryPage
from workflows.storage.entry_writing import FIND, WHICH, Author, EntryWriter, entry_from, folded
from workflows.storage.tables import register_entries, register_history
from workflows.timing.instants import Instant

_OPEN = f"SELECT data FROM register_entries WHERE {WHICH} AND struck_at IS NULL"
_KEPT = (
    "SELECT 1 FROM register_entries WHERE site_id = :site AND register = :register"
    " AND struck_at IS NULL LIMIT 1"
)
_E, _H = register_entries.c, register_history.c
_A_PAGE = 500


class Entries:
    """Finds and writes entries."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._find, self._open, self._kept = map(database.sql, (FIND, _OPEN, _KEPT))
        self._writer = EntryWriter(database)
        self.eraser = EntryEraser(database, self._writer)

    def at(self, site: str) -> Records:
        """The registers of a site, for a decision."""
        return _OfSite(self, site)

    def open_columns(self, site: str, register: str, key: str) -> dict[str, object] | None:
        """The open columns of an entry in force."""
        rows = self._database.read(self._open, {"site": site, "register": register, "key": key})
        return orjson.loads(rows[0][0]) if rows else None

    def kept(self, site: str, register: str) -> bool:
        """Whether the site has any entry in force."""
        return bool(self._database.read(self._kept, {"site": site, "register": register}))

    def find(self, site: str, register: str, key: str) -> Entry | None:
        """An entry with its personal columns, also one that was struck."""
        rows = self._database.read(self._find, {"site": site, "register": register, "key": key})
        return entry_from(rows[0], self._database.cipher) if rows else None

    def page(
        self,
        site: str,
        register: str,
        *,
        q: str = "",
        struck: bool = False,
        cursor: str | None = None,
        limit: int = 50,
    ) -> EntryPage:
        """Entries in the order of their keys: those in force, or those that were struck. `q` are words, all
        of which must be in the key or the open columns. ValueError if the cursor is none of these lists."""
        query = select(register_entries).where(_E.site_id == site, _E.register == register)
        query = query.where(_E.struck_at.is_not(None) if struck else _E.struck_at.is_(None))
        for word in folded(q).split():
            query = query.where(_E.words.contains(word, autoescape=True))
        if cursor is not None:
            query = query.where(_E.key > _key_of(cursor))
        rows = self._database.rows(query.order_by(_E.key).limit(limit + 1))
        found = tuple(entry_from(row, self._database.cipher) for row in rows[:limit])
        return EntryPage(found, _cursor(found[-1].key) if len(rows) > limit else None)

    def in_force(self, site: str, register: str) -> Iterator[tuple[str, Mapping[str, object]]]:
        """The key and the open columns of every entry in force, in the order of the keys."""
        last = ""
        while True:
            query = select(_E.key, _E.data).where(
                _E.site_id == site, _E.register == register, _E.struck_at.is_(None), _E.key > last
            )
            rows = self._database.rows(query.order_by(_E.key).limit(_A_PAGE))
            yield from ((row.key, orjson.loads(row.data)) for row in rows)
            if len(rows) < _A_PAGE:
                return
            last = rows[-1].key

    def history(
        self, site: str, register: str, key: str, after: int = 0, limit: int = 200
    ) -> tuple[EntryChange, ...]:
        """What was done to an entry, oldest first; without its personal columns."""
        query = select(register_history).where(
            _H.site_id == site, _H.register == register, _H.key == key, _H.seq > after
        )
        return tuple(map(_change, self._database.rows(query.order_by(_H.seq).limit(limit))))

    def file(
        self, site: str, filings: Sequence[Filing], actor: Actor, at: Instant, expected: int | None = None
    ) -> int:
        """Write by hand, all of it or nothing; how many entries have changed by it.

        `expected` is the seq that was seen of the entry, 0 if it was not there. Conflict if it has moved.
        """
        with self._database.transaction() as session:
            author = Author(site, actor, at)
            return sum([self._writer.write(session, author, filing, expected) for filing in filings])

    def clear(self, site: str) -> None:
        """Take all entries of a site away with their histories: for rehearsals, where nothing is to last."""
        with self._database.transaction() as session:
            for table in (register_entries, register_history):
                session.run(f"DELETE FROM {table.name} WHERE site_id = :site", {"site": site})

    def follow(self, session: Session, step: Step) -> None:
        """Write what a step says, in the transaction that writes the step."""
        author = Author(step.after.site, step.entry.actor, step.entry.at, step.after.id)
        for filing in step.filings:
            self._writer.write(session, author, filing)


class _OfSite:
    """The registers of one site, each entry read once."""

    def __init__(self, entries: Entries, site: str) -> None:
        self._entries, self._site = entries, site
        self._found: dict[tuple[str, str], Mapping[str, object] | None] = {}

    def find(self, register: str, key: str, /) -> Mapping[str, object] | None:
        """The open columns of an entry in force."""
        if (register, key) not in self._found:
            self._found[register, key] = self._entries.open_columns(self._site, register, key)
        return self._found[register, key]

    def kept(self, register: str, /) -> bool:
        """Whether the site has any entry in force."""
        return self._entries.kept(self._site, register)


def _cursor(key: str) -> str:
    return urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _key_of(cursor: str) -> str:
    try:
        return urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode()
    except ValueError as error:
        raise ValueError(f"{cursor[:80]!r} is no cursor") from error


def _change(row: Any) -> EntryChange:
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
