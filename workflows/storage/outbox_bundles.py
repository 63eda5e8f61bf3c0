"""Escalations to one person that go as one letter, a digest.

Messages are gathered when they are tried: all that wait for the same person at the same site. Their letter is
that of the oldest, and each of them keeps its id: at the next try the very same messages go together again,
so that the receiver can tell a repetition, and what has come meanwhile goes into a letter of its own.
"""

from __future__ import annotations

from dataclasses import replace

from workflows.core.access.assignment import NOBODY
from workflows.core.step import ESCALATION
from workflows.storage.database import Database
from workflows.storage.deliveries import WAITING
from workflows.storage.outbox_messages import MESSAGE_COLUMNS, MessageRow, OutboxMessage, build_message
from workflows.timing.instants import Instant

MAX_BUNDLED = 500  # messages in one letter
_FREE = (
    "(claimed_until IS NULL OR claimed_by = :claimer OR claimed_until <= {clock}"
    " OR claimed_until > {clock} + :longest)"
)
_WAITING = f"status IN ({', '.join(repr(each) for each in WAITING)})"
_GATHER = (
    f"SELECT {MESSAGE_COLUMNS}, {_FREE} FROM outbox {{by}} WHERE {_WAITING}"
    f" AND kind = '{ESCALATION}' AND site_id = :site AND recipient = :recipient AND urgent = :urgent"
    " AND coalesce(digest, '') = :digest AND (digest IS NOT NULL OR not_before <= :now)"
    " ORDER BY not_before, id LIMIT :limit {lock}"
)
_BEGIN = (
    "UPDATE outbox SET claimed_by = :claimer, claimed_until = {clock} + :lease, attempts = attempts + 1,"
    " digest = :digest WHERE site_id = :site AND id = :id"
)


class OutboxBundles:
    """Gathers messages that go as one letter."""

    def __init__(self, database: Database) -> None:
        self._database = database
        postgres = database.postgres
        by, lock = ("", "FOR UPDATE") if postgres else ("INDEXED BY ix_outbox_escalations", "")
        self._gather = database.sql(_GATHER.format(clock=database.clock_sql, by=by, lock=lock))
        self._begin = database.sql(_BEGIN.format(clock=database.clock_sql))

    def begin_attempt(
        self, message: OutboxMessage, claimer: str, now: Instant, lease: int, longest: int
    ) -> OutboxMessage | None:
        """Begin an attempt of this message together with all that go in the same letter, the oldest first.

        None if another claimer has the message, or one of those that it went with before.
        """
        key = {"site": message.site, "claimer": claimer}
        wanted = {
            "recipient": message.recipient,
            "urgent": message.urgent,
            "digest": message.digest or "",
            "now": now,
            "longest": longest,
            "limit": MAX_BUNDLED,
        }
        with self._database.transaction() as session:
            rows = session.run(self._gather, key | wanted).fetchall()
            width = len(MessageRow._fields)
            found = [build_message(row[:width]) for row in rows if row[width]]
            if message.id not in {each.id for each in found}:
                return None
            if message.digest is not None and len(found) != len(rows):
                return None
            digest = message.digest or (found[0].id if len(found) > 1 else None)
            begun = [replace(each, digest=digest, attempts=each.attempts + 1) for each in found]
            values = [{**key, "lease": lease, "digest": digest, "id": each.id} for each in begun]
            session.run_many(self._begin, values)
        first, *others = begun
        return replace(first, bundled=tuple(others))


def is_bundled(message: OutboxMessage) -> bool:
    """Whether the message may go in one letter with others: an escalation to a member of staff."""
    return message.kind == ESCALATION and message.recipient.partition(":")[0] not in (NOBODY, "client")
