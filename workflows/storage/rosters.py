"""Rosters: how each stands, what has happened to it, and the open work that strategies weigh."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from workflows.core.turns.packing import packed, unpacked
from workflows.core.turns.roster import Roster
from workflows.core.turns.rota import Loads, Move
from workflows.storage.conflicts import Conflict
from workflows.storage.database import Database, Session
from workflows.storage.sql import Row
from workflows.timing.instants import Instant

_LOAD = "SELECT seq, day, state FROM rosters WHERE site_id = :site AND name = :name"
_BEGIN = "INSERT INTO rosters (site_id, name, seq, day, state) VALUES (:site, :name, :seq, :day, :state)"
_MOVE = (
    "UPDATE rosters SET seq = :seq, day = :day, state = :state"
    " WHERE site_id = :site AND name = :name AND seq = :before"
)
_COLUMNS = "seq, day, at, kind, person, actor_id, actor_name, ticket_id, facts, state"
_ENTER = (
    f"INSERT INTO roster_entries (site_id, name, {_COLUMNS}) VALUES"
    " (:site, :name, :seq, :day, :at, :kind, :person, :actor_id, :actor_name, :ticket, :facts, :state)"
)
_OF_DAY = f"SELECT {_COLUMNS} FROM roster_entries WHERE site_id = :site AND name = :name AND day = :day"
_LOG = f"{_OF_DAY} AND seq > :after ORDER BY seq LIMIT :most"
_LAST = f"{_OF_DAY} ORDER BY seq DESC LIMIT 1"
_FORGET = ("DELETE FROM rosters WHERE site_id = :site", "DELETE FROM roster_entries WHERE site_id = :site")
_LOADS = (
    "SELECT workflow, assignee, count(*) FROM tickets WHERE site_id = :site"
    " AND category IN ('open', 'waiting') AND assignee IS NOT NULL GROUP BY workflow, assignee"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """An entry of a roster's log."""

    seq: int
    at: Instant
    kind: str
    person: str | None
    actor_id: str
    actor_name: str
    ticket: str | None
    facts: Mapping[str, Any]


class Rosters:
    """The rosters of all sites. Every entry is guarded by the roster's `seq`: two at once are a Conflict."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._load, self._loads = database.sql(_LOAD), database.sql(_LOADS)
        self._begin, self._move, self._enter = database.sql(_BEGIN), database.sql(_MOVE), database.sql(_ENTER)
        self._log, self._last = database.sql(_LOG), database.sql(_LAST)
        self._forget = tuple(map(database.sql, _FORGET))

    def load(self, site: str, name: str) -> Roster:
        """A roster as it stands; an empty one that nothing has happened to yet."""
        rows = self._database.read(self._load, {"site": site, "name": name})
        if not rows:
            return Roster(site=site, name=name)
        seq, day, state = rows[0]
        return unpacked(site, name, seq, day, orjson.loads(state))

    def on(self, site: str, name: str, day: str) -> Roster | None:
        """A roster as it stood at the end of a day; None if nothing happened to it on that day."""
        rows = self._database.read(self._last, {"site": site, "name": name, "day": day})
        return unpacked(site, name, rows[0][0], rows[0][1], orjson.loads(rows[0][9])) if rows else None

    def log(self, site: str, name: str, day: str, after: int = 0, most: int = 1_000) -> tuple[Logged, ...]:
        """What happened to a roster on a day after entry `after`, the oldest first."""
        which = {"site": site, "name": name, "day": day, "after": after, "most": most}
        return tuple(map(_logged, self._database.read(self._log, which)))

    def loads(self, site: str) -> Loads:
        """How many open tickets of each process everybody has."""
        found: dict[str, dict[str, int]] = {}
        for workflow, person, count in self._database.read(self._loads, {"site": site}):
            found.setdefault(workflow, {})[person] = count
        return found

    def forget(self, site: str) -> None:
        """Begin a site's rosters anew, their logs too: between rehearsals."""
        with self._database.transaction() as session:
            for statement in self._forget:
                session.run(statement, {"site": site})

    def record(self, move: Move) -> None:
        """Write one entry by itself. Conflict if the roster has moved on."""
        with self._database.transaction() as session:
            self.write(session, (move,))

    def write(self, session: Session, moves: Iterable[Move]) -> None:
        """Write entries in a transaction of the caller's. Conflict if a roster has moved on."""
        for move in moves:
            row = _row(move)
            statement = self._move if move.before.seq else self._begin
            if session.run(statement, row).rowcount != 1:
                raise Conflict(f"roster {move.after.name} is no longer at entry {move.before.seq}")
            session.run(self._enter, row)


def _row(move: Move) -> dict[str, Any]:
    after, entry = move.after, move.entry
    return {
        "site": after.site,
        "name": after.name,
        "before": move.before.seq,
        "seq": after.seq,
        "day": after.day,
        "at": entry.at,
        "kind": entry.kind,
        "person": entry.person,
        "actor_id": entry.actor_id,
        "actor_name": entry.actor_name,
        "ticket": entry.ticket,
        "facts": orjson.dumps(entry.facts).decode(),
        "state": orjson.dumps(packed(after)).decode(),
    }


def _logged(row: Row) -> Logged:
    return Logged(
        seq=row[0],
        at=row[2],
        kind=row[3],
        person=row[4],
        actor_id=row[5],
        actor_name=row[6],
        ticket=row[7],
        facts=orjson.loads(row[8]),
    )
