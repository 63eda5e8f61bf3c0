"""Verifies the whole record: every hash chain, the tickets' rows and clocks, every book, and the serial
numbers.

A database that was put back as a whole to an earlier state is consistent in itself. Only a head that was
stored elsewhere reveals that; see `audit.head`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from workflows.storage.audit.finding import AuditFinding as AuditFinding
from workflows.storage.audit.finding import ProgressCallback, build_finding
from workflows.storage.audit.key import load_audit_key
from workflows.storage.audit.verify_books import verify_books
from workflows.storage.audit.verify_tickets import read_tickets, verify_ticket
from workflows.storage.database import Database
from workflows.storage.tables import counters, tickets

_AT_A_TIME = 1_000


def verify(
    database: Database, site: str | None = None, progress: ProgressCallback | None = None
) -> Iterator[AuditFinding]:
    """Verify everything, of one site or of all; what is wrong. `progress` is called with the number of
    entries read so far."""
    key = load_audit_key(database)
    with database.snapshot() as session:
        for ticket_key, stored in read_tickets(session, site, progress or (lambda _: None)):
            yield from verify_ticket(ticket_key, stored, key)
        yield from verify_books(session, site, key)
        yield from _verify_numbers(session.connection, site)


def _verify_numbers(connection: Connection, site: str | None) -> Iterator[AuditFinding]:
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
            yield build_finding("number-gap", row.site_id, row.name, missing, f"number {missing} is missing")
        for extra in sorted(number for number in given if number > row.value):
            yield build_finding("number-gap", row.site_id, row.name, extra, f"number {extra} was never given")


def _stream(connection: Connection, query: Any) -> Iterator[Any]:
    return iter(connection.execute(query.execution_options(yield_per=_AT_A_TIME)))
