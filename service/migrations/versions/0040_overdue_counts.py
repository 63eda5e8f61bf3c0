"""Indexes from which overdue tickets are counted by process and state, without their rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"

_FOR_EVERYBODY = sa.text("due_at IS NOT NULL AND audience IS NULL")
_RESTRICTED = sa.text("due_at IS NOT NULL AND audience IS NOT NULL")


def upgrade() -> None:
    """Create them. An audience may be too long for an index: restricted tickets, which are few, are looked at."""
    _create("ix_tickets_due_by_state", ["site_id", "workflow", "state", "due_at"], _FOR_EVERYBODY)
    _create("ix_tickets_due_restricted", ["site_id", "due_at"], _RESTRICTED)


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_tickets_due_restricted", "tickets")
    op.drop_index("ix_tickets_due_by_state", "tickets")


def _create(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "tickets", columns, sqlite_where=where, postgresql_where=where)
