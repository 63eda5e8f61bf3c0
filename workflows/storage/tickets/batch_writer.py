"""Writes many steps at once on PostgreSQL: one statement for all those that write the same columns and
tables.

The first step of each ticket is written before the second of any, and so on. Among different tickets the
order does not matter, since everything is one transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from workflows.core.ticket import TicketKey
from workflows.storage import tables
from workflows.storage.database import Database, Session
from workflows.storage.errors import Conflict
from workflows.storage.sql import RowValues, Sql
from workflows.storage.tickets.arrays import (
    bind_tickets,
    column_arrays,
    column_names,
    insert_rows,
    update_tickets,
    upsert_rows,
)
from workflows.storage.tickets.prepare import PreparedStep
from workflows.storage.tickets.writers import texts_row

FEWEST = 20
"""With fewer steps than this, one prepared statement for each is faster."""


class _Shape(NamedTuple):
    """What the steps of a group write: the changed columns of the tickets (none: new tickets), and which
    other tables."""

    changed: tuple[str, ...]
    clocks: bool
    messages: bool
    terms: bool


class BatchWriter:
    """Writes steps that change no roster and no register, and bring no answer to a request."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._statements: dict[_Shape, Sql] = {}

    def write(self, session: Session, steps: Sequence[PreparedStep]) -> None:
        """Write all steps. Conflict if any of the tickets has moved on."""
        for shape, group in _groups(steps):
            update_tickets = session.run(self._statement(shape), _values(shape, group)).fetchone()
            if update_tickets is None or update_tickets[0] != len(group):
                raise Conflict(f"of {len(group)} tickets some are no longer where they were seen")

    def _statement(self, shape: _Shape) -> Sql:
        statement = self._statements.get(shape)
        if statement is None:
            statement = self._statements[shape] = self._database.sql(_build(shape))
        return statement


def _groups(steps: Sequence[PreparedStep]) -> Iterator[tuple[_Shape, list[PreparedStep]]]:
    """Groups of steps of one shape, by their place among the steps of their ticket."""
    counts: Counter[TicketKey] = Counter()
    placed: list[tuple[int, _Shape, PreparedStep]] = []
    for step in steps:
        after = step.step.after
        shape = _Shape(step.changed, bool(step.clocks), bool(step.messages), step.terms is not None)
        placed.append((counts[after.site, after.id], shape, step))
        counts[after.site, after.id] += 1
    placed.sort(key=lambda each: each[:2])
    for (_, shape), group in groupby(placed, key=lambda each: each[:2]):
        yield shape, [step for _, _, step in group]


def _values(shape: _Shape, group: Sequence[PreparedStep]) -> RowValues:
    ticket_rows = [step.ticket for step in group]
    values = (
        bind_tickets(shape.changed, ticket_rows) if shape.changed else _whole("t_", "tickets", ticket_rows)
    )
    values |= _whole("h_", "history", [step.history for step in group])
    if shape.clocks:
        values |= _whole("c_", "clocks", [clock for step in group for clock in step.clocks])
    if shape.messages:
        values |= _whole("m_", "outbox", [message for step in group for message in step.messages])
    if shape.terms:
        values |= _whole("x_", "texts", [texts_row(step) for step in group])
    return values


def _whole(prefix: str, table: str, rows: Sequence[RowValues]) -> RowValues:
    return column_arrays(prefix, column_names(tables.metadata.tables[table]), rows)


def _build(shape: _Shape) -> str:
    first = (
        update_tickets(shape.changed) if shape.changed else f"{insert_rows(tables.tickets, 't_')} RETURNING 1"
    )
    parts = [f"moved AS ({first})", f"h AS ({insert_rows(tables.history, 'h_')})"]
    parts += [f"c AS ({upsert_rows(tables.clocks, 'c_')})"] if shape.clocks else []
    parts += [f"m AS ({insert_rows(tables.outbox, 'm_')})"] if shape.messages else []
    parts += [f"x AS ({upsert_rows(tables.texts, 'x_')})"] if shape.terms else []
    return f"WITH {', '.join(parts)} SELECT count(*) FROM moved"
