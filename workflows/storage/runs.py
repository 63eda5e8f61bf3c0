"""What schedules have opened, what waits to be opened, and the events that were announced.

A run is written `waiting` together with the mark up to which its schedule was looked after, in one
transaction guarded by compare-and-set. So any number of clocks take each slot once; what a killed one left
waiting is opened by the next.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from sqlalchemy import func, select, tuple_

from workflows.core.scheduling import Occurrence
from workflows.storage import tables
from workflows.storage.cursors import Cursor
from workflows.storage.database import Database, Session
from workflows.timing.instants import Instant

Status = Literal["waiting", "opened", "missed", "parked"]
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
_DEALT = (
    "UPDATE schedule_runs SET status = :status, opened = :opened, reason = :reason, ran_at = :ran_at"
    " WHERE site_id = :site AND schedule = :schedule AND key = :key AND status IN ('waiting', 'parked')"
)
_RETRY = (
    "UPDATE schedule_runs SET status = 'waiting', reason = NULL"
    " WHERE site_id = :site AND schedule = :schedule AND key = :key AND status = 'parked'"
)
_FORGET = "DELETE FROM schedule_runs WHERE status IN ('opened', 'missed') AND ran_at < :before"
_ANNOUNCE = (
    "INSERT INTO events (site_id, id, name, at, actor_id, actor_name, data)"
    " VALUES (:site, :id, :name, :at, :actor_id, :actor_name, :data) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Run:
    """One time that a schedule opens: what is to become of it, or what became of it.

    opened   how many tickets it opened
    reason   why it is parked
    """

    occurrence: Occurrence
    status: Status = "waiting"
    opened: int = 0
    reason: str | None = None
    ran_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that was announced at a site: by whom, when, and what was said."""

    site: str
    id: str
    name: str
    at: Instant
    actor_id: str
    actor_name: str
    data: Mapping[str, object]


class Runs:
    """The runs of schedules, and the events that schedules hang on."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._add, self._dealt, self._retry = map(database.sql, (_ADD, _DEALT, _RETRY))
        self._first, self._move = database.sql(_FIRST_MARK), database.sql(_MOVE_MARK)
        self._forget, self._announce = database.sql(_FORGET), database.sql(_ANNOUNCE)

    def marks(self) -> dict[tuple[str, str], Instant]:
        """(site, schedule) → up to which moment its slots have become runs."""
        m = tables.schedule_marks.c
        rows = self._database.rows(select(m.site_id, m.schedule, m.seen_until))
        return {(row[0], row[1]): row[2] for row in rows}

    def advance(
        self, site: str, schedule: str, seen: Instant | None, until: Instant, runs: Iterable[Run]
    ) -> bool:
        """Move the mark of a schedule from `seen` (None: it had none) to `until`, and add its runs.

        False, and nothing written, if another clock was quicker.
        """
        row = {"site": site, "schedule": schedule, "seen": seen, "until": until}
        with self._database.transaction() as session:
            moved = session.run(self._first if seen is None else self._move, row).rowcount == 1
            if moved:
                self._put(session, runs)
        return moved

    def add(self, runs: Sequence[Run]) -> None:
        """Add runs; those that are there already stay as they are."""
        if runs:
            with self._database.transaction() as session:
                self._put(session, runs)

    def _put(self, session: Session, runs: Iterable[Run]) -> None:
        for run in runs:
            session.run(self._add, _row(run.occurrence) | {"status": run.status, "ran_at": run.ran_at})

    def waiting(self, until: Instant, limit: int = 500) -> tuple[Run, ...]:
        """What waits to be opened before a moment, the longest waiting first."""
        r = tables.schedule_runs.c
        query = select(tables.schedule_runs).where(r.status == "waiting", r.opens_at < until)
        order = query.order_by(r.opens_at, r.site_id, r.schedule, r.key).limit(limit)
        return tuple(map(_run, self._database.rows(order)))

    def dealt(self, run: Run) -> bool:
        """Note what became of a run; False if it was dealt with before."""
        row = _row(run.occurrence) | {"status": run.status, "opened": run.opened}
        row |= {"reason": run.reason, "ran_at": run.ran_at}
        with self._database.transaction() as session:
            return session.run(self._dealt, row).rowcount == 1

    def retry(self, site: str, schedule: str, key: str) -> bool:
        """Let a parked run be opened again; False if there is none such."""
        with self._database.transaction() as session:
            done = session.run(self._retry, {"site": site, "schedule": schedule, "key": key})
            return done.rowcount == 1

    def last(self, sites: Collection[str]) -> dict[tuple[str, str], Run]:
        """(site, schedule) → the run that was dealt with last."""
        r = tables.schedule_runs.c
        rank = func.row_number().over(
            partition_by=(r.site_id, r.schedule), order_by=(r.ran_at.desc(), r.opens_at.desc(), r.key.desc())
        )
        ranked = select(tables.schedule_runs, rank.label("rank")).where(
            r.site_id.in_(sites), r.ran_at.is_not(None), r.status != "waiting"
        )
        newest = ranked.subquery()
        found = map(_run, self._database.rows(select(newest).where(newest.c.rank == 1)))
        return {(each.occurrence.site, each.occurrence.schedule): each for each in found}

    def parked(self, sites: Collection[str]) -> tuple[Run, ...]:
        """The runs that were set aside, with their reasons."""
        r = tables.schedule_runs.c
        query = select(tables.schedule_runs).where(r.site_id.in_(sites), r.status == "parked")
        return tuple(map(_run, self._database.rows(query.order_by(r.site_id, r.schedule, r.opens_at, r.key))))

    def forget(self, before: Instant) -> int:
        """Forget the runs that were dealt with before a moment, but those that are parked; how many."""
        with self._database.transaction() as session:
            return session.run(self._forget, {"before": before}).rowcount

    def announce(self, event: Event, following: Sequence[Occurrence]) -> bool:
        """Record an event and what follows it; False if this very event was recorded before."""
        row = {"site": event.site, "id": event.id, "name": event.name, "at": event.at}
        row |= {"actor_id": event.actor_id, "actor_name": event.actor_name}
        row |= {"data": orjson.dumps(event.data).decode()}
        with self._database.transaction() as session:
            new = session.run(self._announce, row).rowcount == 1
            if new:
                self._put(session, map(Run, following))
        return new

    def event(self, site: str, id: str) -> Event | None:
        """An event that was announced."""
        e = tables.events.c
        rows = self._database.rows(select(tables.events).where(e.site_id == site, e.id == id))
        return _event(rows[0]) if rows else None

    def events(
        self, sites: Collection[str], cursor: str | None = None, limit: int = 50
    ) -> tuple[tuple[Event, ...], str | None]:
        """Events that were announced, newest first, and the cursor of the next page.

        ValueError if the cursor is not one of this list.
        """
        e = tables.events.c
        query = select(tables.events).where(e.site_id.in_(sites))
        if cursor is not None:
            after = Cursor.read(cursor, False)
            query = query.where(tuple_(e.at, e.id) < tuple_(after.at, after.id))
        rows = self._database.rows(query.order_by(e.at.desc(), e.id.desc()).limit(limit + 1))
        found = tuple(map(_event, rows[:limit]))
        return found, Cursor(found[-1].at, found[-1].id, False).text if len(rows) > limit else None


def _row(occurrence: Occurrence) -> dict[str, object]:
    return {
        "site": occurrence.site,
        "schedule": occurrence.schedule,
        "key": occurrence.key,
        "at": occurrence.at,
        "opens_at": occurrence.opens_at,
        "event": occurrence.event,
    }


def _run(row: Any) -> Run:
    return Run(
        Occurrence(row.site_id, row.schedule, row.key, row.at, row.opens_at, row.event),
        row.status,
        row.opened,
        row.reason,
        row.ran_at,
    )


def _event(row: Any) -> Event:
    return Event(
        site=row.site_id,
        id=row.id,
        name=row.name,
        at=row.at,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        data=orjson.loads(row.data),
    )
