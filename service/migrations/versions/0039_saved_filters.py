"""Filters of tickets that people have saved on their desks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """A row for each filter; what it looks for is sealed, since it may be a name."""
    op.create_table(
        "saved_filters",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("staff_id", "id")),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", "id", name=op.f("pk_saved_filters")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_saved_filters_staff_id_staff")),
    )


def downgrade() -> None:
    """People save theirs again."""
    op.drop_table("saved_filters")
