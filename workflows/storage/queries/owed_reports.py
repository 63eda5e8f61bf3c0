"""Reads the tickets of reports that are owed: opened of late, when they were due, when they ended."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, case, func, select

from workflows.core.access.visibility import Viewer
from workflows.core.ticket import Ticket
from workflows.storage import tables
from workflows.storage.database import Database
from workflows.storage.queries.visibility_sql import visible_condition
from workflows.storage.tickets.rows import NARROW_COLUMNS, build_narrow_ticket
from workflows.timing.clock import Basis
from workflows.timing.instants import Instant, parse_rfc3339

_C = tables.clocks.c
_FIXED = _C.basis == Basis.FIXED.value


class OwedReport(NamedTuple):
    """A report to be sent: its ticket, and the instant of its last promise."""

    ticket: Ticket
    due_at: Instant | None


class OwedReportQueries:
    """Reads owed reports."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(
        self,
        sites: Collection[str],
        workflows: Collection[str],
        viewer: Viewer,
        since: Instant,
        limit: int,
    ) -> list[OwedReport]:
        """The tickets of these workflows opened from an instant on that the viewer may see, newest first."""
        t = tables.tickets.c
        query = select(
            *(t[name] for name in NARROW_COLUMNS),
            _select_last(case((_FIXED, _C.promise))).label("stated"),
            _select_last(case((~_FIXED, _C.due_at))).label("counted"),
        ).where(
            t.site_id.in_(sites),
            t.workflow.in_(workflows),
            t.opened_at >= since,
            visible_condition(viewer, self._database.postgres),
        )
        rows = self._database.rows(query.order_by(t.opened_at.desc(), t.id.desc()).limit(limit))
        return [OwedReport(build_narrow_ticket(row[:-2]), _find_due(row.stated, row.counted)) for row in rows]


def _select_last(value: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The last value that a clock of the ticket has."""
    t = tables.tickets.c
    return select(func.max(value)).where(_C.site_id == t.site_id, _C.ticket_id == t.id).scalar_subquery()


def _find_due(stated: str | None, counted: Instant | None) -> Instant | None:
    """The later one of a stated instant and one that was counted. What was promised for an instant that had
    passed is due at once, so the promise itself is looked at."""
    dues = [parse_rfc3339(stated)] if stated else []
    return max([*dues, *([counted] if counted is not None else [])], default=None)
