"""The sweep against plain SQL in batches: 10,000 levels due among many open clocks, and none due.

The floor finds the due rows and writes what the sweep writes (ticket, history, clock, message), 500 at a
time, with values made beforehand: nothing is decided, computed or hashed.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from typing import Any

from benchmarks.desk import NOON, OPENING, SITE, Bench, build, database_url
from benchmarks.floor import CLOCK, HISTORY, TICKET
from benchmarks.paired import compare
from workflows.core.commands import Open
from workflows.storage import tables

BATCH = 500
LATE = NOON + 96 * 60 + 1  # one second past the first level: 80 % of two working hours
FAR = NOON + 10**9
OUTBOX = [column.name for column in tables.outbox.c]


def sweep_and_sql(kind: str, clocks: int = 1_000_000, due: int = 10_000, rounds: int = 5) -> None:
    """Print levels per second of both, and the cost of an empty sweep at 10,000 and at `clocks` open
    clocks."""
    with database_url(kind) as url:
        bench = build(url)
        driver = _Sqlite(url) if kind == "sqlite" else _Postgres(url)
        ids = list(_fill(bench, driver, min(clocks, 10_000)))
        few = _empty(bench, rounds)
        ids += _fill(bench, driver, clocks - len(ids))
        many = _empty(bench, rounds)
        step = max(1, len(ids) // due)
        chosen = ids[::step][:due]
        floor = _Floor(bench, driver, chosen)
        compare(
            f"sweep / SQL, {kind}, {due} of {clocks}",
            lambda: _sweep(bench),
            floor.sweep,
            due,
            "levels/s",
            rounds,
            prepare=lambda: floor.reset(chosen),
        )
        print(
            f"{f'empty sweep, {kind}':44} {few * 1e6:9.0f} µs at 10,000, {many * 1e6:9.0f} µs at {clocks}"
            f"   ratio {many / few:.2f}",
            flush=True,
        )
        bench.database.close()


def _sweep(bench: Bench) -> None:
    while bench.engine.sweep(LATE, BATCH):
        pass


def _empty(bench: Bench, rounds: int) -> float:
    from statistics import median
    from time import perf_counter

    bench.engine.sweep(NOON, BATCH)
    times = []
    for _ in range(20 * rounds):
        started = perf_counter()
        assert bench.engine.sweep(NOON, BATCH) == 0
        times.append(perf_counter() - started)
    return median(times)


class _Sqlite:
    mark = "?"
    begin = "BEGIN IMMEDIATE"

    def __init__(self, url: str) -> None:
        self.connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.cursor: Any = self.connection.cursor()


class _Postgres:
    mark = "%s"
    begin = "BEGIN"

    def __init__(self, url: str) -> None:
        import psycopg

        self.connection = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        self.cursor: Any = self.connection.cursor()


def _fill(bench: Bench, driver: Any, count: int) -> Iterator[str]:
    """Insert many open tickets like one that the engine opened, with clocks far from due; yields their
    ids."""
    first = str(uuid.uuid4())
    bench.engine.do(Open(site=SITE, id=first, workflow="work", actor=bench.clerk, data=OPENING), NOON)
    run, mark = driver.cursor, driver.mark
    run.execute(f"SELECT {', '.join(TICKET)} FROM tickets WHERE id = {mark}", (first,))
    ticket = run.fetchone()
    run.execute(f"SELECT {', '.join(CLOCK)} FROM clocks WHERE ticket_id = {mark}", (first,))
    clock = list(run.fetchone())
    clock[CLOCK.index("next_level_at")] = FAR
    insert = "INSERT INTO {} ({}) VALUES ({})"
    into_tickets = insert.format("tickets", ", ".join(TICKET), ", ".join([mark] * len(TICKET)))
    into_clocks = insert.format("clocks", ", ".join(CLOCK), ", ".join([mark] * len(CLOCK)))
    for start in range(0, count, 10_000):
        ids = [str(uuid.uuid4()) for _ in range(min(10_000, count - start))]
        run.execute(driver.begin)
        run.executemany(into_tickets, [(SITE, each, each, *ticket[3:]) for each in ids])
        run.executemany(into_clocks, [(SITE, each, *clock[2:]) for each in ids])
        run.execute("COMMIT")
        yield from ids
    run.execute("ANALYZE")


class _Floor:
    """The writes of the sweep, in plain SQL."""

    def __init__(self, bench: Bench, driver: Any, chosen: list[str]) -> None:
        self._cursor, self._begin = driver.cursor, driver.begin
        mark = self._mark = driver.mark
        self.reset(chosen[:1])
        _sweep(bench)
        self._history = self._row("history", HISTORY, chosen[0])
        self._message = self._row("outbox", OUTBOX, chosen[0])
        narrow = ", ".join("t." + name for name in TICKET if name not in ("data", "personal", "trail"))
        skip = " FOR UPDATE OF c, t SKIP LOCKED" if mark == "%s" else ""
        self._due = (
            f"SELECT {narrow}, {', '.join('c.' + name for name in CLOCK)} FROM clocks c JOIN tickets t"
            f" ON t.site_id = c.site_id AND t.id = c.ticket_id WHERE c.next_level_at <= {mark}"
            f" ORDER BY c.next_level_at LIMIT {BATCH}{skip}"
        )
        self._move = (
            f"UPDATE tickets SET seq = {mark}, head = {mark}, changed_at = {mark}"
            f" WHERE site_id = {mark} AND id = {mark} AND seq = {mark}"
        )
        self._tick = (
            f"UPDATE clocks SET level = {mark}, next_level_at = {mark}"
            f" WHERE site_id = {mark} AND ticket_id = {mark} AND name = {mark}"
        )
        self._into = {
            name: f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"
            for name, columns in (("history", HISTORY), ("outbox", OUTBOX))
        }

    def _row(self, table: str, columns: list[str], ticket: str) -> tuple[Any, ...]:
        self._cursor.execute(
            f"SELECT {', '.join(columns)} FROM {table} WHERE ticket_id = {self._mark}", (ticket,)
        )
        return tuple(self._cursor.fetchone())

    def reset(self, chosen: list[str]) -> None:
        """Make these clocks due again, and no others."""
        self._cursor.execute(self._begin)
        self._cursor.executemany(
            f"UPDATE clocks SET level = 0, next_level_at = {LATE - 1}"
            f" WHERE site_id = '{SITE}' AND ticket_id = {self._mark}",
            [(each,) for each in chosen],
        )
        self._cursor.execute("COMMIT")

    def sweep(self) -> None:
        """Fire everything that is due, a batch at a time."""
        while True:
            self._cursor.execute(self._begin)
            self._cursor.execute(self._due, (LATE,))
            rows = self._cursor.fetchall()
            self._write([(row[1], row[8]) for row in rows])
            self._cursor.execute("COMMIT")
            if len(rows) < BATCH:
                return

    def _write(self, tickets: list[tuple[str, int]]) -> None:
        if not tickets:
            return
        run, history, message = self._cursor.executemany, self._history, self._message
        head = "0" * 64
        run(self._move, [(seq + 1, head, LATE, SITE, each, seq) for each, seq in tickets])
        run(self._into["history"], [(SITE, each, seq + 1, *history[3:]) for each, seq in tickets])
        run(self._tick, [(1, FAR, SITE, each, "state.registered") for each, _ in tickets])
        run(
            self._into["outbox"],
            [(SITE, str(uuid.uuid4()), each, seq + 1, *message[4:]) for each, seq in tickets],
        )
