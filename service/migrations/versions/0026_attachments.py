"""The files that people upload, and how much room each site's take."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Create both tables."""
    op.create_table(
        "attachments",
        sa.Column("site_id", sa.Text, nullable=False),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("ticket_id", sa.Text, nullable=False),
        sa.Column("uploader", sa.Text, nullable=False),
        sa.Column("uploaded_at", sa.BigInteger, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=True),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("personal", sa.Boolean, nullable=False),
        sa.Column("stored", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
        sa.Column("data_key", sa.LargeBinary, nullable=True),
        sa.Column("erased_at", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("site_id", "id", "ticket_id", name="pk_attachments"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_attachments_site_id_sites"),
    )
    _index("ticket", "ticket_id != ''", "site_id", "ticket_id", "id")
    _index("unnamed", "seq IS NULL", "uploaded_at")
    _index("erased", "erased_at IS NOT NULL AND stored > 0", "erased_at", "site_id", "id")
    op.create_table(
        "attachment_usage",
        sa.Column("site_id", sa.Text, nullable=False),
        sa.Column("files", sa.BigInteger, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("site_id", name="pk_attachment_usage"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_attachment_usage_site_id_sites"),
    )


def _index(name: str, where: str, *columns: str) -> None:
    condition = sa.text(where)
    op.create_index(
        f"ix_attachments_{name}", "attachments", list(columns), sqlite_where=condition, postgresql_where=condition
    )


def downgrade() -> None:
    """There is no way back: what was uploaded would be lost. Restore a backup instead."""
    raise NotImplementedError("restore a backup instead")
