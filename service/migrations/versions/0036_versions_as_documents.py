"""Versions are documents: why and from what each was made, what became of a process, and drafts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    """Versions that are there stay as they are: empty columns are left out of the audit's hash."""
    op.add_column("definitions", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("definitions", sa.Column("based_on", sa.Integer(), nullable=True))
    op.add_column("definitions", sa.Column("approved_by", sa.Text(), nullable=True))
    op.create_table(
        "definition_changes",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("actor_id", "actor_name", "surface", "act")),
        sa.Column("renamed_to", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("mac", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", "seq", name=op.f("pk_definition_changes")),
    )
    op.create_table(
        "definition_drafts",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("workflow", "id", "author", "text")),
        sa.Column("based_on", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("state", "reason")),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("workflow", "id", name=op.f("pk_definition_drafts")),
    )


def downgrade() -> None:
    """What was said of versions is forgotten."""
    op.drop_table("definition_drafts")
    op.drop_table("definition_changes")
    for name in ("approved_by", "based_on", "reason"):
        op.drop_column("definitions", name)
