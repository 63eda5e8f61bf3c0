"""A child remembers in which step of its parent it was asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; children opened before are of no round, and current."""
    op.add_column("tickets", sa.Column("round", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("tickets", "round")
