"""The head of the record: the last row of every ticket's history and of every book, to be stored elsewhere
and compared later.

A database that was put back as a whole to an earlier state is consistent in itself; only something stored
elsewhere reveals it. A head is lines of JSON: what it is; a line for each ticket and for each group of a book
(its name, its key, the number of its last row, the hash of that row); and a last line with a keyed hash of
all of them.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import Select, Table, and_, func, select, tuple_

from workflows.storage.audit.books import BOOKS
from workflows.storage.audit.finding import AuditFinding, build_finding
from workflows.storage.audit.hash_chain import compute_mac
from workflows.storage.audit.key import load_audit_key
from workflows.storage.database import Database, Session
from workflows.storage.errors import StorageError
from workflows.storage.tables import history
from workflows.timing.instants import Instant, rfc3339

FORMAT = 1
_AT_A_TIME = 500
_TICKETS = "tickets"
# name -> the table, the columns of a group, the column that counts in it, the column of the hash
_CHAINS: Mapping[str, tuple[Table, tuple[str, ...], str, str]] = {
    _TICKETS: (history, ("site_id", "ticket_id"), "seq", "hash"),
    **{book.name: (book.table, book.group, book.order, "mac") for book in BOOKS},
}


def build_head(database: Database, now: Instant) -> Iterator[bytes]:
    """The lines of the head of the record as it is now; `now` is written into the first of them."""
    key, digest = load_audit_key(database), sha256()
    with database.snapshot() as session:
        first = orjson.dumps({"huifang": "head of the record", "format": FORMAT, "at": rfc3339(now)})
        for line in (first, *_build_lines(session)):
            digest.update(line)
            yield line
    yield orjson.dumps({"mac": compute_mac(key, ["head", digest.hexdigest()])})


def _build_lines(session: Session) -> Iterator[bytes]:
    for name in _CHAINS:
        for row in session.connection.execute(
            _select_last_rows(name).execution_options(yield_per=_AT_A_TIME)
        ):
            yield orjson.dumps([name, list(row[:-2]), row[-2], row[-1]])


def _select_last_rows(name: str) -> Select[Any]:
    """A query for the group, the number and the hash of the last sealed row of each group."""
    table, group, order, hashed = _CHAINS[name]
    keys = [table.c[each] for each in group]
    last = select(*keys, func.max(table.c[order]).label("last")).where(table.c[hashed].is_not(None))
    newest = last.group_by(*keys).subquery()
    joined = and_(table.c[order] == newest.c.last, *(newest.c[each] == table.c[each] for each in group))
    return select(*keys, table.c[order], table.c[hashed]).join(newest, joined).order_by(*keys)


def compare(database: Database, lines: Iterable[bytes]) -> Iterator[AuditFinding]:
    """What was in a head and is not in the record any more. StorageError if the head is not complete, or
    is not of this database."""
    checked = _check_lines(iter(lines), load_audit_key(database))
    with database.snapshot() as session:
        while page := list(islice(checked, _AT_A_TIME)):
            for name in _CHAINS:
                yield from _compare_lines(session, name, [line[1:] for line in page if line[0] == name])


def _check_lines(lines: Iterator[bytes], key: bytes) -> Iterator[Sequence[Any]]:
    """The lines between the first and the last. StorageError at the end, if the last does not vouch for
    them."""
    digest, before = sha256(), b""
    try:
        for line in (line.rstrip(b"\r\n") for line in lines):
            if before:
                digest.update(before)
                parsed = orjson.loads(before)
                if isinstance(parsed, list):
                    yield parsed
                elif parsed.get("format") != FORMAT:
                    raise StorageError("this is no head that this program has written")
            before = line
        last = orjson.loads(before or b"{}")
    except orjson.JSONDecodeError as error:
        raise StorageError(f"this is no head of a record: {error}") from error
    expected = compute_mac(key, ["head", digest.hexdigest()])
    if not isinstance(last, dict) or not hmac.compare_digest(str(last.get("mac")), expected):
        raise StorageError("the head is cut off, was changed, or is of another desk")


def _compare_lines(session: Session, name: str, lines: Sequence[Sequence[Any]]) -> Iterator[AuditFinding]:
    if not lines:
        return
    table, group, order, hashed = _CHAINS[name]
    keys = [table.c[each] for each in group]
    where = tuple_(*keys, table.c[order]).in_([(*key, number) for key, number, _ in lines])
    stored = {
        tuple(row[:-1]): row[-1]
        for row in session.connection.execute(select(*keys, table.c[order], table.c[hashed]).where(where))
    }
    for key, number, known in lines:
        current = stored.get((*key, number))
        if current == known:
            continue
        site = str(key[0]) if group[0] == "site_id" else ""
        name_in_finding = (
            str(key[-1]) if name == _TICKETS else "/".join((name, *map(str, key[1:] if site else key)))
        )
        if current is None:
            yield build_finding(
                "lost", site, name_in_finding, number, f"it had come to {number} when the head was taken"
            )
        else:
            yield build_finding(
                "rewritten", site, name_in_finding, number, "it was another when the head was taken"
            )
