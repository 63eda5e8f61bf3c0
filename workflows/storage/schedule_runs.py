"""The runs of schedules, the marks up to which slots have become runs, and the events that were announced.

A run is inserted as `waiting` in the transaction that moves the mark of its schedule, guarded by
compare-and-set. So however many processes work at once, each slot becomes a run once; what a killed process
left waiting is opened by the next.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from sqlalchemy import func, select, tuple_

from workflows.core.schedule_slots import Occurrence
from workflows.storage import tables
from workflows.storage.cursors import Cursor
from workflows.storage.database import Database, Session
from workflows.timing.instants import Instant

RunStatus = Literal["waiting", "opened", "missed", "parked"]
_COLUMNS = "site_id, schedule, key, at, opens_at, event, status, opened, reason, ran_at"
_ADD = (
    f"INSERT INTO schedule_runs ({_COLUMNS})"
    " VALUES (:site, :schedule, :key, :at, :opens_at, :event, :status, 0, NULL, :ran_at)"
    " ON CONFLICT DO NOTHING"
)
_FIRST_MARK = (
    "INSERT INTO schedule_marks (site_id, schedule, seen_until) VALUES (:site, :schedule, :until)"
    " ON CONFLICT DO NOTHING"
)
_MOVE_MARK = (
    "UPDATE schedule_marks SET seen_until = :until"
    " WHERE site_id = :site AND schedule = :schedule AND seen_until = :seen"
)
_RECORD_RESULT = (
    "UPDATE schedule_runs SET status = :status, opened = :opened, reason = :reason, ran_at = :ran_at"
    " WHERE site_id = :site AND schedule = :schedule AND key = :key AND status IN ('waiting', 'parked')"
)
_RETRY = (
    "UPDATE schedule_runs SET status = 'waiting', reason = NULL"
    " WHERE site_id = :site AND schedule = :schedule AND key = :key AND status = 'parked'"
)
_DELETE = "DELETE FROM schedule_runs WHERE status IN ('opened', 'missed') AND ran_at < :before"
_ANNOUNCE = (
    "INSERT INTO events (site_id, id, name, at, actor_id, actor_name, data)"
    " VALUES (:site, :id, :name, :at, :actor_id, :actor_name, :data) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class ScheduleRun:
    """One slot of a schedule, and what has become of it.

    opened   how many tickets it opened
    reason   why it is parked; None if it is not
    ran_at   the instant at which it was opened, missed or parked; None while it waits
    """

    occurrence: Occurrence
    status: RunStatus = "waiting"
    opened: int = 0
    reason: str | None = None
    ran_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event that was announced at a site: its name, by whom, when, and its fields."""

    site: str
    id: str
    name: str
    at: Instant
    actor_id: str
    actor_name: str
    data: Mapping[str, object]


class ScheduleRuns:
    """Reads and writes the runs of schedules, and the events that schedules follow."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._add, self._record_result, self._retry = map(database.sql, (_ADD, _RECORD_RESULT, _RETRY))
        self._first, self._move = database.sql(_FIRST_MARK), database.sql(_MOVE_MARK)
        self._delete, self._announce = database.sql(_DELETE), database.sql(_ANNOUNCE)

    def read_marks(self) -> dict[tuple[str, str], Instant]:
        """(site, schedule) -> the instant up to which its slots have become runs."""
        m = tables.schedule_marks.c
        rows = self._database.rows(select(m.site_id, m.schedule, m.seen_until))
        return {(site, schedule): seen_until for site, schedule, seen_until in rows}

    def advance(
        self, site: str, schedule: str, seen: Instant | None, until: Instant, runs: Iterable[ScheduleRun]
    ) -> bool:
        """Move the mark of a schedule from `seen` (None: it has no mark yet) to `until`, and insert its runs.

        False, with nothing written, if another process has moved the mark meanwhile.
        """
        row = {"site": site, "schedule": schedule, "seen": seen, "until": until}
        with self._database.transaction() as session:
            moved = session.run(self._first if seen is None else self._move, row).rowcount == 1
            if moved:
                self._insert(session, runs)
        return moved

    def add(self, runs: Sequence[ScheduleRun]) -> None:
        """Insert runs; a run that is there already stays as it is."""
        if runs:
            with self._database.transaction() as session:
                self._insert(session, runs)

    def _insert(self, session: Session, runs: Iterable[ScheduleRun]) -> None:
        for run in runs:
            session.run(self._add, _build_row(run.occurrence) | {"status": run.status, "ran_at": run.ran_at})

    def waiting_runs(self, until: Instant, limit: int = 500) -> tuple[ScheduleRun, ...]:
        """Up to `limit` runs that wait and are to be opened before an instant, the longest waiting first."""
        r = tables.schedule_runs.c
        query = select(tables.schedule_runs).where(r.status == "waiting", r.opens_at < until)
        order = query.order_by(r.opens_at, r.site_id, r.schedule, r.key).limit(limit)
        return tuple(map(_build_run, self._database.rows(order)))

    def record_result(self, run: ScheduleRun) -> bool:
        """Record what has become of a run; False if somebody else has done so before."""
        row = _build_row(run.occurrence) | {"status": run.status, "opened": run.opened}
        row |= {"reason": run.reason, "ran_at": run.ran_at}
        with self._database.transaction() as session:
            return session.run(self._record_result, row).rowcount == 1

    def retry(self, site: str, schedule: str, key: str) -> bool:
        """Let a parked run be opened again; False if there is no such parked run."""
        with self._database.transaction() as session:
            result = session.run(self._retry, {"site": site, "schedule": schedule, "key": key})
            return result.rowcount == 1

    def last_runs(self, sites: Collection[str]) -> dict[tuple[str, str], ScheduleRun]:
        """(site, schedule) -> its latest run that does not wait any more."""
        r = tables.schedule_runs.c
        rank = func.row_number().over(
            partition_by=(r.site_id, r.schedule), order_by=(r.ran_at.desc(), r.opens_at.desc(), r.key.desc())
        )
        ranked = select(tables.schedule_runs, rank.label("rank")).where(
            r.site_id.in_(sites), r.ran_at.is_not(None), r.status != "waiting"
        )
        newest = ranked.subquery()
        runs = map(_build_run, self._database.rows(select(newest).where(newest.c.rank == 1)))
        return {(each.occurrence.site, each.occurrence.schedule): each for each in runs}

    def parked_runs(self, sites: Collection[str]) -> tuple[ScheduleRun, ...]:
        """The parked runs of these sites, with their reasons, by site, schedule and time."""
        r = tables.schedule_runs.c
        query = select(tables.schedule_runs).where(r.site_id.in_(sites), r.status == "parked")
        return tuple(
            map(_build_run, self._database.rows(query.order_by(r.site_id, r.schedule, r.opens_at, r.key)))
        )

    def delete_before(self, before: Instant) -> int:
        """Delete the opened and missed runs from before an instant; how many there were. Parked ones stay."""
        with self._database.transaction() as session:
            return session.run(self._delete, {"before": before}).rowcount

    def announce(self, event: Event, occurrences: Sequence[Occurrence]) -> bool:
        """Record an event and insert the runs that follow it; False, with nothing written, if this event
        is recorded already."""
        row = {"site": event.site, "id": event.id, "name": event.name, "at": event.at}
        row |= {"actor_id": event.actor_id, "actor_name": event.actor_name}
        row |= {"data": orjson.dumps(event.data).decode()}
        with self._database.transaction() as session:
            new = session.run(self._announce, row).rowcount == 1
            if new:
                self._insert(session, map(ScheduleRun, occurrences))
        return new

    def event(self, site: str, id: str) -> Event | None:
        """The event of this id at a site; None if there is none."""
        e = tables.events.c
        rows = self._database.rows(select(tables.events).where(e.site_id == site, e.id == id))
        return _build_event(rows[0]) if rows else None

    def events(
        self, sites: Collection[str], cursor: str | None = None, limit: int = 50
    ) -> tuple[tuple[Event, ...], str | None]:
        """One page of the events at these sites, newest first, and the cursor of the next page.

        ValueError if the cursor belongs to a list in another order.
        """
        e = tables.events.c
        query = select(tables.events).where(e.site_id.in_(sites))
        if cursor is not None:
            after = Cursor.parse(cursor, False)
            query = query.where(tuple_(e.at, e.id) < tuple_(after.at, after.id))
        rows = self._database.rows(query.order_by(e.at.desc(), e.id.desc()).limit(limit + 1))
        events = tuple(map(_build_event, rows[:limit]))
        return events, Cursor(events[-1].at, events[-1].id, False).text if len(rows) > limit else None


def _build_row(occurrence: Occurrence) -> dict[str, object]:
    return {
        "site": occurrence.site,
        "schedule": occurrence.schedule,
        "key": occurrence.key,
        "at": occurrence.at,
        "opens_at": occurrence.opens_at,
        "event": occurrence.event,
    }


def _build_run(row: Any) -> ScheduleRun:
    return ScheduleRun(
        Occurrence(row.site_id, row.schedule, row.key, row.at, row.opens_at, row.event),
        row.status,
        row.opened,
        row.reason,
        row.ran_at,
    )


def _build_event(row: Any) -> Event:
    return Event(
        site=row.site_id,
        id=row.id,
        name=row.name,
        at=row.at,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        data=orjson.loads(row.data),
    )
