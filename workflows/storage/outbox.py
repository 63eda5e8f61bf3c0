"""Messages that wait to be sent. Whoever claims one has it for the length of the lease, then another may.

A message is sent at least once: if a relay dies between sending and saying so, it is sent again under the
same id, and the receiver can tell.
"""

from __future__ import annotations

from typing import Any

import orjson

from workflows.storage import tables
from workflows.storage.database import Database
from workflows.storage.sql import Sql
from workflows.storage.views import OutboxRow
from workflows.timing.instants import Instant

_NAMES = ", ".join(tables.outbox.c.keys())
_CLAIM = (
    "UPDATE outbox SET claimed_by = :worker, claimed_until = :until, attempts = attempts + 1"
    " WHERE (site_id, id) IN (SELECT site_id, id FROM outbox WHERE status = 'pending' AND not_before <= :now"
    " AND (claimed_until IS NULL OR claimed_until <= :now)"
    " ORDER BY urgent DESC, not_before LIMIT :limit {skip})"
    f" RETURNING {_NAMES}"
)
_FREE = "claimed_by = NULL, claimed_until = NULL"
_ONE = "WHERE site_id = :site AND id = :id"
_SENT = f"UPDATE outbox SET status = 'sent', sent_at = :at, last_error = NULL, {_FREE} {_ONE}"
_RETRY = f"UPDATE outbox SET not_before = :not_before, last_error = :error, {_FREE} {_ONE}"
_DEAD = f"UPDATE outbox SET status = 'dead', last_error = :error, {_FREE} {_ONE}"
_AGAIN = "status = 'pending', attempts = 0, not_before = :now"
_REQUEUE = f"UPDATE outbox SET {_AGAIN}, {_FREE} {_ONE} AND status = 'dead'"
_FORGET = "DELETE FROM outbox WHERE status = 'sent' AND sent_at < :before"
_WAITING = "SELECT count(*), min(not_before) FROM outbox WHERE status = 'pending'"


class Outbox:
    """The relay's side of the outbox; the store fills it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        skip = "FOR UPDATE SKIP LOCKED" if database.postgres else ""
        self._claim = database.sql(_CLAIM.format(skip=skip))
        self._sent, self._retry, self._dead = map(database.sql, (_SENT, _RETRY, _DEAD))
        self._requeue, self._waiting, self._forget = map(database.sql, (_REQUEUE, _WAITING, _FORGET))

    def claim(self, now: Instant, limit: int, lease_seconds: int, worker: str) -> tuple[OutboxRow, ...]:
        """Messages for this worker alone until the lease ends; urgent ones first, then the oldest."""
        values = {"now": now, "until": now + lease_seconds, "limit": limit, "worker": worker}
        with self._database.transaction() as session:
            rows = session.run(self._claim, values).fetchall()
        claimed = map(outbox_row, rows)
        return tuple(sorted(claimed, key=lambda row: (not row.urgent, row.not_before, row.seq, row.id)))

    def sent(self, site: str, message: str, at: Instant) -> None:
        """The message has left."""
        self._write(self._sent, site, message, at=at)

    def retry(self, site: str, message: str, not_before: Instant, error: str) -> None:
        """It did not leave; try again from `not_before`."""
        self._write(self._retry, site, message, not_before=not_before, error=error)

    def dead(self, site: str, message: str, error: str) -> None:
        """It will never leave by itself."""
        self._write(self._dead, site, message, error=error)

    def requeue(self, site: str, message: str, now: Instant) -> bool:
        """Try a dead message once more; whether there was one."""
        return self._write(self._requeue, site, message, now=now) == 1

    def forget(self, before: Instant) -> int:
        """Forget the messages that were sent before this moment; how many."""
        with self._database.transaction() as session:
            return session.run(self._forget, {"before": before}).rowcount

    def waiting(self) -> tuple[int, Instant | None]:
        """How many messages wait, and since when the longest."""
        row = self._database.read(self._waiting, {})[0]
        return row[0], row[1]

    def _write(self, sql: Sql, site: str, message: str, **values: object) -> int:
        with self._database.transaction() as session:
            return session.run(sql, {"site": site, "id": message, **values}).rowcount


def outbox_row(row: Any) -> OutboxRow:
    """The message of a whole row of the table."""
    payload = orjson.loads(row[7])
    return OutboxRow(
        site=row[0],
        id=row[1],
        ticket=row[2],
        seq=row[3],
        kind=row[4],
        recipient=row[5],
        role=row[6],
        text=payload["text"],
        clock=payload["clock"],
        level=payload["level"],
        urgent=bool(row[8]),
        status=row[9],
        not_before=row[10],
        attempts=row[11],
        last_error=row[14],
        created_at=row[15],
        sent_at=row[16],
    )
