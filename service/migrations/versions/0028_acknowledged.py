"""A level of a clock can be acknowledged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    """Until when the next level waits, and who said so."""
    op.add_column("clocks", sa.Column("acknowledged", sa.Text(), nullable=True))


def downgrade() -> None:
    """Levels wait for nobody."""
    op.drop_column("clocks", "acknowledged")
