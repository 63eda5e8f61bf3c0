"""Rosters, and what has happened to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two tables."""
    op.create_table(
        "rosters",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_rosters_site_id_sites")),
        sa.PrimaryKeyConstraint("site_id", "name", name=op.f("pk_rosters")),
    )
    op.create_table(
        "roster_entries",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Text(), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_roster_entries_site_id_sites")),
        sa.PrimaryKeyConstraint("site_id", "name", "seq", name=op.f("pk_roster_entries")),
    )
    op.create_index(
        op.f("ix_roster_entries_site_id_name_day_seq"),
        "roster_entries",
        ["site_id", "name", "day", "seq"],
        unique=False,
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("roster_entries")
    op.drop_table("rosters")
