"""Finds the levels that have come due, and writes what was decided about them, in batches.

On PostgreSQL the rows are locked while the batch lasts, and other workers skip them. On SQLite the batch is
read without a lock, and the steps of tickets that have moved on meanwhile are left out; the next sweep finds
them again. Either way each level fires exactly once. Tickets are read without data and personal values, and
only the columns that differ are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from workflows.core.step import Step
from workflows.core.ticket import Ticket
from workflows.storage.audit.key import load_audit_key
from workflows.storage.database import Database, Session
from workflows.storage.errors import Conflict
from workflows.storage.sql import Row
from workflows.storage.tickets.prepare import PreparedStep, StepPreparer, chain_steps
from workflows.storage.tickets.rows import CLOCK_COLUMNS, NARROW_COLUMNS, build_clock, build_narrow_ticket
from workflows.storage.tickets.sweep_writers import create_sweep_writer
from workflows.timing.clock import Clock
from workflows.timing.instants import Instant

_DUE = (
    f"SELECT {', '.join(f't.{name}' for name in NARROW_COLUMNS)},"
    f" {', '.join(f'c.{name}' for name in CLOCK_COLUMNS)}"
    " FROM clocks c JOIN tickets t ON t.site_id = c.site_id AND t.id = c.ticket_id"
    " WHERE c.next_level_at <= :now AND c.parked IS NULL ORDER BY c.next_level_at LIMIT :limit"
)
_OLDEST = (
    "SELECT next_level_at FROM clocks WHERE next_level_at IS NOT NULL AND parked IS NULL"
    " ORDER BY next_level_at LIMIT 1"
)
_PARK = "UPDATE clocks SET parked = :reason WHERE site_id = :site AND ticket_id = :id AND name = :clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLevel:
    """A clock whose next level has come due, and its ticket without data and personal values."""

    ticket: Ticket
    clock: Clock


@dataclass(slots=True)
class Batch:
    """The levels that are due, at most one for each ticket. `record` may be called once."""

    due: tuple[DueLevel, ...]
    _sweeper: Sweeper
    _session: Session | None

    def record(self, steps: Sequence[Step]) -> tuple[Ticket, ...]:
        """Write the steps of these tickets in one transaction; the tickets that were written, with their
        new heads."""
        return self._sweeper.record(steps, self._session) if steps else ()


class Sweeper:
    """Finds due levels and writes the steps that were decided for them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._due = database.sql(_DUE + (" FOR UPDATE OF c, t SKIP LOCKED" if database.postgres else ""))
        self._park, self._oldest = database.sql(_PARK), database.sql(_OLDEST)
        self._writer = create_sweep_writer(database)

    @contextmanager
    def sweep(self, now: Instant, limit: int) -> Iterator[Batch]:
        """A batch of up to `limit` levels that are due at `now`, for this worker alone."""
        values = {"now": now, "limit": limit}
        if not self._database.postgres:
            yield Batch(_build_due_levels(self._database.read(self._due, values)), self, None)
            return
        with self._database.transaction() as session:
            yield Batch(_build_due_levels(session.run(self._due, values).fetchall()), self, session)

    def record(self, steps: Sequence[Step], session: Session | None) -> tuple[Ticket, ...]:
        """Write the steps in the transaction of the batch, or in a new one if `session` is None."""
        preparation = StepPreparer(self._database.cipher, lambda _: None)
        prepared = [preparation.prepare(step) for step in steps]
        chain_steps(prepared, load_audit_key(self._database))
        if session is not None:
            self._write(session, prepared)
        else:
            with self._database.transaction() as own:
                prepared = self._writer.filter_unmoved(own, prepared)
                self._write(own, prepared)
        return tuple(step.after for step in prepared)

    def _write(self, session: Session, prepared: Sequence[PreparedStep]) -> None:
        if prepared and self._writer.write(session, prepared) != len(prepared):
            raise Conflict("a ticket of the batch has moved on")

    def oldest_due_level(self) -> Instant | None:
        """When the level that is to fire first is due; None if there is none."""
        rows = self._database.read(self._oldest, {})
        return int(rows[0][0]) if rows else None

    def park(self, site: str, ticket_id: str, clock: str, reason: str) -> None:
        """Put a clock aside with the reason, so that sweeps leave it out."""
        with self._database.transaction() as session:
            session.run(self._park, {"site": site, "id": ticket_id, "clock": clock, "reason": reason})


def _build_due_levels(rows: Sequence[Row]) -> tuple[DueLevel, ...]:
    """One level for each ticket: a second one must be decided on what the first has done."""
    levels: dict[Row, DueLevel] = {}
    for row in rows:
        if row[:2] not in levels:
            levels[row[:2]] = DueLevel(
                ticket=build_narrow_ticket(row[: len(NARROW_COLUMNS)]),
                clock=build_clock(row[len(NARROW_COLUMNS) :]),
            )
    return tuple(levels.values())
