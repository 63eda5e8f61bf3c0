"""Links of residents, and one table for all attempts that are limited."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    """A row for each link. Who waits after failed sign-ins waits no more: counts last minutes."""
    op.create_table(
        "resident_links",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("site_id", "id", "digest")),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("ticket_id", "unit")),
        sa.Column("created_by", sa.Text(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("created_at", "expires_at")),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("site_id", "id", name=op.f("pk_resident_links")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_resident_links_site_id_sites")),
        sa.UniqueConstraint("digest", name=op.f("uq_resident_links_digest")),
    )
    op.create_index(op.f("ix_resident_links_site_id_ticket_id"), "resident_links", ["site_id", "ticket_id"])
    op.create_index(op.f("ix_resident_links_site_id_unit"), "resident_links", ["site_id", "unit"])
    op.create_index(op.f("ix_resident_links_expires_at"), "resident_links", ["expires_at"])
    op.drop_table("sign_in_failures")
    _create_counts("attempt_counts")


def downgrade() -> None:
    """Links end."""
    op.drop_table("attempt_counts")
    _create_counts("sign_in_failures")
    op.drop_table("resident_links")


def _create_counts(name: str) -> None:
    op.create_table(
        name,
        sa.Column("subject", sa.Text(), nullable=False),
        *(sa.Column(each, sa.BigInteger(), nullable=False) for each in ("count", "since_at", "last_at")),
        sa.PrimaryKeyConstraint("subject", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_last_at"), name, ["last_at"])
