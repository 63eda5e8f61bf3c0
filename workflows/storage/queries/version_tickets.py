"""Lists the open tickets that stand on some versions of a process."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import select

from workflows.core.access.visibility import Viewer
from workflows.storage import tables
from workflows.storage.database import Database
from workflows.storage.queries.visibility_sql import visible_condition

MAX_TICKETS = 500


class VersionTicket(NamedTuple):
    """An open ticket, and the version and state in which it stands."""

    site: str
    id: str
    number: str
    version: int
    state: str


def find_tickets_after(
    database: Database,
    workflow: str,
    version: int,
    viewer: Viewer,
    sites: Collection[str] | None = None,
) -> tuple[VersionTicket, ...]:
    """Up to `MAX_TICKETS` open tickets on later versions than this one that the viewer may see; at these
    sites, or at all if None."""
    t = tables.tickets.c
    query = select(t.site_id, t.id, t.number, t.version, t.state).where(
        t.workflow == workflow,
        t.version > version,
        t.category.in_(("open", "waiting")),
        visible_condition(viewer, database.postgres),
    )
    query = query if sites is None else query.where(t.site_id.in_(sites))
    rows = database.rows(query.order_by(t.site_id, t.number).limit(MAX_TICKETS))
    return tuple(VersionTicket(*row) for row in rows)
