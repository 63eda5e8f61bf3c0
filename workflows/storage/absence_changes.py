"""Who noted, changed or struck which absence; only ever added to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, insert, select

from workflows.core.commands import Actor
from workflows.core.people import Absence
from workflows.storage.database import Database, Session
from workflows.storage.tables import absence_changes, sites
from workflows.timing.instants import Instant

_C = absence_changes.c


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceChange:
    """An absence as it was noted, or as it was when it was struck."""

    seq: int
    at: Instant
    kind: str  # note | strike
    actor_id: str
    actor_name: str
    surface: str
    absence: Absence


def written(session: Session, kind: str, absence: Absence, actor: Actor, at: Instant) -> None:
    """Note what is done to an absence, in the transaction that does it."""
    # One after the other, and in nobody else's way: who opens a ticket shares the site's key.
    lock = select(sites.c.id).where(sites.c.id == absence.site).with_for_update(key_share=True)
    session.connection.execute(lock)
    last = select(func.coalesce(func.max(_C.seq), 0)).where(_C.site_id == absence.site)
    row = {
        "site_id": absence.site,
        "seq": session.connection.execute(last).scalar_one() + 1,
        "at": at,
        "kind": kind,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "surface": actor.surface,
        "staff_id": absence.staff_id,
        "from_at": absence.from_at,
        "to_at": absence.to_at,
        "substitute_id": absence.substitute_id,
    }
    session.connection.execute(insert(absence_changes), row)


def changes(database: Database, site: str, after: int = 0, limit: int = 200) -> tuple[AbsenceChange, ...]:
    """What was done after the change of this `seq`, oldest first."""
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
