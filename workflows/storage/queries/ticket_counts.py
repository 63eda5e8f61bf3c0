"""Reads how many tickets are in each state and how many are overdue, from counts that the database keeps.

Triggers on `tickets` note what each change adds or takes away, in its transaction (see the migration). SQLite
has one writer and adds to the row. PostgreSQL appends a row, so that no step waits for another, and
`consolidate` sums them up now and then. Overdue tickets are counted by the week in which they were due, so
that only those due in the present week must be looked at; weeks long past are merged as week 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from workflows.core.access.visibility import OUTSIDER, Viewer
from workflows.storage.database import Database
from workflows.storage.sql import Row, Sql, bind_list, in_values
from workflows.timing.instants import Instant

_WEEK = 604_800
_APART = 8  # past weeks that are not merged yet, for callers whose clock is behind
_KEY = {
    "ticket_counts": "site_id, workflow, version, state, category, audience, assignee",
    "due_counts": "site_id, week",
}
_CONSOLIDATE = (
    "WITH several AS (SELECT {key} FROM {table} GROUP BY {key} HAVING count(*) > 1),"
    " gone AS (DELETE FROM {table} AS c USING several AS s WHERE ({mine}) = ({theirs}) RETURNING c.*)"
    " INSERT INTO {table} ({key}, tickets) SELECT {key}, sum(tickets) FROM gone GROUP BY {key}"
    " HAVING sum(tickets) <> 0"
)
_OVER = "week > 0 AND week < :week"
_ANY_OVER = f"SELECT 1 FROM due_counts WHERE {_OVER} LIMIT 1"
_TOGETHER = (
    "INSERT INTO due_counts (site_id, week, tickets)"
    f" SELECT site_id, 0, sum(tickets) FROM due_counts WHERE {_OVER} GROUP BY site_id"
    " ON CONFLICT (site_id, week) DO UPDATE SET tickets = tickets + excluded.tickets"
)
_TOGETHER_APPENDED = (
    f"WITH gone AS (DELETE FROM due_counts WHERE {_OVER} RETURNING site_id, tickets)"
    " INSERT INTO due_counts (site_id, week, tickets)"
    " SELECT site_id, 0, sum(tickets) FROM gone GROUP BY site_id"
)
_STATES = "workflow, state"
_NOT_ENDED = "category IN ('open', 'waiting')"
_IN_USE = (
    f"SELECT workflow, version FROM ticket_counts WHERE {_NOT_ENDED} GROUP BY workflow, version"
    " HAVING sum(tickets) > 0 ORDER BY workflow, version"
)
_SITES_IN_USE = (
    f"SELECT workflow, site_id FROM ticket_counts WHERE {_NOT_ENDED} GROUP BY workflow, site_id"
    " HAVING sum(tickets) > 0 ORDER BY workflow, site_id"
)
_OPEN = f"SELECT site_id, sum(tickets) FROM ticket_counts WHERE {_NOT_ENDED} GROUP BY site_id"
_LATE = "SELECT site_id, sum(tickets) FROM due_counts WHERE week < :week GROUP BY site_id"
_OPEN_BY_ASSIGNEE = (
    f"SELECT assignee, count(*) FROM tickets WHERE site_id = :site AND assignee {{people}} AND {_NOT_ENDED}"
    " AND audience IS NULL GROUP BY assignee"
)
# Those that everybody may see are counted from an index alone; of the few others the rows are read.
_OVERDUE = (
    "SELECT workflow, state, site_id, NULL, NULL, count(*) FROM tickets {by_state}"
    " WHERE due_at IS NOT NULL AND audience IS NULL AND site_id {sites}{of} AND due_at < :now"
    " GROUP BY site_id, workflow, state"
    " UNION ALL SELECT workflow, state, site_id, audience, assignee, count(*) FROM tickets {restricted}"
    " WHERE due_at IS NOT NULL AND audience IS NOT NULL AND site_id {sites}{of} AND due_at < :now"
    " GROUP BY site_id, workflow, state, audience, assignee"
)
_RECENTLY_LATE = (
    "SELECT count(*) FROM tickets {by} WHERE site_id = :site AND due_at >= :since AND due_at < :now"
)


@dataclass(frozen=True, slots=True)
class OpenCounts:
    """How many tickets of a site or of a workflow have not ended, and how many of them are overdue."""

    open: int
    overdue: int


class TicketCounts:
    """Reads the counts of tickets, and merges the rows that they are stored in."""

    def __init__(self, database: Database) -> None:
        self._database = database
        by = "" if database.postgres else "INDEXED BY ix_tickets_due"
        self._by_assignee = database.sql(
            _OPEN_BY_ASSIGNEE.format(people=in_values("people", database.postgres))
        )
        self._recently_late = database.sql(_RECENTLY_LATE.format(by=by))
        self._overdue, self._overdue_of_one = map(self._prepare_overdue, ("", " AND workflow = :workflow"))

    def count_by_state(
        self, sites: Collection[str], viewer: Viewer = OUTSIDER, workflow: str | None = None
    ) -> dict[tuple[str, str], int]:
        """(workflow, state) -> how many tickets of these sites are there that the viewer may see."""
        where = f"site_id {in_values('sites', self._database.postgres)}"
        where += " AND workflow = :workflow" if workflow is not None else ""
        values = {"sites": bind_list(sites, self._database.postgres), "workflow": workflow}
        return dict(self._count_visible(_STATES, where, values, viewer))

    def count_by_version(
        self, workflow: str, viewer: Viewer = OUTSIDER, sites: Collection[str] | None = None
    ) -> dict[int, int]:
        """Version -> how many open tickets of a workflow stay on it that the viewer may see; at these
        sites, or at all if None."""
        where = f"workflow = :workflow AND {_NOT_ENDED}"
        where += "" if sites is None else f" AND site_id {in_values('sites', self._database.postgres)}"
        values = {"sites": bind_list(sites or (), self._database.postgres), "workflow": workflow}
        counts = self._count_visible("version", where, values, viewer)
        return {int(str(version)): count for (version,), count in counts.items()}

    def count_by_version_and_state(
        self, workflow: str, viewer: Viewer = OUTSIDER, sites: Collection[str] | None = None
    ) -> dict[tuple[int, str], int]:
        """(version, state) -> how many open tickets of a workflow are there that the viewer may see; at these
        sites, or at all if None."""
        where = f"workflow = :workflow AND {_NOT_ENDED}"
        where += "" if sites is None else f" AND site_id {in_values('sites', self._database.postgres)}"
        values = {"sites": bind_list(sites or (), self._database.postgres), "workflow": workflow}
        counts = self._count_visible("version, state", where, values, viewer)
        return {(int(str(version)), str(state)): count for (version, state), count in counts.items()}

    def count_by_workflow(
        self, viewer: Viewer, sites: Collection[str], now: Instant
    ) -> dict[str, OpenCounts]:
        """Workflow -> how many open tickets of it are at these sites that the viewer may see."""
        where = f"{_NOT_ENDED} AND site_id {in_values('sites', self._database.postgres)}"
        values: dict[str, object] = {"sites": bind_list(sites, self._database.postgres)}
        opened = self._count_visible("workflow", where, values, viewer)
        overdue: Counter[str] = Counter()
        for (workflow, _), count in self.count_overdue(viewer, sites, now).items():
            overdue[workflow] += count
        return {workflow: OpenCounts(count, overdue[workflow]) for (workflow,), count in opened.items()}

    def count_overdue(
        self, viewer: Viewer, sites: Collection[str], now: Instant, workflow: str | None = None
    ) -> dict[tuple[str, str], int]:
        """(workflow, state) -> how many tickets at these sites were due before `now` that the viewer may
        see; of one workflow, or of all if None."""
        query = self._overdue if workflow is None else self._overdue_of_one
        values = {"sites": bind_list(sites, self._database.postgres), "now": now, "workflow": workflow}
        return _sum_visible(self._database.read(query, values), viewer)

    def _prepare_overdue(self, of: str) -> Sql:
        """The query of `count_overdue`, with a further condition."""
        names, sites = ("by_state", "restricted"), in_values("sites", self._database.postgres)
        by = {each: "" if self._database.postgres else f"INDEXED BY ix_tickets_due_{each}" for each in names}
        return self._database.sql(_OVERDUE.format(sites=sites, of=of, **by))

    def versions_in_use(self) -> list[tuple[str, int]]:
        """(workflow, version) of those that have open tickets, at all sites."""
        return [(workflow, version) for workflow, version in self._database.read(_IN_USE, {})]

    def sites_in_use(self) -> list[tuple[str, str]]:
        """(workflow, site) of those that have open tickets."""
        return [(workflow, site) for workflow, site in self._database.read(_SITES_IN_USE, {})]

    def count_by_site(self, sites: Collection[str], now: Instant) -> dict[str, OpenCounts]:
        """Site -> how many of its tickets are open, and how many overdue, at `now`."""
        week = now // _WEEK
        opened = {site: int(count) for site, count in self._database.read(_OPEN, {})}
        late = {site: int(count) for site, count in self._database.read(_LATE, {"week": week})}
        return {
            site: OpenCounts(
                opened.get(site, 0), late.get(site, 0) + self._count_recently_late(site, week, now)
            )
            for site in sites
        }

    def count_open_by_assignee(self, site: str, people: Collection[str]) -> dict[str, int]:
        """Staff id -> how many open tickets each of these has at the site; without those that are kept from
        others. Who has none is left out."""
        values = {"site": site, "people": bind_list(people, self._database.postgres)}
        return {str(person): int(count) for person, count in self._database.read(self._by_assignee, values)}

    def consolidate(self, now: Instant) -> None:
        """Sum up the rows that were appended since the last time, and merge the weeks that are long past.

        If the deadline of a ticket in a merged week is moved later, a row of that week with -1 is added, so
        the sum is right at every moment.
        """
        over = {"week": now // _WEEK - _APART}
        if self._database.read(_ANY_OVER, over):
            with self._database.transaction() as session:
                if self._database.postgres:
                    session.run(_TOGETHER_APPENDED, over)
                else:
                    session.run(_TOGETHER, over)
                    session.run(f"DELETE FROM due_counts WHERE {_OVER}", over)
        if not self._database.postgres:
            return
        for table, key in _KEY.items():
            names = key.split(", ")
            mine, theirs = (", ".join(f"{row}.{name}" for name in names) for row in ("c", "s"))
            with self._database.transaction() as session:
                session.run(_CONSOLIDATE.format(table=table, key=key, mine=mine, theirs=theirs))

    def _count_recently_late(self, site: str, week: int, now: Instant) -> int:
        values = {"site": site, "since": week * _WEEK, "now": now}
        ((count,),) = self._database.read(self._recently_late, values)
        return int(count)

    def _count_visible(
        self, names: str, where: str, values: dict[str, object], viewer: Viewer
    ) -> dict[Any, int]:
        """The counts, by the columns `names`, of the tickets that the viewer may see. Each audience is
        counted separately, so that it can be checked like that of a ticket."""
        group = f"{names}, site_id, audience, assignee"
        query = f"SELECT {group}, sum(tickets) FROM ticket_counts WHERE {where} GROUP BY {group}"
        return _sum_visible(self._database.read(query, values), viewer)


def _sum_visible(rows: Iterable[Row], viewer: Viewer) -> dict[Any, int]:
    """The last column of the rows, summed up by the first ones; before it stand site, audience and assignee,
    by which the viewer may see a ticket or not."""
    counts: dict[tuple[Any, ...], int] = {}
    for *key, site, audience, assignee, count in rows:
        if not audience or viewer.sees(site, tuple(orjson.loads(audience)), assignee or None):
            counts[tuple(key)] = counts.get(tuple(key), 0) + int(count)
    return {key: count for key, count in counts.items() if count}
