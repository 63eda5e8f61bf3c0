"""Notes among the words, and a blind index of personal values: of tickets among their terms, of registers beside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Make room. What is there is indexed by `huifang index`, or by the clock: it takes the keys."""
    for table in ("texts", "register_entries"):
        op.add_column(table, sa.Column("edition", sa.BigInteger, nullable=False, server_default=sa.text("0")))
    op.add_column("texts", sa.Column("notes", sa.Text, nullable=False, server_default=sa.text("''")))
    op.create_index("ix_texts_edition", "texts", ["edition", "site_id", "ticket_id"])
    op.create_index("ix_register_entries_edition", "register_entries", ["edition", "site_id", "register", "key"])
    op.create_table(
        "reader_groups",
        sa.Column("roles", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("roles", name=op.f("pk_reader_groups")),
    )
    text = ("site_id", "term", "register", "key")
    op.create_table(
        "entry_terms",
        *(sa.Column(name, sa.Text, nullable=False) for name in text),
        sa.PrimaryKeyConstraint(*text, name=op.f("pk_entry_terms")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_entry_terms_site_id_sites")),
    )
    op.create_index("ix_entry_terms_site_id_register_key", "entry_terms", ["site_id", "register", "key"])
    _index("terms || notes", "{0}.terms || {0}.notes")


def downgrade() -> None:
    """Back to words without notes."""
    _index("terms", "{0}.terms")
    op.drop_table("entry_terms")
    op.drop_table("reader_groups")
    op.drop_index("ix_register_entries_edition", "register_entries")
    op.drop_index("ix_texts_edition", "texts")
    op.drop_column("texts", "notes")
    for table in ("texts", "register_entries"):
        op.drop_column(table, "edition")


def _index(terms: str, of_row: str) -> None:
    """Over these terms, as in the first schema. On SQLite the index stays: what is added is empty as yet."""
    if op.get_bind().dialect.name == "postgresql":
        vector = f"array_to_tsvector(array_remove(string_to_array({terms} || ' @' || site_id, ' '), ''))"
        op.execute("DROP INDEX ix_texts_terms")
        op.execute(f"CREATE INDEX ix_texts_terms ON texts USING gin ({vector})")
        return
    for trigger in ("added", "removed", "changed"):
        op.execute(f"DROP TRIGGER texts_{trigger}")
    op.execute("DROP VIEW texts_words")
    op.execute(f"CREATE VIEW texts_words AS SELECT doc, {terms} || ' @' || site_id AS terms FROM texts")
    new, old = (f"{row}.doc, {of_row.format(row)} || ' @' || {row}.site_id" for row in ("new", "old"))
    added = f"INSERT INTO texts_index (rowid, terms) VALUES ({new})"
    removed = f"INSERT INTO texts_index (texts_index, rowid, terms) VALUES ('delete', {old})"
    op.execute(f"CREATE TRIGGER texts_added AFTER INSERT ON texts BEGIN {added}; END")
    op.execute(f"CREATE TRIGGER texts_removed AFTER DELETE ON texts BEGIN {removed}; END")
    op.execute(f"CREATE TRIGGER texts_changed AFTER UPDATE ON texts BEGIN {removed}; {added}; END")
