"""Reads what is overdue or soon due at some sites: counted by who is in charge, and the first tickets of it.

Only tickets due before a site's `until` are looked at, by the index of what is due. The day's counts look at
that day alone. So the cost follows what is late and what was done, not how many tickets there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select, select, text

from workflows.core.access.visibility import Viewer
from workflows.core.step import ESCALATION
from workflows.core.ticket import Ticket, TicketKey
from workflows.storage import tables
from workflows.storage.database import Database
from workflows.storage.deliveries import WITHDRAWN
from workflows.storage.outbox_messages import MessageRow, OutboxMessage, build_message
from workflows.storage.queries.visibility_sql import visibility_conditions
from workflows.storage.sql import bind_list, in_values, join_by_key
from workflows.storage.tickets.rows import (
    CLOCK_COLUMNS,
    STILL_RUNS,
    TICKET_COLUMNS,
    build_clock,
    build_ticket,
)
from workflows.timing.clock import Clock
from workflows.timing.instants import Instant

_GROUP = ("site_id", "workflow", "version", "state", "department", "assignee")
_KEY = " || '/' || ".join(f"coalesce(CAST({name} AS TEXT), '')" for name in _GROUP[1:])
_DUE = (
    f"SELECT id, due_at, {', '.join(_GROUP)} FROM tickets {{by}}"
    " WHERE site_id = :site{n} AND due_at < :until{n}"
)
_LEVEL = (
    "SELECT coalesce(max(clocks.level), 0) FROM clocks"
    f" WHERE clocks.site_id = due.site_id AND clocks.ticket_id = due.id AND {STILL_RUNS}"
)
_GROUPS = (
    f"SELECT {', '.join(_GROUP)}, sum(late), count(*) - sum(late), max(level) FROM"
    f" (SELECT due.*, CASE WHEN due_at < :now THEN 1 ELSE 0 END AS late, ({_LEVEL}) AS level"
    f" FROM ({{due}}) AS due) AS counted GROUP BY {', '.join(_GROUP)}"
)
_FIRST = (
    "SELECT site_id, id, due_at FROM (SELECT site_id, id, due_at, row_number() OVER"
    " (PARTITION BY department, workflow ORDER BY due_at, id) AS place FROM ({due}) AS due) AS placed"
    " WHERE place > :passed AND place <= :last ORDER BY due_at, id LIMIT :most"
)
_TICKET = "t.site_id = k.site_id AND t.id = k.id"
_COLUMNS = ", ".join(f"t.{name}" for name in TICKET_COLUMNS)
# What was done on a day, each found by its own time in an index.
_OF_A_DAY = {
    "opened": ("ix_tickets_site_newest", "opened_at", ""),
    "closed": ("ix_tickets_closed", "closed_at", " AND category = 'closed'"),
}
_SETTLED = (
    "SELECT CASE WHEN c.stopped_at > c.due_at THEN 'missed' ELSE 'met' END AS what"
    " FROM clocks c {by} {ticket}"
    " WHERE c.site_id = :site{n} AND c.stopped_at >= :since{n} AND c.stopped_at < :until{n}"
)


NO_DEPARTMENT = ""
"""Asks for the tickets that no department has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFilter:
    """Which tickets to look at: of these sites, due before the instant of each, that the viewer may see."""

    sites: Mapping[str, Instant]
    viewer: Viewer
    now: Instant


class BoardGroup(NamedTuple):
    """Tickets for which the same people are responsible: how many are late, how many are due soon, and the
    highest level that has fired."""

    site: str
    workflow: str
    version: int
    state: str
    department: str | None
    assignee: str | None
    late: int = 0
    soon: int = 0
    level: int = 0

    @property
    def key(self) -> str:
        """What the tickets of the group have in common, as the statement spells it."""
        return "/".join("" if each is None else str(each) for each in self[1:6])


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFilter:
    """A day of each site, as [since, until), and which tickets count: those of these workflows (none: of all)
    and of a department (None: of all; `NO_DEPARTMENT`) that the viewer may see."""

    days: Mapping[str, tuple[Instant, Instant]]
    viewer: Viewer
    workflows: Sequence[str] = ()
    department: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """What was done on a day: tickets opened and closed, promises settled in time and too late."""

    opened: int = 0
    closed: int = 0
    met: int = 0
    missed: int = 0


class BoardReader:
    """Reads the rows of the board, each question in one statement."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def groups(self, board_filter: BoardFilter) -> list[BoardGroup]:
        """The groups of tickets that are late or soon due."""
        due, values = self._select_due(board_filter, None)
        rows = self._database.read(_GROUPS.format(due=due), {**values, "now": board_filter.now})
        return [BoardGroup(*row[:6], *map(int, row[6:])) for row in rows]

    def tickets(
        self, board_filter: BoardFilter, groups: Iterable[BoardGroup], passed: int, each: int, most: int
    ) -> list[Ticket]:
        """Of these groups, in each department and workflow, up to `each` tickets after the first `passed`;
        `most` in all, those first that were due first."""
        due, values = self._select_due(board_filter, groups)
        ticket = join_by_key("tickets", "t", _TICKET, postgres=self._database.postgres)
        query = f"SELECT {_COLUMNS} FROM ({_FIRST.format(due=due)}) AS k {ticket} ORDER BY k.due_at, k.id"
        values |= {"passed": passed, "last": passed + each, "most": most}
        return [build_ticket(row, {}) for row in self._database.read(query, values)]

    def clocks(self, tickets: Collection[TicketKey]) -> dict[TicketKey, list[Clock]]:
        """The clocks of these tickets that have not stopped, by ticket."""
        c = tables.clocks.c
        names = [c[name] for name in CLOCK_COLUMNS]
        query = select(c.site_id, c.ticket_id, *names).where(
            c.site_id.in_({site for site, _ in tickets}),
            c.ticket_id.in_({id for _, id in tickets}),
            text(STILL_RUNS),
        )
        found: dict[TicketKey, list[Clock]] = {each: [] for each in tickets}
        for site, ticket, *clock in self._rows(query, tickets):
            found.get((site, ticket), []).append(build_clock(clock))
        return found

    def escalations(self, tickets: Collection[TicketKey]) -> dict[TicketKey, list[OutboxMessage]]:
        """The escalations of these tickets that were or are to be sent, the latest first, by ticket."""
        o = tables.outbox.c
        query = (
            select(*(o[name] for name in MessageRow._fields))
            .where(
                o.site_id.in_({site for site, _ in tickets}),
                o.ticket_id.in_({id for _, id in tickets}),
                o.kind == ESCALATION,
                o.status != WITHDRAWN,
            )
            .order_by(o.seq.desc(), o.id)
        )
        found: dict[TicketKey, list[OutboxMessage]] = {each: [] for each in tickets}
        for row in self._rows(query, tickets):
            message = build_message(tuple(row))
            found.get((message.site, message.ticket), []).append(message)
        return found

    def _rows(self, query: Select[Any], tickets: Collection[TicketKey]) -> Iterable[Any]:
        return self._database.rows(query) if tickets else ()

    def count_day(self, day_filter: DayFilter) -> DayCounts:
        """What was done on the day."""
        parts, values = [], self._narrow_values(day_filter)
        for number, (site, (since, until)) in enumerate(sorted(day_filter.days.items())):
            visible, names = self._narrow(day_filter, site, number)
            values |= {f"site{number}": site, f"since{number}": since, f"until{number}": until, **names}
            parts += [self._select_of_day(what, number, visible) for what in _OF_A_DAY]
            parts.append(self._select_settled(number, visible))
        query = f"SELECT what, count(*) FROM ({' UNION ALL '.join(parts)}) AS done GROUP BY what"
        rows = self._database.read(query, values) if parts else []
        return DayCounts(**{str(what): int(count) for what, count in rows})

    def count_standing(self, day_filter: DayFilter, standing: Collection[tuple[str, str]]) -> int:
        """How many open tickets stand in one of these states, each as (workflow, state)."""
        if not standing or not day_filter.days:
            return 0
        postgres = self._database.postgres
        workflows, states = ({each[place] for each in standing} for place in (0, 1))
        values = self._narrow_values(day_filter)
        values |= {"standing": bind_list(workflows, postgres), "states": bind_list(states, postgres)}
        among = f"workflow {in_values('standing', postgres)} AND state {in_values('states', postgres)}"
        by = "" if postgres else "INDEXED BY ix_tickets_workflow_state"
        parts = []
        for number, site in enumerate(sorted(day_filter.days)):
            visible, names = self._narrow(day_filter, site, number)
            values |= {f"site{number}": site, **names}
            parts.append(
                f"SELECT workflow, state FROM tickets {by} WHERE site_id = :site{number} AND {among}"
                f" AND category IN ('open', 'waiting'){visible}"
            )
        found = f"({' UNION ALL '.join(parts)}) AS found"
        query = f"SELECT workflow, state, count(*) FROM {found} GROUP BY workflow, state"
        rows = self._database.read(query, values)
        return sum(int(count) for workflow, state, count in rows if (workflow, state) in standing)

    def _select_due(
        self, board_filter: BoardFilter, groups: Iterable[BoardGroup] | None
    ) -> tuple[str, dict[str, object]]:
        """A query for what is due, of all groups or of some, and its values."""
        postgres = self._database.postgres
        keys: dict[str, set[str]] = {site: set() for site in board_filter.sites}
        for group in groups or ():
            keys[group.site].add(group.key)
        parts, values = [], dict[str, object]()
        for number, (site, until) in enumerate(sorted(board_filter.sites.items())):
            visible, names = visibility_conditions(board_filter.viewer, site, postgres, number)
            values |= {f"site{number}": site, f"until{number}": until, **names}
            chosen = []
            if groups is not None:
                chosen = [f"({_KEY}) {in_values(f'keys{number}', postgres)}"]
                values[f"keys{number}"] = bind_list(keys[site], postgres)
            by = "" if postgres else "INDEXED BY ix_tickets_due"
            parts.append(" AND ".join([_DUE.format(by=by, n=number), *visible, *chosen]))
        return " UNION ALL ".join(parts), values

    def _narrow(self, day_filter: DayFilter, site: str, number: int) -> tuple[str, dict[str, object]]:
        """The conditions on a site's tickets, and their values."""
        postgres = self._database.postgres
        conditions, names = visibility_conditions(day_filter.viewer, site, postgres, number)
        if day_filter.workflows:
            conditions = [*conditions, f"tickets.workflow {in_values('workflows', postgres)}"]
        if day_filter.department is not None:
            conditions = [*conditions, "coalesce(tickets.department, '') = :department"]
        return "".join(f" AND {each}" for each in conditions), names

    def _narrow_values(self, day_filter: DayFilter) -> dict[str, object]:
        workflows = bind_list(day_filter.workflows, self._database.postgres)
        return {"workflows": workflows, "department": day_filter.department}

    def _select_of_day(self, what: str, number: int, visible: str) -> str:
        index, at, more = _OF_A_DAY[what]
        by = "" if self._database.postgres else f"INDEXED BY {index}"
        within = f"{at} >= :since{number} AND {at} < :until{number}"
        return (
            f"SELECT '{what}' AS what FROM tickets {by} WHERE site_id = :site{number}"
            f" AND {within}{more}{visible}"
        )

    def _select_settled(self, number: int, visible: str) -> str:
        postgres = self._database.postgres
        key = f"tickets.site_id = :site{number} AND tickets.id = c.ticket_id"
        ticket = join_by_key("tickets", "tickets", key, postgres=postgres)
        by = "" if postgres else "INDEXED BY ix_clocks_stopped"
        return _SETTLED.format(by=by, ticket=ticket, n=number) + visible
