"""How a batch of fired levels is written: few statements for many rows.

A fired level moves its ticket (`seq`, `head`, perhaps the priority), adds a history entry, sets its clock's
next level and puts messages in the outbox. Of the clock nothing else is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Protocol

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from workflows.storage import tables
from workflows.storage.database import Database, Session
from workflows.storage.preparing import Prepared
from workflows.storage.sql import Sql
from workflows.storage.statements import SqliteStatements
from workflows.storage.ticket_rows import Values

_PG = postgresql.dialect()  # type: ignore[no-untyped-call]
_SEQ = "SELECT seq FROM tickets WHERE site_id = :site_id AND id = :id"
_CLOCK_KEY = ("site_id", "ticket_id", "name")
_CLOCK_SET = ("level", "next_level_at")
_TICKET_KEY = ("site_id", "id", "before")


class SweepWriter(Protocol):
    """Writes a batch."""

    def still_there(self, session: Session, steps: Sequence[Prepared], /) -> list[Prepared]:
        """The steps whose tickets have not moved on."""

    def write(self, session: Session, steps: Sequence[Prepared]) -> int:
        """Write all of it; how many tickets moved."""


class SqliteSweepWriter:
    """Each statement once, for many rows."""

    def __init__(self, database: Database) -> None:
        self._sql = SqliteStatements(database)
        self._seq = database.sql(_SEQ)
        setting = ", ".join(f"{name} = :{name}" for name in _CLOCK_SET)
        guard = " AND ".join(f"{name} = :{name}" for name in _CLOCK_KEY)
        self._clock = database.sql(f"UPDATE clocks SET {setting} WHERE {guard}")

    def still_there(self, session: Session, steps: Sequence[Prepared]) -> list[Prepared]:
        """The steps whose tickets have not moved on."""
        there = []
        for step in steps:
            row = session.run(
                self._seq, {"site_id": step.ticket["site_id"], "id": step.ticket["id"]}
            ).fetchone()
            if row is not None and row[0] == step.ticket["before"]:
                there.append(step)
        return there

    def write(self, session: Session, steps: Sequence[Prepared]) -> int:
        """Write all of it; how many tickets moved."""
        moved = 0
        for changed, group in _by_shape(steps):
            moved += session.many(self._sql.move(changed), [step.ticket for step in group])
        session.many(self._sql.history, [step.history for step in steps])
        session.many(self._clock, [clock for step in steps for clock in step.clocks])
        session.many(self._sql.message, [message for step in steps for message in step.messages])
        return moved


class PostgresSweepWriter:
    """One statement for all steps of a shape; the rows come as one array for each column."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql: dict[tuple[str, ...], Sql] = {}

    def still_there(self, _session: Session, steps: Sequence[Prepared]) -> list[Prepared]:
        """All of them: the batch holds their locks."""
        return list(steps)

    def write(self, session: Session, steps: Sequence[Prepared]) -> int:
        """Write all of it; how many tickets moved."""
        moved = 0
        for changed, group in _by_shape(steps):
            values = _arrays("t_", (*_TICKET_KEY, *changed), [step.ticket for step in group])
            values |= _arrays("h_", tuple(tables.history.c.keys()), [step.history for step in group])
            clocks = [clock for step in group for clock in step.clocks]
            values |= _arrays("c_", _CLOCK_KEY + _CLOCK_SET, clocks)
            messages = [message for step in group for message in step.messages]
            values |= _arrays("m_", tuple(tables.outbox.c.keys()), messages)
            answer = session.run(self._statement(changed), values).fetchone()
            moved += answer[0] if answer else 0
        return moved

    def _statement(self, changed: tuple[str, ...]) -> Sql:
        found = self._sql.get(changed)
        if found is None:
            found = self._sql[changed] = self._database.sql(_build(changed))
        return found


def sweep_writer(database: Database) -> SweepWriter:
    """The writer that fits the database."""
    return PostgresSweepWriter(database) if database.postgres else SqliteSweepWriter(database)


def _by_shape(steps: Sequence[Prepared]) -> Iterator[tuple[tuple[str, ...], list[Prepared]]]:
    for changed, group in groupby(
        sorted(steps, key=lambda step: step.changed), key=lambda step: step.changed
    ):
        yield changed, list(group)


def _arrays(prefix: str, names: Sequence[str], rows: Sequence[Values]) -> Values:
    return {prefix + name: [row[name] for row in rows] for name in names}


def _build(changed: tuple[str, ...]) -> str:
    ticket = _unnest(tables.tickets, "t_", (*_TICKET_KEY, *changed))
    clock = _unnest(tables.clocks, "c_", _CLOCK_KEY + _CLOCK_SET)
    return (
        f"WITH moved AS (UPDATE tickets t SET {_setting(changed)} FROM {ticket}"
        " WHERE t.site_id = v.site_id AND t.id = v.id AND t.seq = v.before RETURNING 1),"
        f" h AS ({_insert(tables.history, 'h_')}),"
        f" c AS (UPDATE clocks c SET {_setting(_CLOCK_SET)} FROM {clock}"
        " WHERE c.site_id = v.site_id AND c.ticket_id = v.ticket_id AND c.name = v.name),"
        f" m AS ({_insert(tables.outbox, 'm_')}) SELECT count(*) FROM moved"
    )


def _setting(names: Sequence[str]) -> str:
    return ", ".join(f"{name} = v.{name}" for name in names)


def _insert(table: Table, prefix: str) -> str:
    names = tuple(table.c.keys())
    return f"INSERT INTO {table.name} ({', '.join(names)}) SELECT * FROM {_unnest(table, prefix, names)}"


def _unnest(table: Table, prefix: str, names: Sequence[str]) -> str:
    arrays = ", ".join(f"CAST(:{prefix}{name} AS {_type(table, name)}[])" for name in names)
    return f"unnest({arrays}) AS v ({', '.join(names)})"


def _type(table: Table, name: str) -> Any:
    return table.c["seq" if name == "before" else name].type.compile(dialect=_PG)
