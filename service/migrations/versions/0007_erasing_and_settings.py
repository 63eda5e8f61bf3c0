"""Entries of registers are erased, on whose behalf they were written; changes of settings are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_STRUCK = sa.text("struck_at IS NOT NULL AND data_key IS NOT NULL")
_FORMER = sa.text("data_key IS NOT NULL")


def upgrade() -> None:
    """Room for the keys of what was struck, and a table of settings."""
    op.add_column("register_history", sa.Column("on_behalf", sa.Text(), nullable=True))
    op.add_column("register_history", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("register_history", sa.Column("data_key", sa.LargeBinary(), nullable=True))
    op.create_index(
        "ix_register_entries_struck",
        "register_entries",
        ["register", "struck_at"],
        sqlite_where=_STRUCK,
        postgresql_where=_STRUCK,
    )
    op.create_index(
        "ix_register_history_former",
        "register_history",
        ["register", "at"],
        sqlite_where=_FORMER,
        postgresql_where=_FORMER,
    )
    op.create_table(
        "setting_changes",
        sa.Column("site_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("surface", sa.Text(), nullable=False),
        sa.Column("setting", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_setting_changes_site_id_sites")),
        sa.PrimaryKeyConstraint("site_id", "seq", name=op.f("pk_setting_changes")),
    )


def downgrade() -> None:
    """Who changed what would be lost."""
    raise NotImplementedError("restore a backup instead")
