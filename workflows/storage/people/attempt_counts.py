"""Counts attempts that are limited, as failed sign-ins are, in the database: all processes share the counts,
and a restart keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import delete, select

from workflows.storage.database import Database
from workflows.storage.tables import attempt_counts
from workflows.timing.instants import Instant

_F = attempt_counts.c
# A count that began at or before `stale` starts again from one.
_ATTEMPT = (
    "INSERT INTO attempt_counts (subject, count, since_at, last_at) VALUES (:subject, 1, :at, :at)"
    " ON CONFLICT (subject) DO UPDATE SET last_at = excluded.last_at,"
    " count = CASE WHEN attempt_counts.since_at <= :stale THEN 1 ELSE attempt_counts.count + 1 END,"
    " since_at = CASE WHEN attempt_counts.since_at <= :stale THEN excluded.since_at"
    " ELSE attempt_counts.since_at END"
)


class AttemptCount(NamedTuple):
    """How many attempts there were since `since_at`, the last of them at `last_at`."""

    times: int
    since_at: Instant
    last_at: Instant


class AttemptCounts:
    """Counts attempts by subject: a SHA-256, for instance of an account name or of an address."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._record = database.sql(_ATTEMPT)

    def read(self, subjects: Iterable[str]) -> dict[str, AttemptCount]:
        """The counts of these subjects, by subject; those without an attempt are left out."""
        query = select(attempt_counts).where(_F.subject.in_(list(subjects)))
        return {
            row.subject: AttemptCount(row.count, row.since_at, row.last_at)
            for row in self._database.rows(query)
        }

    def record(self, subjects: Iterable[str], at: Instant, wait: int) -> None:
        """Count an attempt for each subject. A count that began more than `wait` seconds ago starts again."""
        with self._database.transaction() as session:
            for subject in sorted(subjects):
                session.run(self._record, {"subject": subject, "at": at, "stale": at - wait})

    def clear(self, subject: str) -> None:
        """Delete the count of a subject."""
        with self._database.transaction() as session:
            session.connection.execute(delete(attempt_counts).where(_F.subject == subject))

    def delete_before(self, before: Instant) -> int:
        """Delete the counts whose last attempt was before this instant; how many there were."""
        with self._database.transaction() as session:
            statement = delete(attempt_counts).where(_F.last_at < before)
            return int(session.connection.execute(statement).rowcount)
