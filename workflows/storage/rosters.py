"""Stores rosters and their logs, and counts the open tickets that selection strategies weigh."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from workflows.core.turns.roster import Roster
from workflows.core.turns.selection_context import Loads, RosterChange
from workflows.core.turns.serialization import deserialize_roster, serialize_roster
from workflows.storage.database import Database, Session
from workflows.storage.errors import Conflict
from workflows.storage.sql import Row
from workflows.timing.instants import Instant

_LOAD = "SELECT seq, day, state FROM rosters WHERE site_id = :site AND name = :name"
_BEGIN = "INSERT INTO rosters (site_id, name, seq, day, state) VALUES (:site, :name, :seq, :day, :state)"
_MOVE = (
    "UPDATE rosters SET seq = :seq, day = :day, state = :state"
    " WHERE site_id = :site AND name = :name AND seq = :before"
)


class _RosterLogRow(NamedTuple):
    """The columns of `roster_entries`, after the site and the name, in the order in which they are read."""

    seq: int
    day: str
    at: Instant
    kind: str
    person: str | None
    actor_id: str
    actor_name: str
    ticket_id: str | None
    facts: str
    state: str


_COLUMNS = ", ".join(_RosterLogRow._fields)
_ENTER = (
    f"INSERT INTO roster_entries (site_id, name, {_COLUMNS}) VALUES"
    " (:site, :name, :seq, :day, :at, :kind, :person, :actor_id, :actor_name, :ticket, :facts, :state)"
)
_OF_DAY = f"SELECT {_COLUMNS} FROM roster_entries WHERE site_id = :site AND name = :name AND day = :day"
_LOG = f"{_OF_DAY} ORDER BY seq LIMIT 1000"
_LAST = f"{_OF_DAY} ORDER BY seq DESC LIMIT 1"
_DELETES = ("DELETE FROM rosters WHERE site_id = :site", "DELETE FROM roster_entries WHERE site_id = :site")
_LOADS = (
    "SELECT workflow, assignee, count(*) FROM tickets WHERE site_id = :site"
    " AND category IN ('open', 'waiting') AND assignee IS NOT NULL GROUP BY workflow, assignee"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterLogEntry:
    """One entry of a roster's log: what happened at which `seq`, to whom, by whom, and in the step of
    which ticket."""

    seq: int
    at: Instant
    kind: str
    person: str | None
    actor_id: str
    actor_name: str
    ticket: str | None
    facts: Mapping[str, Any]


class Rosters:
    """Reads and writes the rosters of all sites. A roster's `seq` guards it: of two writes at once, one
    gets a Conflict."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._load, self._loads = database.sql(_LOAD), database.sql(_LOADS)
        self._begin, self._move, self._enter = database.sql(_BEGIN), database.sql(_MOVE), database.sql(_ENTER)
        self._log, self._last = database.sql(_LOG), database.sql(_LAST)
        self._deletes = tuple(map(database.sql, _DELETES))

    def load(self, site: str, name: str) -> Roster:
        """A roster as it stands now; an empty one if nothing has been recorded for it."""
        rows = self._database.read(self._load, {"site": site, "name": name})
        if not rows:
            return Roster(site=site, name=name)
        seq, day, state = rows[0]
        return deserialize_roster(site, name, seq, day, orjson.loads(state))

    def load_day(self, site: str, name: str, day: str) -> Roster | None:
        """A roster as it stood at the end of a day; None if nothing was recorded on that day."""
        rows = self._database.read(self._last, {"site": site, "name": name, "day": day})
        if not rows:
            return None
        last = _RosterLogRow._make(rows[0])
        return deserialize_roster(site, name, last.seq, last.day, orjson.loads(last.state))

    def read_log(self, site: str, name: str, day: str) -> tuple[RosterLogEntry, ...]:
        """The log entries of a roster on a day, at most 1,000 of them, oldest first."""
        values = {"site": site, "name": name, "day": day}
        return tuple(map(_build_log_entry, self._database.read(self._log, values)))

    def count_open_tickets(self, site: str) -> Loads:
        """Workflow -> staff id -> how many open tickets of the workflow the person is the assignee of."""
        loads: dict[str, dict[str, int]] = {}
        for workflow, person, count in self._database.read(self._loads, {"site": site}):
            loads.setdefault(workflow, {})[person] = count
        return loads

    def delete_site(self, site: str) -> None:
        """Delete the rosters of a site and their logs, between rehearsals."""
        with self._database.transaction() as session:
            for statement in self._deletes:
                session.run(statement, {"site": site})

    def record(self, change: RosterChange) -> None:
        """Write one change in a transaction of its own. Conflict if the roster has moved on."""
        with self._database.transaction() as session:
            self.write(session, (change,))

    def write(self, session: Session, changes: Iterable[RosterChange]) -> None:
        """Write changes in the caller's transaction. Conflict if a roster has moved on."""
        for change in changes:
            row = _build_row(change)
            statement = self._move if change.before.seq else self._begin
            if session.run(statement, row).rowcount != 1:
                raise Conflict(f"roster {change.after.name} is no longer at entry {change.before.seq}")
            session.run(self._enter, row)


def _build_row(change: RosterChange) -> dict[str, Any]:
    after, entry = change.after, change.event
    return {
        "site": after.site,
        "name": after.name,
        "before": change.before.seq,
        "seq": after.seq,
        "day": after.day,
        "at": entry.at,
        "kind": entry.kind,
        "person": entry.person,
        "actor_id": entry.actor_id,
        "actor_name": entry.actor_name,
        "ticket": entry.ticket,
        "facts": orjson.dumps(entry.facts).decode(),
        "state": orjson.dumps(serialize_roster(after)).decode(),
    }


def _build_log_entry(row: Row) -> RosterLogEntry:
    entry = _RosterLogRow._make(row)
    return RosterLogEntry(
        seq=entry.seq,
        at=entry.at,
        kind=entry.kind,
        person=entry.person,
        actor_id=entry.actor_id,
        actor_name=entry.actor_name,
        ticket=entry.ticket_id,
        facts=orjson.loads(entry.facts),
    )
