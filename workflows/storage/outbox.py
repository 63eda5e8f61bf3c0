"""Messages that wait to be sent. Whoever claims one has it until the lease ends; then another may claim it.

A message is sent at least once: if a relay dies after sending and before recording it, the message is sent
again under the same id, by which the receiver can tell. A claim does not count as an attempt; `begin_attempt`
does. Only the present claimer can record a result: a relay that comes back after its lease, when another has
claimed the message, changes nothing.

Leases are measured by the clock of the database, which all relays share. `now` is the relay's own clock, and
only decides which messages are due.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workflows.storage.database import Database, Session
from workflows.storage.deliveries import (
    DEAD,
    FAILED,
    HELD,
    REPEATABLE,
    SENT,
    UNREACHED,
    WAITING,
    Delivery,
    LetterSeal,
)
from workflows.storage.outbox_bundles import OutboxBundles
from workflows.storage.outbox_messages import MESSAGE_COLUMNS, OutboxMessage, build_message
from workflows.storage.sql import Row, Sql
from workflows.timing.instants import Instant

MAX_LEASE = 86_400
"""Seconds. A longer lease was made while the database's clock ran ahead, and is ignored."""


def _listed(statuses: Sequence[str]) -> str:
    return f"({', '.join(repr(each) for each in statuses)})"


_WAITS = f"status IN {_listed(WAITING)}"
_CLAIM = (
    "UPDATE outbox SET claimed_by = :claimer, claimed_until = {clock} + :lease"
    " WHERE (site_id, id) IN (SELECT site_id, id FROM outbox {by} WHERE "
    + _WAITS
    + " AND urgent = :urgent AND not_before <= :now"
    " AND (claimed_until IS NULL OR claimed_until <= {clock} OR claimed_until > {clock} + :longest)"
    " ORDER BY not_before LIMIT :limit {skip})"
    f" RETURNING {MESSAGE_COLUMNS}"
)
_FREE = "claimed_by = NULL, claimed_until = NULL"
_ONE = "WHERE site_id = :site AND id = :id"
_MINE = f"{_ONE} AND {_WAITS} AND claimed_by = :claimer"
_BEGIN = (
    "UPDATE outbox SET attempts = attempts + 1, claimed_until = {clock} + :lease"
    f" {_MINE} RETURNING attempts"
)
_DONE = (
    "UPDATE outbox SET status = :status, sent_at = :sent_at, tried_at = :at, last_error = :error,"
    f" channel = :channel, letter = :letter, sealed_letter = :sealed_letter, {_FREE} {_MINE}"
)
_LATER = (
    "UPDATE outbox SET status = :status, not_before = :not_before, last_error = :error, tried_at = :at,"
    f" channel = :channel, attempts = attempts - :uncounted, {_FREE} {_MINE}"
)
_KEY = "SELECT data_key FROM tickets WHERE site_id = :site AND id = :ticket"
_RELEASE = f"UPDATE outbox SET {_FREE} {_MINE}"
_AGAIN = (
    "status = 'pending', attempts = 0, not_before = :now, letter = NULL, sealed_letter = NULL, digest = NULL"
)
_REQUEUE = f"UPDATE outbox SET {_AGAIN}, {_FREE} {_ONE} AND status IN {_listed(REPEATABLE)}"
_CORRECT_TIMES = (
    f"UPDATE outbox SET not_before = :now WHERE {_WAITS} AND urgent IN (FALSE, TRUE)"
    " AND not_before > :now"
    " AND (not_before = created_at OR not_before > :furthest)"
)
_COUNT_PENDING = "SELECT count(*), min(not_before) FROM outbox {by} WHERE " + _WAITS
_COUNT_DEAD = "SELECT count(*) FROM outbox {by} WHERE status = 'dead'"
_COUNT_UNREACHED = (
    "SELECT status, count(*) FROM outbox {by} WHERE status IN "
    + _listed(UNREACHED)
    + " AND tried_at >= :since GROUP BY status"
)
_INDEXES = ("pending", "unreached", "dead")


class Outbox:
    """Claims messages and records what became of them. The store inserts them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        skip = "FOR UPDATE SKIP LOCKED" if database.postgres else ""
        by = {name: "" if database.postgres else f"INDEXED BY ix_outbox_{name}" for name in _INDEXES}
        claim = _CLAIM.format(skip=skip, clock=database.clock_sql, by=by["pending"])
        self._claim = database.sql(claim)
        self._begin = database.sql(_BEGIN.format(clock=database.clock_sql))
        self._done, self._later, self._key = map(database.sql, (_DONE, _LATER, _KEY))
        self._seal, self._release = LetterSeal(database.cipher), database.sql(_RELEASE)
        self._requeue, self._correct_times = map(database.sql, (_REQUEUE, _CORRECT_TIMES))
        self._bundles = OutboxBundles(database)
        self._count_pending = database.sql(_COUNT_PENDING.format(by=by["pending"]))
        self._count_dead = database.sql(_COUNT_DEAD.format(by=by["dead"]))
        self._count_unreached = database.sql(_COUNT_UNREACHED.format(by=by["unreached"]))

    def claim(self, now: Instant, limit: int, lease_seconds: int, claimer: str) -> tuple[OutboxMessage, ...]:
        """Claim up to `limit` messages that are due, for this claimer alone until the lease ends; urgent ones
        first, then the oldest.

        `claimer` must be unique to this claim: two claims under one name could record each other's results.
        """
        values = {
            "now": now,
            "lease": lease_seconds,
            "longest": MAX_LEASE,
            "claimer": claimer,
        }
        rows: list[Row] = []
        with self._database.transaction() as session:
            for urgent in (True, False):  # each is read in the order of the index, without a sort
                batch = values | {"urgent": urgent, "limit": limit - len(rows)}
                rows += session.run(self._claim, batch).fetchall()
        claimed = map(build_message, rows)
        return tuple(sorted(claimed, key=lambda each: (not each.urgent, each.not_before, each.seq, each.id)))

    def begin_attempt(self, message: OutboxMessage, claimer: str, lease_seconds: int) -> int | None:
        """Begin an attempt, with a new lease; the number of the attempt. None if another claimer has the
        message."""
        values = {"site": message.site, "id": message.id, "claimer": claimer, "lease": lease_seconds}
        with self._database.transaction() as session:
            answer = session.run(self._begin, values).fetchone()
        return None if answer is None else int(answer[0])

    def begin_bundle(
        self, message: OutboxMessage, claimer: str, now: Instant, lease_seconds: int
    ) -> OutboxMessage | None:
        """Begin an attempt of a message with those that go in the same letter; None as `begin_attempt`. What
        is recorded of the message returned is recorded of all of them, in one transaction."""
        return self._bundles.begin_attempt(message, claimer, now, lease_seconds, MAX_LEASE)

    def mark_sent(
        self, message: OutboxMessage, claimer: str, at: Instant, delivery: Delivery | None = None
    ) -> bool:
        """Record what a channel did with the message; without `delivery`, that it was sent. False, as in all
        that follow, if another claimer has it by now."""
        return self._finish(message, claimer, at, delivery or Delivery())

    def mark_dead(
        self,
        message: OutboxMessage,
        claimer: str,
        error: str,
        at: Instant | None = None,
        delivery: Delivery | None = None,
    ) -> bool:
        """Give the message up as a dead letter. `delivery` has the letter that was refused, if one was
        written."""
        found = replace(delivery or Delivery(), status=DEAD, reason=error)
        return self._finish(message, claimer, at, found)

    def retry(
        self,
        message: OutboxMessage,
        claimer: str,
        not_before: Instant,
        error: str,
        *,
        at: Instant | None = None,
        channel: str | None = None,
    ) -> bool:
        """Record that an attempt failed; the message is due again at `not_before`."""
        later = {"status": FAILED, "not_before": not_before, "error": error, "uncounted": 0}
        return self._write(self._later, message, claimer, **later, at=at, channel=channel)

    def postpone(
        self,
        message: OutboxMessage,
        claimer: str,
        not_before: Instant,
        reason: str,
        channel: str | None = None,
    ) -> bool:
        """Hold the message until `not_before`, for a reason that is not its own, such as quiet hours or a
        channel that is down. The attempt is not counted."""
        held = {"status": HELD, "not_before": not_before, "error": reason, "uncounted": 1}
        return self._write(self._later, message, claimer, **held, at=message.tried_at, channel=channel)

    def release(self, messages: Sequence[OutboxMessage], claimer: str) -> None:
        """Give back messages that were claimed and not begun, so that others may claim them at once."""
        with self._database.transaction() as session:
            session.run_many(
                self._release, [{"site": each.site, "id": each.id, "claimer": claimer} for each in messages]
            )

    def requeue(self, site: str, message: str, now: Instant) -> bool:
        """Let a message be sent again that is dead, was only logged or had no address, with all attempts;
        False if there is none with this id."""
        with self._database.transaction() as session:
            values = {"site": site, "id": message, "now": now}
            return session.run(self._requeue, values).rowcount == 1

    def correct_times(self, now: Instant, furthest: Instant) -> int:
        """Correct the times of messages that were queued or postponed while a clock ran ahead; how many there
        were.

        A message that was not postponed yet becomes due now, and so does one that is postponed beyond
        `furthest`.
        """
        with self._database.transaction() as session:
            return session.run(self._correct_times, {"now": now, "furthest": furthest}).rowcount

    def count_pending(self) -> tuple[int, Instant | None]:
        """How many messages wait, and the instant since which the oldest of them is due."""
        ((count, oldest),) = self._database.read(self._count_pending, {})
        return count, oldest

    def count_dead(self) -> int:
        """How many dead letters there are at all sites."""
        ((count,),) = self._database.read(self._count_dead, {})
        return int(count)

    def count_unreached(self, since: Instant) -> dict[str, int]:
        """How many messages nobody received since this instant: by `logged` and `no-address`."""
        found = dict.fromkeys(UNREACHED, 0)
        return found | dict(self._database.read(self._count_unreached, {"since": since}))

    def _finish(self, message: OutboxMessage, claimer: str, at: Instant | None, delivery: Delivery) -> bool:
        with self._database.transaction() as session:
            together = (message, *message.bundled)
            done = [self._finish_one(session, each, claimer, at, delivery) for each in together]
        return all(done)

    def _finish_one(
        self,
        session: Session,
        message: OutboxMessage,
        claimer: str,
        at: Instant | None,
        delivery: Delivery,
    ) -> bool:
        key, record = None, delivery.parts.get(message.id, delivery.letter)
        if record is not None:
            rows = session.run(self._key, {"site": message.site, "ticket": message.ticket}).fetchall()
            key = rows[0][0] if rows else None
        letter, sealed = self._seal.store(message.site, message.ticket, message.id, key, record)
        values = {
            "site": message.site,
            "id": message.id,
            "claimer": claimer,
            "status": delivery.status,
            "at": at,
            "sent_at": at if delivery.status == SENT else None,
            "error": delivery.reason,
            "channel": delivery.channel,
            "letter": letter,
            "sealed_letter": sealed,
        }
        return session.run(self._done, values).rowcount == 1

    def _write(self, sql: Sql, message: OutboxMessage, claimer: str, **values: object) -> bool:
        rows = [
            {"site": each.site, "id": each.id, "claimer": claimer, **values}
            for each in (message, *message.bundled)
        ]
        with self._database.transaction() as session:
            done = [session.run(sql, row).rowcount == 1 for row in rows]
        return all(done)
