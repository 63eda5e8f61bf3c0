"""Schedules: their runs, how far each was looked after, and the events that were announced."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WAITING, _PARKED = sa.text("status = 'waiting'"), sa.text("status = 'parked'")


def upgrade() -> None:
    """A run is more than a slot that was taken; nothing has ever written to the old table."""
    op.drop_table("schedules_run")
    op.create_table(
        "schedule_runs",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("opens_at", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ran_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_schedule_runs_site_id_sites")),
        sa.PrimaryKeyConstraint("site_id", "schedule", "key", name=op.f("pk_schedule_runs")),
    )
    op.create_index(
        "ix_schedule_runs_waiting",
        "schedule_runs",
        ["opens_at"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.create_index(
        "ix_schedule_runs_parked",
        "schedule_runs",
        ["site_id"],
        sqlite_where=_PARKED,
        postgresql_where=_PARKED,
    )
    op.create_table(
        "schedule_marks",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("seen_until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_schedule_marks_site_id_sites")),
        sa.PrimaryKeyConstraint("site_id", "schedule", name=op.f("pk_schedule_marks")),
    )
    op.create_table(
        "events",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_events_site_id_sites")),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_site_id_at", "events", ["site_id", "at", "id"])


def downgrade() -> None:
    """Schedules are forgotten; the tickets they opened stay."""
    for table in ("events", "schedule_marks", "schedule_runs"):
        op.drop_table(table)
    op.create_table(
        "schedules_run",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("slot", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_schedules_run_site_id_sites")),
        sa.PrimaryKeyConstraint("site_id", "schedule", "slot", name=op.f("pk_schedules_run")),
    )
