"""Indexes of the lists by when tickets were changed or ended, who opened them, and how far they were escalated."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

_ENDED = sa.text("closed_at IS NOT NULL")
_ESCALATED = sa.text("stopped_at IS NULL AND level > 0")


def upgrade() -> None:
    """Create them. The one by the end of a ticket now ends in its id, which is the order of a list."""
    op.drop_index("ix_tickets_closed", "tickets")
    _create("ix_tickets_closed", "tickets", ["site_id", "closed_at", "id"], _ENDED)
    _create("ix_tickets_changed", "tickets", ["site_id", "changed_at", "id"])
    _create("ix_tickets_opener", "tickets", ["site_id", "opener", "opened_at", "id"])
    _create("ix_clocks_level", "clocks", ["site_id", "level", "ticket_id"], _ESCALATED)


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_clocks_level", "clocks")
    op.drop_index("ix_tickets_opener", "tickets")
    op.drop_index("ix_tickets_changed", "tickets")
    op.drop_index("ix_tickets_closed", "tickets")
    _create("ix_tickets_closed", "tickets", ["site_id", "closed_at"], _ENDED)


def _create(name: str, table: str, columns: list[str], where: sa.TextClause | None = None) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
