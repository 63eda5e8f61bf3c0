"""Likely duplicates of a ticket are found."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

_OPEN = sa.text("similarity IS NOT NULL AND closed_at IS NULL")


def upgrade() -> None:
    """The value by which open tickets of a process are compared, and an index of it."""
    op.add_column("tickets", sa.Column("similarity", sa.Text(), nullable=True))
    columns = ["site_id", "workflow", "similarity", "opened_at", "id"]
    op.create_index("ix_tickets_similarity", "tickets", columns, sqlite_where=_OPEN, postgresql_where=_OPEN)


def downgrade() -> None:
    """Nothing is compared."""
    op.drop_index("ix_tickets_similarity", "tickets")
    op.drop_column("tickets", "similarity")
