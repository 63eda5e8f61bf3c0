"""Writes a prepared step, on each database in its own way."""

from __future__ import annotations

from typing import Protocol

from workflows.storage.database import Database, Session
from workflows.storage.errors import Conflict
from workflows.storage.sql import RowValues
from workflows.storage.tickets.prepare import PreparedStep, add_prefix
from workflows.storage.tickets.statements import PostgresStatements, SqliteStatements, StatementKey


class StepWriter(Protocol):
    """Writes a step and, if it has an idempotency key, the row of its answer."""

    def write(self, session: Session, step: PreparedStep, answer_row: RowValues | None) -> None:
        """Write all rows of the step. Conflict if the ticket has moved on."""


class SqliteWriter:
    """Writes row by row in the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._sql = SqliteStatements(database)

    def write(self, session: Session, step: PreparedStep, answer_row: RowValues | None) -> None:
        """Write all rows of the step. Conflict if the ticket has moved on."""
        sql = self._sql
        if not step.changed:
            session.run(sql.insert_ticket, step.ticket)
        elif session.run(sql.update_ticket(step.changed), step.ticket).rowcount != 1:
            raise build_conflict(step)
        session.run(sql.history, step.history)
        if step.clocks:
            session.run_many(sql.clock, step.clocks)
        if step.messages:
            session.run_many(sql.message, step.messages)
        if step.terms is not None:
            session.run(sql.terms, texts_row(step))
        if answer_row is not None:
            session.run(sql.key, answer_row)


class PostgresWriter:
    """Writes a step as one statement, which is atomic by itself."""

    def __init__(self, database: Database) -> None:
        self._sql = PostgresStatements(database)

    def write(self, session: Session, step: PreparedStep, answer_row: RowValues | None) -> None:
        """Write all rows of the step. Conflict if the ticket has moved on."""
        statement_key = StatementKey(
            changed=step.changed,
            clocks=len(step.clocks),
            messages=len(step.messages),
            terms=step.terms is not None,
            key=answer_row is not None,
        )
        answer = session.run(self._sql.step(statement_key), _build_values(step, answer_row)).fetchone()
        if answer is None or answer[0] != 1:
            raise build_conflict(step)


def create_writer(database: Database) -> StepWriter:
    """The writer for the kind of this database."""
    return PostgresWriter(database) if database.postgres else SqliteWriter(database)


def build_conflict(step: PreparedStep) -> Conflict:
    """The error of a step whose ticket is no longer at the seq from which it was decided."""
    before = step.step.before
    return Conflict(f"ticket {step.step.after.id} is no longer at step {before.seq if before else 0}")


def _build_values(step: PreparedStep, answer_row: RowValues | None) -> RowValues:
    values = add_prefix("t_", step.ticket) | add_prefix("h_", step.history)
    for index, clock in enumerate(step.clocks):
        values |= add_prefix(f"c{index}_", clock)
    for index, message in enumerate(step.messages):
        values |= add_prefix(f"m{index}_", message)
    if step.terms is not None:
        values |= add_prefix("x_", texts_row(step))
    return values if answer_row is None else values | add_prefix("k_", answer_row)


def texts_row(step: PreparedStep) -> RowValues:
    """The row of a ticket's search terms. `doc` is numbered by the statement, on SQLite only."""
    return {
        "site_id": step.ticket["site_id"],
        "ticket_id": step.ticket["id"],
        "doc": None,
        "terms": step.terms,
        "notes": step.notes,
        "edition": step.edition,
        "at": step.step.after.opened_at,  # SQLite numbers the row by it
    }
