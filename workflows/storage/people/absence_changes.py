"""The history of absences: who noted, changed or struck which. Append-only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from workflows.core.commands import Actor
from workflows.core.people import Absence
from workflows.storage.audit.books import ABSENCES, RecordedChange, author_columns
from workflows.storage.database import Database, Session
from workflows.storage.tables import absence_changes, sites
from workflows.timing.instants import Instant

_C = absence_changes.c


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceChange(RecordedChange):
    """One change of an absence, with the absence as it was noted, or as it was when it was struck."""

    kind: str  # note | strike
    absence: Absence


def insert_change(
    session: Session, key: bytes, kind: str, absence: Absence, actor: Actor, at: Instant
) -> None:
    """Record what is done to an absence, in the transaction that does it; chained with the audit's `key`."""
    # The lock puts changes in order. It leaves the row's key free, which whoever opens a ticket shares.
    lock = select(sites.c.id).where(sites.c.id == absence.site).with_for_update(key_share=True)
    session.connection.execute(lock)
    row = {
        **author_columns(actor, at),
        "site_id": absence.site,
        "kind": kind,
        "staff_id": absence.staff_id,
        "from_at": absence.from_at,
        "to_at": absence.to_at,
        "substitute_id": absence.substitute_id,
    }
    ABSENCES.append(session, key, [row])


def read_changes(
    database: Database, site: str, after: int = 0, limit: int = 200
) -> tuple[AbsenceChange, ...]:
    """Up to `limit` changes after the change of this `seq`, oldest first."""
    query = select(absence_changes).where(_C.site_id == site, _C.seq > after)
    return tuple(
        AbsenceChange(
            seq=row.seq,
            at=row.at,
            kind=row.kind,
            actor_id=row.actor_id,
            actor_name=row.actor_name,
            surface=row.surface,
            absence=Absence(
                site=row.site_id,
                staff_id=row.staff_id,
                from_at=row.from_at,
                to_at=row.to_at,
                substitute_id=row.substitute_id,
            ),
        )
        for row in database.rows(query.order_by(_C.seq).limit(limit))
    )
