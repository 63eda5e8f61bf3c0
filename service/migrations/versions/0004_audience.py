"""Whom a ticket exists for; and those that still hold personal values after their end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KEYED = sa.text("closed_at IS NOT NULL AND data_key IS NOT NULL")
_RESTRICTED = sa.text("audience IS NOT NULL")


def upgrade() -> None:
    """All tickets so far exist for everybody at their site."""
    op.add_column("tickets", sa.Column("audience", sa.Text(), nullable=True))
    op.create_index(
        "ix_tickets_restricted",
        "tickets",
        ["site_id", "id"],
        unique=False,
        sqlite_where=_RESTRICTED,
        postgresql_where=_RESTRICTED,
    )
    op.create_index(
        "ix_tickets_keyed",
        "tickets",
        ["workflow", "closed_at"],
        unique=False,
        sqlite_where=_KEYED,
        postgresql_where=_KEYED,
    )


def downgrade() -> None:
    """Restricted tickets would be open to all."""
    raise NotImplementedError("restore a backup instead")
