"""Migrations: plans that move open tickets to another version, and what became of each ticket.

Revision ID: 0035
Revises: 0033
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0033"


def upgrade() -> None:
    op.create_table(
        "migrations",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("id", "process", "text", "newest", "because")),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_migrations"),
    )
    op.create_index("ix_migrations_process_created_at", "migrations", ["process", "created_at"])
    op.create_table(
        "migrated_tickets",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("site_id", "migration", "ticket_id", "status")),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=True),
        sa.Column("reason", sa.Text, nullable=True),
        sa.Column("replaced", sa.Text, nullable=True),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("site_id", "migration", "ticket_id", name="pk_migrated_tickets"),
    )
    by = ["migration", "status", "site_id", "ticket_id"]
    op.create_index("ix_migrated_tickets_migration_status_site_id_ticket_id", "migrated_tickets", by)
    op.create_index("ix_migrated_tickets_site_id_ticket_id", "migrated_tickets", ["site_id", "ticket_id"])


def downgrade() -> None:
    op.drop_table("migrated_tickets")
    op.drop_table("migrations")
