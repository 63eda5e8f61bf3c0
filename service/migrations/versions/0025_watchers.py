"""Who follows a ticket."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """A table by ticket and by person, and the same ids on the ticket, where a step finds them."""
    op.add_column("tickets", sa.Column("watchers", sa.Text(), nullable=True))
    op.create_table(
        "watchers",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("site_id", "ticket_id", "staff_id")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("since_at", "opened_at")),
        sa.PrimaryKeyConstraint("site_id", "ticket_id", "staff_id", name="pk_watchers"),
    )
    by_person = ["site_id", "staff_id", "opened_at", "ticket_id"]
    op.create_index("ix_watchers_site_id_staff_id_opened_at_ticket_id", "watchers", by_person)


def downgrade() -> None:
    """Nobody follows a ticket any more."""
    op.drop_table("watchers")
    op.drop_column("tickets", "watchers")
