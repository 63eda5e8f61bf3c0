"""Escalations to one person go as one letter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

_WAITING = sa.text("status IN ('pending', 'held', 'failed') AND kind = 'escalation'")


def upgrade() -> None:
    """Which messages share a letter, and an index by which those of one person are found."""
    op.add_column("outbox", sa.Column("digest", sa.Text(), nullable=True))
    columns = ["site_id", "recipient", "urgent", "not_before", "id"]
    op.create_index(
        "ix_outbox_escalations", "outbox", columns, sqlite_where=_WAITING, postgresql_where=_WAITING
    )


def downgrade() -> None:
    """Each message is a letter."""
    op.drop_index("ix_outbox_escalations", "outbox")
    op.drop_column("outbox", "digest")
