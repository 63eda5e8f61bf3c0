"""How a prepared step is written on each database."""

from __future__ import annotations

from typing import Protocol

from workflows.storage.conflicts import Conflict
from workflows.storage.database import Database, Session
from workflows.storage.preparing import Prepared, prefixed
from workflows.storage.statements import PostgresStatements, Shape, SqliteStatements
from workflows.storage.ticket_rows import Values


class Writer(Protocol):
    """Writes a step, and a receipt with it where there is one."""

    def write(self, session: Session, step: Prepared, receipt: Values | None) -> None:
        """Write all of it. Conflict if the ticket has moved on."""


class SqliteWriter:
    """Row by row, inside a transaction of the caller's."""

    def __init__(self, database: Database) -> None:
        self._sql = SqliteStatements(database)

    def write(self, session: Session, step: Prepared, receipt: Values | None) -> None:
        """Write all of it. Conflict if the ticket has moved on."""
        sql = self._sql
        if not step.changed:
            session.run(sql.open, step.ticket)
        elif session.run(sql.move(step.changed), step.ticket).rowcount != 1:
            raise moved_on(step)
        session.run(sql.history, step.history)
        if step.clocks:
            session.many(sql.clock, step.clocks)
        if step.messages:
            session.many(sql.message, step.messages)
        if step.terms is not None:
            session.run(sql.terms, _texts_row(step))
        if receipt is not None:
            session.run(sql.key, receipt)


class PostgresWriter:
    """One statement, atomic by itself."""

    def __init__(self, database: Database) -> None:
        self._sql = PostgresStatements(database)

    def write(self, session: Session, step: Prepared, receipt: Values | None) -> None:
        """Write all of it. Conflict if the ticket has moved on."""
        shape = Shape(
            changed=step.changed,
            clocks=len(step.clocks),
            messages=len(step.messages),
            terms=step.terms is not None,
            key=receipt is not None,
        )
        answer = session.run(self._sql.step(shape), _values(step, receipt)).fetchone()
        if answer is None or answer[0] != 1:
            raise moved_on(step)


def writer(database: Database) -> Writer:
    """The writer that fits the database."""
    return PostgresWriter(database) if database.postgres else SqliteWriter(database)


def moved_on(step: Prepared) -> Conflict:
    """The ticket is no longer where it was seen."""
    before = step.step.before
    return Conflict(f"ticket {step.step.after.id} is no longer at step {before.seq if before else 0}")


def _values(step: Prepared, receipt: Values | None) -> Values:
    values = prefixed("t_", step.ticket) | prefixed("h_", step.history)
    for index, clock in enumerate(step.clocks):
        values |= prefixed(f"c{index}_", clock)
    for index, message in enumerate(step.messages):
        values |= prefixed(f"m{index}_", message)
    if step.terms is not None:
        values |= prefixed("x_", _texts_row(step))
    return values if receipt is None else values | prefixed("k_", receipt)


def _texts_row(step: Prepared) -> Values:
    return {
        "site_id": step.ticket["site_id"],
        "ticket_id": step.ticket["id"],
        "doc": None,
        "terms": step.terms,
    }
