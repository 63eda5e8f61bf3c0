"""The levels that have come due, found and written in batches.

PostgreSQL: the rows are locked while the batch lasts, and other workers skip them. SQLite: the batch is read
without a lock, and the steps of a ticket that has moved on meanwhile are left out; the next sweep sees it
again. Either way each level fires exactly once. Tickets are read without data and personal values, and only
the columns that differ are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from workflows.core.step import Step
from workflows.core.ticket import Ticket
from workflows.storage.conflicts import Conflict
from workflows.storage.database import Database, Session
from workflows.storage.preparing import Preparation, Prepared
from workflows.storage.sql import Row
from workflows.storage.sweep_writers import sweep_writer
from workflows.storage.ticket_rows import CLOCK, NARROW, clock_from, narrow_ticket
from workflows.timing.clock import Clock
from workflows.timing.instants import Instant

_DUE = (
    f"SELECT {', '.join(f't.{name}' for name in NARROW)}, {', '.join(f'c.{name}' for name in CLOCK)}"
    " FROM clocks c JOIN tickets t ON t.site_id = c.site_id AND t.id = c.ticket_id"
    " WHERE c.next_level_at <= :now AND c.parked IS NULL ORDER BY c.next_level_at LIMIT :limit"
)
_PARK = "UPDATE clocks SET parked = :reason WHERE site_id = :site AND ticket_id = :id AND name = :clock"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLevel:
    """A clock whose next level has come due, and its ticket without data and personal values."""

    ticket: Ticket
    clock: Clock


@dataclass(slots=True)
class Batch:
    """What is due, at most one level of a ticket at a time. `record` may be called once."""

    due: tuple[DueLevel, ...]
    _sweeper: Sweeper
    _session: Session | None

    def record(self, steps: Sequence[Step]) -> tuple[Ticket, ...]:
        """Write the steps of these tickets in one transaction; those that stand, with their new heads."""
        return self._sweeper.record(steps, self._session) if steps else ()


class Sweeper:
    """Finds due levels and writes what was decided about them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._due = database.sql(_DUE + (" FOR UPDATE OF c, t SKIP LOCKED" if database.postgres else ""))
        self._park = database.sql(_PARK)
        self._writer = sweep_writer(database)

    @contextmanager
    def sweep(self, now: Instant, limit: int) -> Iterator[Batch]:
        """A batch of due levels, for this worker alone."""
        which = {"now": now, "limit": limit}
        if not self._database.postgres:
            yield Batch(_levels(self._database.read(self._due, which)), self, None)
            return
        with self._database.transaction() as session:
            yield Batch(_levels(session.run(self._due, which).fetchall()), self, session)

    def record(self, steps: Sequence[Step], session: Session | None) -> tuple[Ticket, ...]:
        """Write the steps in the transaction of the batch, or in one of their own."""
        preparation = Preparation(self._database.cipher, lambda _: None)
        prepared = [preparation.prepare(step) for step in steps]
        if session is not None:
            self._write(session, prepared)
        else:
            with self._database.transaction() as own:
                prepared = self._writer.still_there(own, prepared)
                self._write(own, prepared)
        return tuple(step.after for step in prepared)

    def _write(self, session: Session, prepared: Sequence[Prepared]) -> None:
        if prepared and self._writer.write(session, prepared) != len(prepared):
            raise Conflict("a ticket of the batch has moved on")

    def park(self, site: str, ticket_id: str, clock: str, reason: str | None) -> None:
        """Set a clock aside, or take it up again."""
        with self._database.transaction() as session:
            session.run(self._park, {"site": site, "id": ticket_id, "clock": clock, "reason": reason})


def _levels(rows: Sequence[Row]) -> tuple[DueLevel, ...]:
    """One level for each ticket: a second one must see what the first has done."""
    found: dict[Row, DueLevel] = {}
    for row in rows:
        if row[:2] not in found:
            found[row[:2]] = DueLevel(
                ticket=narrow_ticket(row[: len(NARROW)]), clock=clock_from(row[len(NARROW) :])
            )
    return tuple(found.values())
