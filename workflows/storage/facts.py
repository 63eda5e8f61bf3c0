"""What reports count: tickets of a time with their open fields, steps taken in it, promises that ran."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_

from workflows.core.figures import Fact
from workflows.core.ticket import PRIORITIES
from workflows.core.visibility import Viewer
from workflows.storage.database import Database
from workflows.storage.sight import visible
from workflows.storage.tables import clocks, history, tickets
from workflows.timing.instants import Instant

PAGE = 2_000
_T, _H, _C = tickets.c, history.c, clocks.c
_TICKET = (
    *(_T.site_id, _T.id, _T.number, _T.workflow, _T.state, _T.category, _T.priority, _T.department),
    *(_T.parent, _T.opened_at, _T.closed_at, _T.entered_at, _T.due_at, _T.data),
)
_STEP = (
    *(_H.at, _H.kind, _H.trigger, _H.source, _H.target_state, _H.spent, _H.target, _H.seq),
    _H.data.label("sent"),
)
_CLOCK = (
    *(_C.name, _C.level, _C.consumed, _C.budget, _C.started_at, _C.stopped_at),
    _C.due_at.label("promised_for"),  # a ticket has a `due_at` of its own
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which facts: of these sites and processes (none named: of all), in [since, until), that may be counted
    for the viewer. `which`: what `opened` or `ended` in it, or was `alive` at some time in it."""

    sites: Sequence[str]
    viewer: Viewer
    since: Instant
    until: Instant
    now: Instant
    which: str = "opened"
    workflows: Sequence[str] = ()


class Facts:
    """Reads facts, some thousand at a time. Personal values are never read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, subject: str, wanted: Wanted) -> Iterator[Fact]:
        """The facts of a subject: `tickets`, `steps`, `clocks`."""
        return {"tickets": self._tickets, "steps": self._steps, "clocks": self._clocks}[subject](wanted)

    def _tickets(self, wanted: Wanted) -> Iterator[Fact]:
        query = self._asked(select(*_TICKET), wanted).where(_within(_T.opened_at, _T.closed_at, wanted))
        for row in self._pages(query, (_T.site_id, _T.id)):
            yield _fact(row, row.closed_at if wanted.which == "ended" else row.opened_at)

    def _steps(self, wanted: Wanted) -> Iterator[Fact]:
        around = and_(_T.site_id == _H.site_id, _T.id == _H.ticket_id)
        taken = and_(_H.at >= wanted.since, _H.at < wanted.until)
        query = self._asked(select(*_TICKET, *_STEP).join(history, around), wanted)
        query = query.where(taken, _T.opened_at < wanted.until, _T.changed_at >= wanted.since)
        for row in self._pages(query, (_T.site_id, _T.id, _H.seq)):
            step = {
                "at": row.at,
                "kind": row.kind,
                "trigger": row.trigger,
                "from": row.source,
                "to": row.target_state,
                "spent": row.spent,
                "target": row.target,
            }
            yield _fact(row, row.at, step=step, sent=orjson.loads(row.sent))

    def _clocks(self, wanted: Wanted) -> Iterator[Fact]:
        around = and_(_T.site_id == _C.site_id, _T.id == _C.ticket_id)
        query = self._asked(select(*_TICKET, *_CLOCK).join(clocks, around), wanted)
        query = query.where(_within(_C.started_at, _C.stopped_at, wanted))
        for row in self._pages(query, (_T.site_id, _T.id, _C.name)):
            at = row.stopped_at if wanted.which == "ended" else row.started_at
            yield _fact(row, at, clock=_clock(row, wanted.now))

    def _asked(self, query: Select[Any], wanted: Wanted) -> Select[Any]:
        query = query.where(_T.site_id.in_(wanted.sites), visible(wanted.viewer, self._database.postgres))
        return query.where(_T.workflow.in_(wanted.workflows)) if wanted.workflows else query

    def _pages(self, query: Select[Any], key: tuple[ColumnElement[Any], ...]) -> Iterator[Any]:
        """The rows, page after page: a year of a large desk does not fit into memory."""
        page = query = query.order_by(*key).limit(PAGE)
        while True:
            rows = self._database.rows(page)
            yield from rows
            if len(rows) < PAGE:
                return
            last = [getattr(rows[-1], column.key or "") for column in key]
            page = query.where(tuple_(*key) > tuple_(*last))


def _within(begin: ColumnElement[Any], end: ColumnElement[Any], wanted: Wanted) -> ColumnElement[bool]:
    """Whether what lasts from `begin` to `end` is wanted."""
    match wanted.which:
        case "opened":
            return and_(begin >= wanted.since, begin < wanted.until)
        case "ended":
            return and_(end >= wanted.since, end < wanted.until)
    return and_(begin < wanted.until, or_(end.is_(None), end >= wanted.since))


def _fact(row: Any, at: Instant, **more: dict[str, Any]) -> Fact:
    ticket = {
        "number": row.number,
        "workflow": row.workflow,
        "state": row.state,
        "category": row.category,
        "priority": PRIORITIES[row.priority],
        "department": row.department,
        "parent": row.parent,
        "opened_at": row.opened_at,
        "closed_at": row.closed_at,
        "entered_at": row.entered_at,
        "due_at": row.due_at,
    }
    return Fact(row.site_id, at, ticket, orjson.loads(row.data), more)


def _clock(row: Any, now: Instant) -> dict[str, Any]:
    """A promise; its verdict is the twin of `Clock.verdict`."""
    stopped, due = row.stopped_at, row.promised_for
    if stopped is not None:
        verdict = "missed" if due is not None and stopped > due else "met"
    else:
        verdict = "paused" if due is None else "overdue" if now > due else "running"
    return {
        "name": row.name,
        "level": row.level,
        "spent": row.consumed,
        "budget": row.budget,
        "started_at": row.started_at,
        "stopped_at": stopped,
        "due_at": due,
        "verdict": verdict,
        "late": verdict in ("missed", "overdue"),
    }
