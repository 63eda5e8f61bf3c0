"""How entries of registers are written, each with a row of its history.

Personal columns are sealed with a key of the entry's own. Every write is guarded by the entry's `seq`: two at
once are a Conflict.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson

from workflows.core.commands import Actor
from workflows.core.records import Filing, laid
from workflows.storage.cipher import Cipher
from workflows.storage.conflicts import Conflict
from workflows.storage.database import Database, Session
from workflows.storage.entry_views import Entry
from workflows.storage.statements import inserting
from workflows.storage.tables import register_entries, register_history
from workflows.timing.instants import Instant

WHICH = "site_id = :site AND register = :register AND key = :key"
FIND = f"SELECT {', '.join(register_entries.c.keys())} FROM register_entries WHERE {WHICH}"
_MOVE = (
    "UPDATE register_entries SET seq = :seq, data = :data, personal = :personal, data_key = :data_key,"
    f" words = :words, changed_at = :changed_at, struck_at = :struck_at WHERE {WHICH} AND seq = :before"
)
_PUT_BY = (
    f"UPDATE register_history SET data_key = :data_key WHERE {WHICH} AND seq ="
    f" (SELECT max(seq) FROM register_history WHERE {WHICH} AND kind = 'strike')"
)


class Author(NamedTuple):
    """Who writes at which site, when, and in whose step; None where somebody writes by hand."""

    site: str
    actor: Actor
    at: Instant
    ticket: str | None = None


class EntryWriter:
    """Writes filings, inside a transaction of the caller's."""

    def __init__(self, database: Database) -> None:
        self._cipher = database.cipher
        self._put_by = database.sql(_PUT_BY)
        self._lock = database.sql(FIND + (" FOR UPDATE" if database.postgres else ""))
        self._insert, self._move = database.sql(inserting(register_entries)), database.sql(_MOVE)
        self._note = database.sql(inserting(register_history))

    def write(self, session: Session, author: Author, filing: Filing, expected: int | None = None) -> bool:
        """Write one; whether it has changed anything. Conflict if the entry is not at `expected`."""
        which = {"site": author.site, "register": filing.register, "key": filing.key}
        before = self.locked(session, which, expected)
        after = _after(before, filing, author)
        if after is None:
            return False
        private = _private(before, after, filing)
        key = before.data_key if before else None
        if before is not None and key is not None and before.struck_at is not None:
            # It begins anew, perhaps as somebody else's: what is over is forgotten in its own time.
            session.run(self._put_by, which | {"data_key": key})
            key = None
        if key is None and (after.personal or private):
            key = self._cipher.new_key(after.whose)
        self.put(session, before, after._replace(data_key=key))
        sealed = self._cipher.seal(key, after.whose, str(after.seq), private) if key and private else None
        row = change("strike" if filing.strike else "record", before, after, author)
        self.write_down(session, row | {"personal": sealed})
        return True

    def locked(self, session: Session, which: dict[str, str], expected: int | None) -> Entry | None:
        """The entry as it is, for one writer alone. Conflict if it is not at `expected`."""
        row = session.run(self._lock, which).fetchone()
        before = entry_from(row, self._cipher) if row else None
        if expected is not None and expected != (before.seq if before else 0):
            raise Conflict(f"{which['register']} {which['key']} has moved on")
        return before

    def write_down(self, session: Session, row: dict[str, Any]) -> None:
        """Add a row of history, see `change`."""
        session.run(self._note, row)

    def put(self, session: Session, before: Entry | None, after: Entry) -> None:
        """Write the entry as it is `after`, its personal columns sealed. Conflict if it has moved."""
        key = after.data_key
        sealed = (
            self._cipher.seal(key, after.whose, "entry", after.personal) if key and after.personal else None
        )
        row = {
            "site_id": after.site,
            "site": after.site,
            "register": after.register,
            "key": after.key,
            "seq": after.seq,
            "data": orjson.dumps(after.data).decode(),
            "personal": sealed,
            "data_key": key,
            "words": folded("\n".join(_words(after.data.values()))),
            "changed_at": after.changed_at,
            "struck_at": after.struck_at,
        }
        if before is None:
            session.run(self._insert, row)
        elif session.run(self._move, row | {"before": before.seq}).rowcount != 1:
            raise Conflict(f"{after.whose} has moved on")


def entry_from(row: Any, cipher: Cipher) -> Entry:
    """The entry of a whole row, its personal columns opened."""
    return Entry(
        site=row[0],
        register=row[1],
        key=row[2],
        seq=row[3],
        data=orjson.loads(row[4]),
        personal=cipher.open(row[6], "/".join(row[:3]), "entry", row[5]),
        data_key=row[6],
        changed_at=row[8],
        struck_at=row[9],
    )


def _after(before: Entry | None, filing: Filing, author: Author) -> Entry | None:
    """The entry as it is then; None if nothing changes. One that was struck begins anew."""
    standing = before.standing if before else None
    seq = (before.seq if before else 0) + 1
    if filing.strike:
        return standing._replace(seq=seq, changed_at=author.at, struck_at=author.at) if standing else None
    data = laid({**(standing.data if standing else {}), filing.column: filing.key}, filing.data)
    personal = laid(standing.personal if standing else {}, filing.personal)
    if standing is not None and (data, personal) == (standing.data, standing.personal):
        return None
    return Entry(
        site=author.site,
        register=filing.register,
        key=filing.key,
        seq=seq,
        data=data,
        personal=personal,
        data_key=None,
        changed_at=author.at,
        struck_at=None,
    )


def _private(before: Entry | None, after: Entry, filing: Filing) -> dict[str, object]:
    """The personal columns that have changed, before and after; nothing, if none has."""
    held = before.standing if before else None
    old, new = (held.personal if held else {}), ({} if filing.strike else after.personal)
    changed = [name for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    if not changed:
        return {}
    return {
        "before": {name: old[name] for name in changed if name in old},
        "after": {name: new[name] for name in changed if name in new},
    }


def change(
    kind: str, before: Entry | None, after: Entry, author: Author, note: str | None = None
) -> dict[str, Any]:
    """The row of history, without what is sealed."""
    held, then = before.standing if before else None, after.standing
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
        "before": orjson.dumps(held.data if held else {}).decode(),
        "after": orjson.dumps(then.data if then else {}).decode(),
        "personal": None,
        "on_behalf": author.actor.on_behalf,
        "note": note,
        "data_key": None,
    }


def folded(text: str) -> str:
    """A text as it is searched: wide and narrow letters, great and small ones are the same."""
    return unicodedata.normalize("NFKC", text).casefold()


def _words(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, list):
            yield from map(str, value)
        elif not isinstance(value, bool):
            yield str(value)
