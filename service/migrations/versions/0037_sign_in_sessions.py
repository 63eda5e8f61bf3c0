"""Sessions of browsers that are signed in to the console."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    """A row for each browser that is signed in."""
    op.create_table(
        "sign_in_sessions",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "staff_id", "digest")),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("created_at", "last_seen_at", "expires_at")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_sessions")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_sign_in_sessions_staff_id_staff")
        ),
        sa.UniqueConstraint("digest", name=op.f("uq_sign_in_sessions_digest")),
    )
    op.create_index(op.f("ix_sign_in_sessions_staff_id"), "sign_in_sessions", ["staff_id"])
    op.create_index(op.f("ix_sign_in_sessions_expires_at"), "sign_in_sessions", ["expires_at"])


def downgrade() -> None:
    """Everybody signs in again."""
    op.drop_table("sign_in_sessions")
