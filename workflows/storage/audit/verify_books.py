"""Verifies the books other than histories, and that what depends on them is as they say."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import select

from workflows.storage.audit.books import BOOKS, REGISTERS, Book, compute_entry_outcome
from workflows.storage.audit.finding import AuditFinding, build_finding
from workflows.storage.database import Session
from workflows.storage.tables import (
    absence_changes,
    absences,
    memberships,
    register_entries,
    setting_changes,
    sites,
    staff_changes,
)

_AT_A_TIME = 1_000
_CALENDAR_PREFIX = "calendar."  # a setting with this prefix is a site's calendar, stored in another column


def verify_books(session: Session, site: str | None, key: bytes) -> Iterator[AuditFinding]:
    """What is wrong with the books of one site, or of all if None. Definitions belong to no site."""
    for book in BOOKS:
        if site is None or "site_id" in book.group:
            yield from _verify_book(session, book, site, key)
    yield from _verify_entries(session, site)
    yield from _verify_settings(session, site)
    yield from _verify_absences(session, site)
    yield from _verify_posts(session, site)


def read_rows(session: Session, book: Book, site: str | None) -> Iterator[dict[str, Any]]:
    """The rows of a book, of one site or of all, in the order of their groups."""
    columns = book.table.c
    query = select(book.table).order_by(*(columns[name] for name in (*book.group, book.order)))
    query = query.where(columns.site_id == site) if site is not None else query
    for row in session.connection.execute(query.execution_options(yield_per=_AT_A_TIME)):
        yield dict(row._mapping)


def _verify_book(session: Session, book: Book, site: str | None, key: bytes) -> Iterator[AuditFinding]:
    def group_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(row[name] for name in book.group)

    for group, rows in groupby(read_rows(session, book, site), key=group_of):
        where, name = _name_group(book, group)
        number, prev = 0, ""
        for row in rows:
            if row["mac"] is None:
                message = "nothing vouches for it; see `audit seal`"
                yield build_finding("unsealed", where, name, row[book.order], message)
                break
            number += 1
            if row[book.order] != number:
                yield build_finding("missing-row", where, name, number, f"row {number} is missing")
                number = row[book.order]
            elif not hmac.compare_digest(book.compute_mac(row, prev, key) or "", row["mac"]):
                yield build_finding(
                    "row-changed", where, name, number, "the row was changed after it was written"
                )
            prev = row["mac"]


def _name_group(book: Book, group: tuple[Any, ...]) -> tuple[str, str]:
    """The site of a group ("" if it has none), and the name of the group."""
    if book.group[0] == "site_id":
        return str(group[0]), "/".join((book.name, *map(str, group[1:])))
    return "", "/".join((book.name, *map(str, group)))


def _verify_entries(session: Session, site: str | None) -> Iterator[AuditFinding]:
    """Whether each entry of a register is as its last change left it."""
    h, e = REGISTERS.table.c, register_entries.c
    joined = register_entries.outerjoin(
        REGISTERS.table,
        (h.site_id == e.site_id) & (h.register == e.register) & (h.key == e.key) & (h.seq == e.seq),
    )
    query = select(register_entries, h.outcome, h.mac).select_from(joined)
    query = query.where(e.site_id == site) if site is not None else query
    for row in session.connection.execute(query.execution_options(yield_per=_AT_A_TIME)):
        values = dict(row._mapping)
        if values["head"] is None and values["mac"] is None and values["outcome"] is None:
            continue  # not sealed yet, which was reported before
        if values["outcome"] != compute_entry_outcome(values) or values["head"] != values["mac"]:
            name = f"{REGISTERS.name}/{values['register']}/{values['key']}"
            message = "the entry is not what its last change left"
            yield build_finding("entry-changed", values["site_id"], name, values["seq"], message)


def _verify_settings(session: Session, site: str | None) -> Iterator[AuditFinding]:
    """Whether each setting has the value of its last change."""
    c = setting_changes.c
    last_changes: dict[tuple[str, str], tuple[int, object]] = {}
    for row in session.connection.execute(select(setting_changes).order_by(c.site_id, c.seq)):
        value = None if row.after is None else orjson.loads(row.after)
        last_changes[row.site_id, row.setting] = (row.seq, value)
    for row in session.connection.execute(select(sites)):
        stored: dict[str, object] = orjson.loads(row.settings)
        stored |= {
            _CALENDAR_PREFIX + role: each["said"] or None
            for role, each in orjson.loads(row.calendars).items()
        }
        for (where, name), (seq, value) in last_changes.items():
            if where == row.id and site in (None, where) and stored.get(name) != value:
                message = f"the setting {name!r} is not what it was changed to"
                yield build_finding("setting-changed", where, f"setting-changes/{name}", seq, message)


def _verify_absences(session: Session, site: str | None) -> Iterator[AuditFinding]:
    """Whether the absences are those that were noted and not struck: they delegate posts."""
    noted: dict[tuple[str, str, int], tuple[int, str | None]] = {}
    c = absence_changes.c
    for row in session.connection.execute(select(absence_changes).order_by(c.site_id, c.seq)):
        absence_key = (row.site_id, row.staff_id, row.from_at)
        if row.kind == "note":
            noted[absence_key] = (row.to_at, row.substitute_id)
        else:
            noted.pop(absence_key, None)
    stored = {
        (row.site_id, row.staff_id, row.from_at): (row.to_at, row.substitute_id)
        for row in session.connection.execute(select(absences))
    }
    for absence_key in sorted({*noted, *stored}):
        if site in (None, absence_key[0]) and noted.get(absence_key) != stored.get(absence_key):
            message = "it is not as it was noted" if absence_key in noted else "nobody has noted it"
            yield build_finding(
                "absence-changed", absence_key[0], f"absence-changes/{absence_key[1]}", None, message
            )


def _verify_posts(session: Session, site: str | None) -> Iterator[AuditFinding]:
    """Whether accounts have the posts that were given to them; only accounts that were added since changes
    are recorded."""
    given: dict[str, set[tuple[str, str, str]]] = {}
    for row in session.connection.execute(select(staff_changes).order_by(staff_changes.c.seq)):
        change = orjson.loads(row.after or row.before or "null")
        if row.kind == "add":
            given[row.staff_id] = set()
        elif row.kind in ("grant", "revoke") and row.staff_id in given:
            post = (row.site_id, change["role"], change["department"] or "")
            (set.add if row.kind == "grant" else set.discard)(given[row.staff_id], post)
    stored: dict[str, set[tuple[str, str, str]]] = {who: set() for who in given}
    for row in session.connection.execute(select(memberships)):
        if row.staff_id in stored:
            stored[row.staff_id].add((row.site_id, row.role, row.department))
    for who in sorted(given):
        for where, role, department in sorted(given[who] ^ stored[who]):
            if site in (None, where):
                named = ":".join(filter(None, (role, department)))
                message = f"the post {named} is not as it was given or taken"
                yield build_finding("post-changed", where, f"staff-changes/{who}", None, message)
