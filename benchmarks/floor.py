"""The floor: the rows that the engine writes, written with the bare driver.

The rows are those of a ticket that the engine processed, byte for byte; only ids and numbers are new. Nothing
is checked, encrypted, hashed or computed. What is left is the cost that any engine has on this database.
"""

from __future__ import annotations

import sqlite3
import uuid
from dataclasses import dataclass, field
from typing import Any

from benchmarks.desk import SITE, STEPS, Bench
from workflows.storage import tables

TICKET = [column.name for column in tables.tickets.c]
HISTORY = [column.name for column in tables.history.c]
CLOCK = [column.name for column in tables.clocks.c]
ID = TICKET.index("id")
NUMBER = TICKET.index("number")


@dataclass
class Template:
    """The rows of one ticket, by step."""

    tickets: list[tuple[Any, ...]] = field(default_factory=list)
    history: list[tuple[Any, ...]] = field(default_factory=list)
    clocks: list[list[tuple[Any, ...]]] = field(default_factory=list)
    terms: list[str | None] = field(default_factory=list)


def template(bench: Bench) -> Template:
    """Process one ticket with the engine, and record the rows that each step wrote."""
    found = Template()
    seen: dict[str, tuple[Any, ...]] = {}
    last_terms: list[str | None] = [None]

    def keep(ticket: str, step: int) -> None:
        which = {"id": ticket}
        read, sql = bench.database.read, bench.database.sql
        found.tickets.append(
            tuple(read(sql(f"SELECT {', '.join(TICKET)} FROM tickets WHERE id = :id"), which)[0])
        )
        rows = read(
            sql(f"SELECT {', '.join(HISTORY)} FROM history WHERE ticket_id = :id ORDER BY seq"), which
        )
        found.history.append(tuple(rows[step]))
        clocks = read(sql(f"SELECT {', '.join(CLOCK)} FROM clocks WHERE ticket_id = :id"), which)
        found.clocks.append([tuple(row) for row in clocks if seen.get(row[2]) != tuple(row)])
        seen.update({row[2]: tuple(row) for row in clocks})
        terms = read(sql("SELECT terms FROM texts WHERE ticket_id = :id"), which)[0][0]
        found.terms.append(terms if terms != last_terms[0] else None)
        last_terms[0] = terms

    bench.walk(keep)
    return found


class Floor:
    """Seven steps in plain SQL. `sql` marks parameters in the driver's way."""

    def __init__(self, cursor: Any, mark: str, rows: Template, begin: str) -> None:
        self._run, self._cursor, self._begin = cursor.execute, cursor, begin
        self._rows = rows

        def insert(table: str, names: list[str]) -> str:
            return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join([mark] * len(names))})"

        self._load = f"SELECT {', '.join(TICKET)} FROM tickets WHERE site_id = {mark} AND id = {mark}"
        self._load_clocks = (
            f"SELECT {', '.join(CLOCK)} FROM clocks WHERE site_id = {mark} AND ticket_id = {mark}"
        )
        self._count = (
            f"INSERT INTO counters (site_id, name, value) VALUES ({mark}, {mark}, 1)"
            " ON CONFLICT (site_id, name) DO UPDATE SET value = counters.value + 1 RETURNING value"
        )
        self._open = insert("tickets", TICKET)
        self._moves = [self._build_update(step, mark) for step in range(1, STEPS)]
        self._history = insert("history", HISTORY)
        setting = ", ".join(f"{name} = excluded.{name}" for name in CLOCK[3:])
        self._clock = (
            f"{insert('clocks', CLOCK)} ON CONFLICT (site_id, ticket_id, name) DO UPDATE SET {setting}"
        )
        self._terms = (
            f"{insert('texts', ['site_id', 'ticket_id', 'terms'])}"
            " ON CONFLICT (site_id, ticket_id) DO UPDATE SET terms = excluded.terms"
        )

    def _build_update(self, step: int, mark: str) -> tuple[str, list[Any]]:
        """The UPDATE of a step, with only the columns that change, as written by hand."""
        old, new = self._rows.tickets[step - 1], self._rows.tickets[step]
        places = [place for place in range(len(TICKET)) if old[place] != new[place]]
        sets = ", ".join(f"{TICKET[place]} = {mark}" for place in places)
        guard = f"site_id = {mark} AND id = {mark} AND seq = {mark}"
        return f"UPDATE tickets SET {sets} WHERE {guard}", [new[place] for place in places]

    def walk(self) -> None:
        """One ticket through all its steps."""
        ticket = str(uuid.uuid4())
        for step in range(STEPS):
            if step:
                self._run(self._load, (SITE, ticket))
                self._cursor.fetchone()
                self._run(self._load_clocks, (SITE, ticket))
                self._cursor.fetchall()
            self._run(self._begin)
            self._write(ticket, step)
            self._run("COMMIT")

    def _write(self, ticket: str, step: int) -> None:
        row = self._rows.tickets[step]
        if step == 0:
            self._run(self._count, (SITE, "floor"))
            number = f"F-{self._cursor.fetchone()[0]}"
            self._run(self._open, (*row[:ID], ticket, number, *row[NUMBER + 1 :]))
        else:
            sql, values = self._moves[step - 1]
            self._run(sql, (*values, SITE, ticket, step))
            assert self._cursor.rowcount == 1
        self._run(self._history, (SITE, ticket, *self._rows.history[step][2:]))
        for clock in self._rows.clocks[step]:
            self._run(self._clock, (SITE, ticket, *clock[2:]))
        if self._rows.terms[step] is not None:
            self._run(self._terms, (SITE, ticket, self._rows.terms[step]))


def sqlite_floor(path: str, rows: Template, synchronous: str) -> Floor:
    """The floor on a SQLite file, with the engine's connection settings."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return Floor(connection.cursor(), "?", rows, "BEGIN IMMEDIATE")


def postgres_floor(url: str, rows: Template) -> Floor:
    """The floor on PostgreSQL."""
    import psycopg

    connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
    return Floor(connection.cursor(), "%s", rows, "BEGIN")
