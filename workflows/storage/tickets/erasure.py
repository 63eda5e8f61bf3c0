"""Erases a ticket: its data key, with it its files, and free texts of its history, which were never sealed.

A text is removed from its row, and the row's hash stays, so the chain is not broken. The step that erases
vouches for the rest of the row: its data hold a digest of each such row after the erasure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import orjson
from sqlalchemy import select, update

from workflows.core.commands import Actor
from workflows.core.step import ERASE, REDACT, HistoryEvent, Step
from workflows.core.ticket import Ticket
from workflows.storage.attachments.attachments import erase_of_ticket
from workflows.storage.audit.hash_chain import HASHED_COLUMNS, short_digest
from workflows.storage.database import Database, Session
from workflows.storage.errors import Conflict
from workflows.storage.people.resident_links import DELETE_OF_TICKET
from workflows.storage.tables import (
    history,
    idempotency_keys,
    register_entries,
    register_history,
    texts,
    tickets,
)
from workflows.storage.tickets.letter_erasure import erase_letters
from workflows.storage.tickets.migrations import ERASE_REPLACED
from workflows.storage.tickets.store import Store
from workflows.storage.tickets.terms import note_terms
from workflows.timing.instants import Instant

ERASED = "erased"
"""In the data of a step: seq -> the digest of the row from which a text was removed."""
_FORGET_ROWS = "DELETE FROM imports WHERE site_id = :site AND ticket_id = :ticket"
_H, _T = history.c, tickets.c

ShouldErase = Callable[[int, str, str], bool]
"""Whether to remove a text: the entry's seq (0: the ticket's data), the field ("": the note), the text."""


def erase_nothing(_seq: int, _field: str, _text: str) -> bool:
    """The default of `Erasure.wanted`: no free text is removed."""
    return False


class RemainingData(NamedTuple):
    """What an erasure has left: a `note` or a `field` with free text, a `relative` or an `entry` of a
    register with personal values of its own; when a person was erased, an entry of which they are the
    `actor`."""

    kind: str
    what: str  # the field, the id of the actor, the number of the ticket, register/key
    seq: int | None = None


class Erasure(NamedTuple):
    """What to erase of which ticket, by whom and why. `title` gives the ticket's new title from its
    remaining data."""

    site: str
    ticket: str
    actor: Actor
    at: Instant
    note: str = ""
    expected: int | None = None
    personal: bool = True
    wanted: ShouldErase = erase_nothing
    title: Callable[[Mapping[str, object]], str] | None = None


def erase(database: Database, store: Store, erasure: Erasure) -> Ticket | None:
    """Erase, as one step of the ticket; the ticket afterwards. None if the site has no such ticket;
    Conflict if it is not at `expected`."""
    loaded = store.load(erasure.site, erasure.ticket)
    if loaded is None:
        return None
    before = loaded[0]
    if erasure.expected is not None and erasure.expected != before.seq:
        raise Conflict(f"{before.number} has moved on")
    with database.unit_of_work(lambda _: None) as unit:
        with database.transaction() as session:
            if not database.postgres:  # overwrite what is freed
                session.run("PRAGMA secure_delete=ON")
            redacted = _redact_history(session, before, erasure.wanted)
            if redacted:
                _index_notes(session, before)
            _clear_stored_answers(session, before)
            if erasure.personal:
                erase_of_ticket(session, erasure.site, erasure.ticket, erasure.at)
            # The digests of the imported rows would let somebody test a guess of a row.
            for forget in (_FORGET_ROWS, ERASE_REPLACED, DELETE_OF_TICKET):
                session.run(forget, {"site": erasure.site, "ticket": erasure.ticket})
        data = {
            name: value
            for name, value in before.data.items()
            if not _should_remove(erasure.wanted, 0, name, value)
        }
        after = before._replace(seq=before.seq + 1, changed_at=erasure.at)
        if erasure.personal:
            after = after._replace(personal={})
        if data != before.data:
            after = after._replace(data=data, title=erasure.title(data) if erasure.title else before.title)
        entry = HistoryEvent(
            seq=after.seq,
            at=erasure.at,
            kind=ERASE if erasure.personal else REDACT,
            actor=erasure.actor,
            data={ERASED: redacted} if redacted else {},
            note=erasure.note,
        )
        recorded = store.record([Step(before=before, after=after, event=entry)])[0]
        if erasure.personal or redacted or data != before.data:
            with database.transaction() as session:
                erase_letters(session, before, partial(_should_remove_quoted, erasure.wanted))
        if not database.postgres:
            with database.transaction() as session:
                session.run("PRAGMA secure_delete=OFF")
            unit.after_commit.append(partial(_truncate_wal, database))
    return recorded


def _truncate_wal(database: Database) -> None:
    """SQLite's log keeps older states otherwise. While somebody reads it, that is left to the next
    erasure."""
    with database.connect() as session:
        wait = session.run("PRAGMA busy_timeout").fetchall()[0][0]
        # Waiting for readers here would block all writers.
        for pragma in ("busy_timeout=0", "wal_checkpoint(TRUNCATE)", f"busy_timeout={wait}"):
            session.run(f"PRAGMA {pragma}").fetchall()


def _redact_history(session: Session, ticket: Ticket, wanted: ShouldErase) -> dict[str, str]:
    where = (_H.site_id == ticket.site) & (_H.ticket_id == ticket.id)
    rows = session.connection.execute(select(history).where(where).order_by(_H.seq)).all()
    digests: dict[str, str] = {}
    for row in rows:
        values: dict[str, Any] = orjson.loads(row.data)
        remaining = {
            name: value for name, value in values.items() if not _should_remove(wanted, row.seq, name, value)
        }
        note = "" if row.note and wanted(row.seq, "", row.note) else row.note
        if (note, remaining) == (row.note, values):
            continue
        changed = {"note": note, "data": orjson.dumps(remaining).decode()}
        session.connection.execute(update(history).where(where, _H.seq == row.seq).values(changed))
        row_after = {str(name): value for name, value in row._mapping.items()} | changed
        digests[str(row.seq)] = short_digest([row_after[name] for name in HASHED_COLUMNS])
    return digests


def _index_notes(session: Session, ticket: Ticket) -> None:
    """Index the notes that are left. What notes the step itself has is put behind them when it is written."""
    where = (_H.site_id == ticket.site) & (_H.ticket_id == ticket.id) & (_H.note != "")
    notes = session.connection.execute(select(_H.note).where(where).order_by(_H.seq)).scalars()
    of_ticket = (texts.c.site_id == ticket.site) & (texts.c.ticket_id == ticket.id)
    session.connection.execute(update(texts).where(of_ticket).values(notes="".join(map(note_terms, notes))))


def _should_remove(wanted: ShouldErase, seq: int, name: str, value: object) -> bool:
    return name != ERASED and any(wanted(seq, name, text) for text in collect_texts(value))


def _should_remove_quoted(wanted: ShouldErase, seq: int, name: str, value: object) -> bool:
    """Whether to remove a field that a message quotes: as a value of its step, or as one of the ticket."""
    return _should_remove(wanted, seq, name, value) or _should_remove(wanted, 0, name, value)


def collect_texts(value: object) -> list[str]:
    """All texts in a value, also those in lists and in the rows of a table."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in collect_texts(each)]
    return [text for each in value for text in collect_texts(each)] if isinstance(value, list | tuple) else []


def _clear_stored_answers(session: Session, ticket: Ticket) -> None:
    """Empty the stored answers about the ticket: whoever repeats their request learns that it was erased."""
    k = idempotency_keys.c
    where = (k.site_id == ticket.site) & (k.ticket_id == ticket.id)
    session.connection.execute(update(idempotency_keys).where(where).values(answer=b""))


def find_remaining(
    database: Database, ticket: Ticket, is_free_text: Callable[[str], bool]
) -> tuple[RemainingData, ...]:
    """What is still there of a ticket that was erased; `is_free_text` tells which fields hold free text."""
    remaining = [
        RemainingData("field", name)
        for name, value in ticket.data.items()
        if is_free_text(name) and collect_texts(value)
    ]
    entries = select(_H.seq, _H.note, _H.data).where(_H.site_id == ticket.site, _H.ticket_id == ticket.id)
    for seq, note, data in database.rows(entries.order_by(_H.seq)):
        remaining += [RemainingData("note", "", seq)] if note else []
        values = orjson.loads(data)
        remaining += [
            RemainingData("field", name, seq)
            for name in values
            if is_free_text(name) and collect_texts(values[name])
        ]
    conditions = [_T.parent == ticket.id, _T.origin == ticket.id]
    conditions += [_T.id == each for each in (ticket.parent, ticket.origin) if each]
    for condition in conditions:
        query = select(_T.number).where(_T.site_id == ticket.site, _T.data_key.is_not(None), condition)
        remaining += [
            RemainingData("relative", number) for (number,) in database.rows(query.order_by(_T.number))
        ]
    h, e = register_history.c, register_entries.c
    same = (h.site_id == e.site_id) & (h.register == e.register) & (h.key == e.key)
    entries_of_registers = select(e.register, e.key).distinct().join(register_history, same)
    entries_of_registers = entries_of_registers.where(
        e.site_id == ticket.site, h.ticket_id == ticket.id, e.data_key.is_not(None)
    )
    remaining += [
        RemainingData("entry", f"{register}/{key}") for register, key in database.rows(entries_of_registers)
    ]
    return tuple(remaining)
