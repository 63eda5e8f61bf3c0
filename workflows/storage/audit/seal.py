"""Seals what was written before the record was chained with a key.

A seal cannot vouch for what happened before it; it protects what is there now. What is broken already is not
sealed, and is reported. Sealing may be stopped and run again, and the service may run meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import exists, select, update

from workflows.core.ticket import TicketKey
from workflows.storage.audit.books import BOOKS, READINGS, REGISTERS, STAFF, Book, compute_entry_outcome
from workflows.storage.audit.finding import AuditFinding, ProgressCallback
from workflows.storage.audit.hash_chain import HASHED_COLUMNS
from workflows.storage.audit.key import load_audit_key
from workflows.storage.audit.verify_tickets import StoredTicket, compute_seal_mac, read_tickets, verify_ticket
from workflows.storage.database import Database, Session
from workflows.storage.insert_statements import build_insert
from workflows.storage.tables import history, history_seals, register_entries

_SEQ, _OUTCOME, _HASH = HASHED_COLUMNS.index("seq"), HASHED_COLUMNS.index("outcome"), len(HASHED_COLUMNS)
_ADD = f"{build_insert(history_seals)} ON CONFLICT DO NOTHING"


def seal(database: Database, progress: ProgressCallback) -> Iterator[AuditFinding | int]:
    """Seal everything that is not sealed yet. Yields a finding for what is broken and cannot be sealed,
    and at the end how many tickets and rows of books were sealed."""
    key, done = load_audit_key(database), 0
    with database.snapshot() as session:
        for ticket_key, stored in read_tickets(session, None, progress):
            faults = [each for each in verify_ticket(ticket_key, stored, key) if each.kind != "unsealed"]
            if faults:
                yield from faults
            elif stored.seal is None and any(entry[_OUTCOME] is None for entry in stored.entries):
                done += _seal_ticket(database, ticket_key, stored, key)
    for book in BOOKS:
        done += _seal_book(database, book, key)
    yield done


def waiting(database: Database) -> bool:
    """Whether anything is not sealed yet. It reads histories until it finds something: too slow for every
    request."""
    of_ticket = (history_seals.c.site_id == history.c.site_id) & (
        history_seals.c.ticket_id == history.c.ticket_id
    )
    plain = history.c.outcome.is_(None) & ~exists().where(of_ticket)
    queries = [select(book.table.c.mac).where(book.table.c.mac.is_(None)) for book in BOOKS]
    return any(database.rows(query.limit(1)) for query in (*queries, select(history.c.seq).where(plain)))


def _seal_ticket(database: Database, ticket_key: TicketKey, stored: StoredTicket, key: bytes) -> int:
    site, ticket_id = ticket_key
    last = max(entry[_SEQ] for entry in stored.entries if entry[_OUTCOME] is None)
    row: dict[str, Any] = {
        "site_id": site,
        "ticket_id": ticket_id,
        "seq": last,
        "hash": next(entry[_HASH] for entry in stored.entries if entry[_SEQ] == last),
        "stands_at": stored.entries[-1][_SEQ],
        "outcome": orjson.dumps(stored.outcome).decode(),
    }
    row["mac"] = compute_seal_mac(row, key)
    with database.transaction() as session:
        return session.run(database.sql(_ADD), row).rowcount


def _seal_book(database: Database, book: Book, key: bytes) -> int:
    """Chain the groups that are not chained yet, each in a transaction. A row that is added to such a
    group meanwhile is not sealed until the next run."""
    unsealed = (
        select(*(book.table.c[name] for name in book.group)).where(book.table.c.mac.is_(None)).distinct()
    )
    done = 0
    for group in database.rows(unsealed):
        with database.transaction() as session:
            done += _seal_group(session, book, dict(zip(book.group, group, strict=True)), key)
    return done


def _seal_group(session: Session, book: Book, group: dict[str, Any], key: bytes) -> int:
    if book in (READINGS, STAFF):
        _assign_numbers(session, book, group)
    prev: str | None = ""
    count = 0
    rows = list(_read_group(session, book, group))
    for row in rows:
        if book is REGISTERS and row is rows[-1]:
            row["outcome"] = _find_entry_outcome(session, row)
        row["mac"] = prev = book.compute_mac(row, prev, key)
        written = {"mac": row["mac"]} | ({"outcome": row["outcome"]} if book is REGISTERS else {})
        where = [book.table.c[name] == row[name] for name in (*book.group, book.order)]
        count += session.connection.execute(update(book.table).where(*where).values(written)).rowcount
    if book is REGISTERS and rows:
        where = [register_entries.c[name] == rows[-1][name] for name in (*book.group, "seq")]
        session.connection.execute(update(register_entries).where(*where).values(head=prev))
    return count


def _read_group(session: Session, book: Book, group: dict[str, Any]) -> Iterator[dict[str, Any]]:
    columns = book.table.c
    query = select(book.table).where(*(columns[name] == value for name, value in group.items()))
    for row in session.connection.execute(query.order_by(columns[book.order])):
        yield dict(row._mapping)


def _assign_numbers(session: Session, book: Book, group: dict[str, Any]) -> None:
    """Number the rows of a group from before rows were numbered, in the order in which they were written."""
    columns = book.table.c
    order, keys = columns[book.order], list(book.table.primary_key.columns)
    query = select(*keys).where(*(columns[name] == value for name, value in group.items()))
    rows = session.connection.execute(query.order_by(order.is_not(None), order, columns.at, *keys)).all()
    for sign in (-1, 1):  # numbers are unique, so the existing ones are made negative first
        for number, row in enumerate(rows, 1):
            conditions = [key == value for key, value in zip(keys, row, strict=True)]
            session.connection.execute(update(book.table).where(*conditions).values({order: sign * number}))


def _find_entry_outcome(session: Session, row: dict[str, Any]) -> str | None:
    """The digest of the entry of a history row, if the row is the entry's last change; else None."""
    e = register_entries.c
    where = [e[name] == row[name] for name in (*REGISTERS.group, "seq")]
    entry = session.connection.execute(select(register_entries).where(*where)).first()
    return compute_entry_outcome(dict(entry._mapping)) if entry else None
