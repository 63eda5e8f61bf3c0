"""Counts how the promises that began in a period stand: kept, broken, running, overdue or paused."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from workflows.core.access.visibility import Viewer
from workflows.storage.database import Database
from workflows.storage.queries.results import ClockCounts
from workflows.storage.queries.visibility_sql import visibility_conditions
from workflows.storage.sql import join_by_key
from workflows.timing.instants import Instant

# Must agree with `Clock.verdict`.
_STATUS_CONDITIONS = {
    "met": "c.stopped_at IS NOT NULL AND (c.due_at IS NULL OR c.stopped_at <= c.due_at)",
    "missed": "c.stopped_at > c.due_at",
    "running": "c.stopped_at IS NULL AND c.due_at >= :now",
    "overdue": "c.stopped_at IS NULL AND c.due_at < :now",
    "paused": "c.stopped_at IS NULL AND c.due_at IS NULL",
}
_KEY = "tickets.site_id = :site AND tickets.id = c.ticket_id"
_COUNTS = ", ".join(f"count(CASE WHEN {holds} THEN 1 END)" for holds in _STATUS_CONDITIONS.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockFilter:
    """Which promises to count: begun at these sites in [since, until), of tickets that the viewer may see."""

    sites: Collection[str]
    viewer: Viewer
    now: Instant
    workflow: str | None = None
    clock: str | None = None
    since: Instant | None = None
    until: Instant | None = None

    def conditions(self) -> Iterator[str]:
        """The SQL conditions on the clock itself."""
        yield "c.site_id = :site"
        if self.since is not None:
            yield "c.started_at >= :since"
        if self.until is not None:
            yield "c.started_at < :until"
        if self.clock is not None:
            yield "c.name = :clock"


def count_clocks(database: Database, clock_filter: ClockFilter) -> ClockCounts:
    """How many of the promises that match are kept, broken, running, overdue and paused."""
    values = {name: getattr(clock_filter, name) for name in ("now", "since", "until", "clock", "workflow")}
    ticket = ""
    if clock_filter.workflow is not None:
        ticket = join_by_key("tickets", "tickets", _KEY, postgres=database.postgres)
    totals = [0] * len(_STATUS_CONDITIONS)
    for site in sorted(set(clock_filter.sites)):
        ticket_conditions, names = _ticket_conditions(clock_filter, site, database.postgres)
        where = " AND ".join([*clock_filter.conditions(), *ticket_conditions])
        by = "" if database.postgres else "INDEXED BY ix_clocks_started"
        query = database.sql(f"SELECT {_COUNTS} FROM clocks c {by} {ticket} WHERE {where}")
        (row,) = database.read(query, {**values, **names, "site": site})
        totals = [total + count for total, count in zip(totals, row, strict=True)]
    return ClockCounts(**dict(zip(_STATUS_CONDITIONS, totals, strict=True)))


def _ticket_conditions(
    clock_filter: ClockFilter, site: str, postgres: bool
) -> tuple[list[str], dict[str, object]]:
    """The conditions on the clock's ticket. Few tickets are restricted, and those have an index of their
    own."""
    conditions = []
    if clock_filter.workflow is not None:
        conditions.append("tickets.workflow = :workflow")
    visible, names = visibility_conditions(clock_filter.viewer, site, postgres)
    if visible:
        by = "" if postgres else "INDEXED BY ix_tickets_restricted"
        hidden = f"{_KEY} AND tickets.audience IS NOT NULL AND NOT coalesce({visible[0]}, FALSE)"
        conditions.append(f"NOT EXISTS (SELECT 1 FROM tickets {by} WHERE {hidden})")
    return conditions, names
