"""Writes a batch of fired levels with few statements for many rows.

A fired level moves its ticket (`seq`, `head`, perhaps the priority), adds a history entry, sets the next
level of its clock, and inserts messages. Nothing else of the clock is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Protocol

from workflows.storage import tables
from workflows.storage.database import Database, Session
from workflows.storage.sql import Sql
from workflows.storage.tickets.arrays import (
    bind_tickets,
    column_arrays,
    column_names,
    insert_rows,
    set_columns,
    unnest_rows,
    update_tickets,
)
from workflows.storage.tickets.prepare import PreparedStep
from workflows.storage.tickets.statements import SqliteStatements

_SEQ = "SELECT seq FROM tickets WHERE site_id = :site_id AND id = :id"
_CLOCK_KEY = ("site_id", "ticket_id", "name")
_CLOCK_SET = ("level", "next_level_at")


class SweepWriter(Protocol):
    """Writes the steps of a batch of fired levels."""

    def filter_unmoved(self, session: Session, steps: Sequence[PreparedStep], /) -> list[PreparedStep]:
        """The steps whose tickets have not moved on since they were read."""

    def write(self, session: Session, steps: Sequence[PreparedStep]) -> int:
        """Write all steps; how many tickets have moved. It is fewer if one was at another step than
        expected."""


class SqliteSweepWriter:
    """Runs each statement once, for many rows."""

    def __init__(self, database: Database) -> None:
        self._sql = SqliteStatements(database)
        self._seq = database.sql(_SEQ)
        set_columns = ", ".join(f"{name} = :{name}" for name in _CLOCK_SET)
        guard = " AND ".join(f"{name} = :{name}" for name in _CLOCK_KEY)
        self._clock = database.sql(f"UPDATE clocks SET {set_columns} WHERE {guard}")

    def filter_unmoved(self, session: Session, steps: Sequence[PreparedStep]) -> list[PreparedStep]:
        """The steps whose tickets have not moved on since they were read."""
        unmoved = []
        for step in steps:
            row = session.run(
                self._seq, {"site_id": step.ticket["site_id"], "id": step.ticket["id"]}
            ).fetchone()
            if row is not None and row[0] == step.ticket["before"]:
                unmoved.append(step)
        return unmoved

    def write(self, session: Session, steps: Sequence[PreparedStep]) -> int:
        """Write all steps; how many tickets have moved."""
        count = 0
        for changed, group in _group_by_columns(steps):
            count += session.run_many(self._sql.update_ticket(changed), [step.ticket for step in group])
        session.run_many(self._sql.history, [step.history for step in steps])
        session.run_many(self._clock, [clock for step in steps for clock in step.clocks])
        session.run_many(self._sql.message, [message for step in steps for message in step.messages])
        return count


class PostgresSweepWriter:
    """Runs one statement for all steps that change the same columns; each column is bound as one array."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql: dict[tuple[str, ...], Sql] = {}

    def filter_unmoved(self, _session: Session, steps: Sequence[PreparedStep]) -> list[PreparedStep]:
        """All steps, since the batch holds the locks of their tickets."""
        return list(steps)

    def write(self, session: Session, steps: Sequence[PreparedStep]) -> int:
        """Write all steps; how many tickets have moved."""
        count = 0
        for changed, group in _group_by_columns(steps):
            values = bind_tickets(changed, [step.ticket for step in group])
            values |= column_arrays("h_", column_names(tables.history), [step.history for step in group])
            clocks = [clock for step in group for clock in step.clocks]
            values |= column_arrays("c_", _CLOCK_KEY + _CLOCK_SET, clocks)
            messages = [message for step in group for message in step.messages]
            values |= column_arrays("m_", column_names(tables.outbox), messages)
            answer = session.run(self._statement(changed), values).fetchone()
            count += answer[0] if answer else 0
        return count

    def _statement(self, changed: tuple[str, ...]) -> Sql:
        statement = self._sql.get(changed)
        if statement is None:
            statement = self._sql[changed] = self._database.sql(_build_statement(changed))
        return statement


def create_sweep_writer(database: Database) -> SweepWriter:
    """The writer for the kind of this database."""
    return PostgresSweepWriter(database) if database.postgres else SqliteSweepWriter(database)


def _group_by_columns(steps: Sequence[PreparedStep]) -> Iterator[tuple[tuple[str, ...], list[PreparedStep]]]:
    for changed, group in groupby(
        sorted(steps, key=lambda step: step.changed), key=lambda step: step.changed
    ):
        yield changed, list(group)


def _build_statement(changed: tuple[str, ...]) -> str:
    clock = unnest_rows(tables.clocks, "c_", _CLOCK_KEY + _CLOCK_SET)
    return (
        f"WITH moved AS ({update_tickets(changed)}), h AS ({insert_rows(tables.history, 'h_')}),"
        f" c AS (UPDATE clocks c SET {set_columns(_CLOCK_SET)} FROM {clock}"
        " WHERE c.site_id = v.site_id AND c.ticket_id = v.ticket_id AND c.name = v.name),"
        f" m AS ({insert_rows(tables.outbox, 'm_')}) SELECT count(*) FROM moved"
    )
