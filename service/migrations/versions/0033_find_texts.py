"""On PostgreSQL a search always asks its index: a function that plans without reading the whole table.

A personal value is looked for under a term for each group of readers, which makes the planner think that the whole
of a table of some thousand rows is cheaper.

Revision ID: 0033
Revises: 0032
"""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION find_texts(wanted tsquery, most bigint) RETURNS SETOF text"
            " LANGUAGE sql STABLE SET enable_seqscan = off AS $$"
            " WITH named AS MATERIALIZED (SELECT ticket_id FROM texts WHERE"
            " array_to_tsvector(array_remove(string_to_array(terms || notes || ' @' || site_id, ' '), ''))"
            " @@ wanted) SELECT ticket_id FROM named LIMIT most $$"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION find_texts(tsquery, bigint)")
