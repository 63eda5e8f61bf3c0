"""The facts that reports count in a period: tickets with their open fields, steps taken, clocks that ran."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from workflows.core.access.visibility import Viewer
from workflows.core.reports.report_data import Fact
from workflows.core.ticket import PRIORITIES
from workflows.storage.database import Database, Session
from workflows.storage.queries.visibility_sql import visibility_conditions
from workflows.storage.sql import bind_list, in_values, join_by_key
from workflows.timing.instants import Instant

PAGE_SIZE = 10_000  # facts; some ten megabytes
_BRANCHES_PER_STATEMENT = 100  # SQLite takes five hundred
_TICKET = (
    *("site_id", "id", "number", "workflow", "state", "category", "priority", "department"),
    *("parent", "opened_at", "closed_at", "entered_at", "due_at", "data"),
)
_STEP = ("at", "kind", "trigger", "source", "target_state", "spent", "target")
_CLOCK = ("name", "level", "consumed", "budget", "started_at", "stopped_at")
_T = ", ".join(f"tickets.{name}" for name in _TICKET)
# What is counted is found by its own time, in an index, then its ticket.
_KEY = "tickets.site_id = :site{number} AND tickets.id = ticket_id"
_STEPS = (
    f"SELECT {_T}, {', '.join(f'h.{name}' for name in _STEP)}, h.data AS sent"
    " FROM history h {by} {ticket} WHERE h.site_id = :site{number} AND {within}"
)
_CLOCKS = (
    f"SELECT {_T}, {', '.join(f'c.{name}' for name in _CLOCK)}, c.due_at AS promised_for"
    " FROM clocks c {by} {ticket} WHERE c.site_id = :site{number} AND {within}"
)
_TICKETS = f"SELECT {_T} FROM tickets {{by}} WHERE tickets.site_id = :site{{number}} AND {{within}}"

IndexCondition = tuple[str, str]
"""The index by which something is found, and the condition that it answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactFilter:
    """Which facts to read: of these sites and workflows (none given: all) in [since, until), of tickets
    that the viewer may see. `which` is `opened` or `ended` (what began or ended in that time) or `alive`
    (what existed at any moment of it)."""

    sites: Sequence[str]
    viewer: Viewer
    since: Instant
    until: Instant
    now: Instant
    which: str = "opened"
    workflows: Sequence[str] = ()


class ReportFacts:
    """Reads facts for reports, some thousand at a time. Personal values are never read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, subject: str, fact_filter: FactFilter) -> Iterator[Fact]:
        """The facts of a subject (`tickets`, `steps` or `clocks`) that match, in no particular order."""
        readers = {"tickets": self._read_tickets, "steps": self._read_steps, "clocks": self._read_clocks}
        return readers[subject](fact_filter)

    def _read_tickets(self, fact_filter: FactFilter) -> Iterator[Fact]:
        for row in self._read_rows(_TICKETS, _TICKET, _build_conditions("tickets", fact_filter), fact_filter):
            yield _build_fact(row, row["closed_at"] if fact_filter.which == "ended" else row["opened_at"])

    def _read_steps(self, fact_filter: FactFilter) -> Iterator[Fact]:
        by_time = ("ix_history_at", "h.at >= :since AND h.at < :until")
        for row in self._read_rows(_STEPS, (*_TICKET, *_STEP, "sent"), [by_time], fact_filter):
            step = {
                "at": row["at"],
                "kind": row["kind"],
                "trigger": row["trigger"],
                "from": row["source"],
                "to": row["target_state"],
                "spent": row["spent"],
                "target": row["target"],
            }
            yield _build_fact(row, row["at"], step=step, sent=orjson.loads(row["sent"]))

    def _read_clocks(self, fact_filter: FactFilter) -> Iterator[Fact]:
        names = (*_TICKET, *_CLOCK, "promised_for")
        for row in self._read_rows(_CLOCKS, names, _build_conditions("clocks", fact_filter), fact_filter):
            at = row["stopped_at"] if fact_filter.which == "ended" else row["started_at"]
            yield _build_fact(row, at, clock=_build_clock(row, fact_filter.now))

    def _read_rows(
        self, query: str, names: Sequence[str], conditions: Sequence[IndexCondition], fact_filter: FactFilter
    ) -> Iterator[dict[str, Any]]:
        """The rows of each site under each of the conditions, which exclude one another."""
        branches, values = self._build_branches(query, conditions, fact_filter)
        with self._database.snapshot() as session:
            for begin in range(0, len(branches), _BRANCHES_PER_STATEMENT):
                text = " UNION ALL ".join(branches[begin : begin + _BRANCHES_PER_STATEMENT])
                for row in self._stream_rows(session, text, values):
                    yield dict(zip(names, row, strict=True))

    def _build_branches(
        self, query: str, conditions: Sequence[IndexCondition], fact_filter: FactFilter
    ) -> tuple[list[str], dict[str, Any]]:
        """A query for each site and condition, and the values of all."""
        postgres = self._database.postgres
        values: dict[str, Any] = {"since": fact_filter.since, "until": fact_filter.until}
        more = ""
        if fact_filter.workflows:
            more = f" AND tickets.workflow {in_values('workflows', postgres)}"
            values["workflows"] = bind_list(fact_filter.workflows, postgres)
        branches = []
        for number, site in enumerate(dict.fromkeys(fact_filter.sites)):
            visible, bound = visibility_conditions(fact_filter.viewer, site, postgres, number)
            values |= {**bound, f"site{number}": site}
            ticket = join_by_key("tickets", "tickets", _KEY.format(number=number), postgres=postgres)
            for index, condition in conditions:
                by, within = "" if postgres else f"INDEXED BY {index}", " AND ".join([condition, *visible])
                branches.append(query.format(number=number, by=by, ticket=ticket, within=within) + more)
        return branches, values

    def _stream_rows(self, session: Session, text: str, values: dict[str, Any]) -> Iterator[Any]:
        """The rows, some at a time: a year of a large company does not fit into memory."""
        if not self._database.postgres:
            cursor = session.run(text, values)
            while rows := cursor.fetchmany(PAGE_SIZE):
                yield from rows
            return
        session.run(f"DECLARE facts NO SCROLL CURSOR FOR {text}", values)
        try:
            whole = True
            while whole:
                rows = session.run(f"FETCH {PAGE_SIZE} FROM facts").fetchall()
                yield from rows
                whole = len(rows) == PAGE_SIZE
        finally:
            session.run("CLOSE facts")


def _build_conditions(table: str, fact_filter: FactFilter) -> list[IndexCondition]:
    """The indexes and conditions that find what began, ended or existed in the period."""
    if table == "tickets":
        begin, end, begun, ended = "opened_at", "closed_at", "ix_tickets_site_newest", "ix_tickets_closed"
        index = "ix_tickets_workflow" if fact_filter.workflows else "ix_tickets_category"
        standing = f"{index}", "tickets.category IN ('open', 'waiting') AND tickets.closed_at IS NULL"
    else:
        begin, end, begun, ended = "started_at", "stopped_at", "ix_clocks_started", "ix_clocks_stopped"
        standing = "ix_clocks_stopped", "c.stopped_at IS NULL"
    prefix = "tickets" if table == "tickets" else "c"
    began, over = f"{prefix}.{begin} < :until", f"{prefix}.{end} >= :since"
    match fact_filter.which:
        case "opened":
            return [(begun, f"{prefix}.{begin} >= :since AND {began}")]
        case "ended":
            return [(ended, f"{over} AND {prefix}.{end} < :until")]
    return [(standing[0], f"{standing[1]} AND {began}"), (ended, f"{over} AND {began}")]


def _build_fact(row: dict[str, Any], at: Instant, **more: dict[str, Any]) -> Fact:
    ticket = {
        "number": row["number"],
        "workflow": row["workflow"],
        "state": row["state"],
        "category": row["category"],
        "priority": PRIORITIES[row["priority"]],
        "department": row["department"],
        "parent": row["parent"],
        "opened_at": row["opened_at"],
        "closed_at": row["closed_at"],
        "entered_at": row["entered_at"],
        "due_at": row["due_at"],
    }
    return Fact(row["site_id"], at, ticket, orjson.loads(row["data"]), more)


def _build_clock(row: dict[str, Any], now: Instant) -> dict[str, Any]:
    """A clock as reports see it. The verdict must agree with `Clock.verdict`."""
    stopped, due = row["stopped_at"], row["promised_for"]
    if stopped is not None:
        verdict = "missed" if due is not None and stopped > due else "met"
    else:
        verdict = "paused" if due is None else "overdue" if now > due else "running"
    return {
        "name": row["name"],
        "level": row["level"],
        "spent": row["consumed"],
        "budget": row["budget"],
        "started_at": row["started_at"],
        "stopped_at": stopped,
        "due_at": due,
        "verdict": verdict,
        "late": verdict in ("missed", "overdue"),
    }
