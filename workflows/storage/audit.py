"""Whether the record is whole: every chain of history, and every number in its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from sqlalchemy import Connection, select

from workflows.storage.chain import HASHED, digest_of
from workflows.storage.database import Database
from workflows.storage.tables import counters, history, tickets

Kind = Literal["broken-hash", "broken-chain", "missing-seq", "head-mismatch", "number-gap"]
Progress = Callable[[int], None]

_ENTRY = [history.c[name] for name in HASHED]
_SEQ, _PREV = HASHED.index("seq"), HASHED.index("prev")
_AT_A_TIME = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it was written. `ticket` is its id, of a `number-gap` the counter's name."""

    kind: Kind
    site: str
    ticket: str
    seq: int | None
    message: str


def verify(
    database: Database, site: str | None = None, progress: Progress | None = None
) -> Iterator[Finding]:
    """Walk every chain, of one site or of all. `progress` hears how many entries have been seen."""
    with database.snapshot() as session:
        yield from _verify_chains(session.connection, site, progress or (lambda _: None))
        yield from _verify_numbers(session.connection, site)


def _verify_chains(connection: Connection, site: str | None, progress: Progress) -> Iterator[Finding]:
    h, t = history.c, tickets.c
    joined = history.outerjoin(tickets, (t.site_id == h.site_id) & (t.id == h.ticket_id))
    query = select(*_ENTRY, h.hash, t.seq.label("last"), t.head).select_from(joined)
    query = query.where(h.site_id == site) if site is not None else query
    rows = _counted(_stream(connection, query.order_by(h.site_id, h.ticket_id, h.seq)), progress)
    for (where, ticket), entries in groupby(rows, key=lambda row: (row[0], row[1])):
        yield from _verify_chain(where, ticket, entries)
    bare = select(t.site_id, t.id).where(
        ~select(h.seq).where(h.site_id == t.site_id, h.ticket_id == t.id).exists()
    )
    for where, ticket in connection.execute(bare.where(t.site_id == site) if site is not None else bare):
        yield _finding("missing-seq", where, ticket, 1, "the ticket has no history at all")


def _verify_chain(site: str, ticket: str, entries: Iterator[Any]) -> Iterator[Finding]:
    seq, prev, last = 0, "", None
    for row in entries:
        seq += 1
        if row[_SEQ] != seq:
            yield _finding("missing-seq", site, ticket, seq, f"entry {seq} is missing before {row[_SEQ]}")
            seq = row[_SEQ]
        elif row[_PREV] != prev:
            yield _finding("broken-chain", site, ticket, seq, "the entry does not follow the one before it")
        if digest_of(row[: len(HASHED)]) != row.hash:
            yield _finding("broken-hash", site, ticket, seq, "the entry was changed after it was written")
        prev, last = row.hash, row
    if last is not None and (last.last, last.head) != (seq, prev):
        yield _finding(
            "head-mismatch", site, ticket, seq, f"the ticket stands at step {last.last}, or elsewhere"
        )


def _verify_numbers(connection: Connection, site: str | None) -> Iterator[Finding]:
    query = select(counters).order_by(counters.c.site_id, counters.c.name)
    query = query.where(counters.c.site_id == site) if site is not None else query
    for row in connection.execute(query).all():
        before, after = row.name.split("#", 1)
        serial = re.compile(f"{re.escape(before)}([0-9]+){re.escape(after)}")
        t = tickets.c
        like = select(t.number).where(t.site_id == row.site_id, t.number.startswith(before, autoescape=True))
        given = {
            int(found[1]) for (number,) in _stream(connection, like) if (found := serial.fullmatch(number))
        }
        for missing in sorted(set(range(1, row.value + 1)) - given):
            yield _finding("number-gap", row.site_id, row.name, missing, f"number {missing} is missing")


def _stream(connection: Connection, query: Any) -> Iterator[Any]:
    return iter(connection.execute(query.execution_options(yield_per=_AT_A_TIME)))


def _counted(rows: Iterator[Any], progress: Progress) -> Iterator[Any]:
    for count, row in enumerate(rows, 1):
        if count % _AT_A_TIME == 0:
            progress(count)
        yield row


def _finding(kind: Kind, site: str, ticket: str, seq: int, message: str) -> Finding:
    return Finding(kind=kind, site=site, ticket=ticket, seq=seq, message=message)
