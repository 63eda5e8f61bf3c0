"""Entries of registers in the order in which people count: unit 2 before 10."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from workflows.natural_order import natural_key

revision = "0021"
down_revision = "0001"

_KEY = ("site_id", "register", "key")


def upgrade() -> None:
    """Give each entry its place."""
    op.add_column("register_entries", sa.Column("natural_key", sa.LargeBinary, nullable=True))
    op.create_index("ix_register_entries_natural", "register_entries", ["site_id", "register", "natural_key", "key"])
    connection = op.get_bind()
    entries = sa.table("register_entries", *map(sa.column, (*_KEY, "natural_key")))
    bound = [entries.c[name] == sa.bindparam(f"of_{name}") for name in _KEY]
    place = sa.update(entries).where(*bound).values(natural_key=sa.bindparam("place", type_=sa.LargeBinary))
    # The program's own order, as it is today: were it to change, a later migration would write it anew.
    rows = [
        {**{f"of_{name}": getattr(row, name) for name in _KEY}, "place": natural_key(row.key)}
        for row in connection.execute(sa.select(*(entries.c[name] for name in _KEY)))
    ]
    if rows:
        connection.execute(place, rows)


def downgrade() -> None:
    """Back to the order of the keys."""
    op.drop_index("ix_register_entries_natural", "register_entries")
    op.drop_column("register_entries", "natural_key")
