"""Finds the open tickets that are likely the same matter."""

from __future__ import annotations

from workflows.core.access.visibility import Viewer
from workflows.core.ticket import Ticket
from workflows.storage.database import Database
from workflows.storage.queries.visibility_sql import visibility_conditions
from workflows.storage.tickets.rows import NARROW_COLUMNS, build_narrow_ticket

MAX_DUPLICATES = 10


class Duplicates:
    """Open tickets of a process with the same value in the field by which it compares them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, site: str, workflow: str, similarity: str, viewer: Viewer) -> tuple[Ticket, ...]:
        """Up to `MAX_DUPLICATES` that the viewer may see, the newest first, without their data."""
        visible, values = visibility_conditions(viewer, site, self._database.postgres)
        by = "" if self._database.postgres else "INDEXED BY ix_tickets_similarity"
        conditions = [
            "site_id = :site AND workflow = :workflow AND similarity = :similarity",
            "similarity IS NOT NULL AND closed_at IS NULL",
            *visible,
        ]
        sql = (
            f"SELECT {', '.join(NARROW_COLUMNS)} FROM tickets {by} WHERE {' AND '.join(conditions)}"
            " ORDER BY opened_at DESC, id DESC LIMIT :limit"
        )
        key = {"site": site, "workflow": workflow, "similarity": similarity, "limit": MAX_DUPLICATES}
        return tuple(map(build_narrow_ticket, self._database.read(sql, key | values)))
