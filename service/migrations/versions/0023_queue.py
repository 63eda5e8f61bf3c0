"""Who may have the right to a step of a ticket, and the tickets by name and urgency.

`tickets.candidates` is written by each step; the clock works it out for the open tickets that have none yet.
Triggers keep `queue_entries`, a row for each name of an open ticket, in the order of the queue: what is due first,
the most urgent, the oldest. They belong to the transaction that writes the ticket, a restored backup included: a
migration that makes `tickets` anew must make them anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_NEVER = 2**62  # the due of a ticket that has none
_KEY = "site_id, name, due_at, rank, opened_at, ticket_id"
_PLACE = f"coalesce({{row}}.due_at, {_NEVER}), -{{row}}.priority, {{row}}.opened_at, {{row}}.id"
_CHANGED = "(new.candidates, new.due_at, new.priority) {differ} (old.candidates, old.due_at, old.priority)"
_WRITTEN = "AFTER UPDATE OF candidates, due_at, priority ON tickets"


def upgrade() -> None:
    """Add the column, and the entries that follow from it."""
    op.add_column("tickets", sa.Column("candidates", sa.Text(), nullable=True))
    without = sa.text("candidates IS NULL AND closed_at IS NULL")
    op.create_index(
        "ix_tickets_without_candidates",
        "tickets",
        ["site_id", "id"],
        sqlite_where=without,
        postgresql_where=without,
    )
    postgres = op.get_bind().dialect.name == "postgresql"
    whole = "BIGINT NOT NULL" if postgres else "INTEGER NOT NULL"
    columns = f"site_id TEXT NOT NULL, name TEXT NOT NULL, due_at {whole}, rank {whole}, opened_at {whole}"
    columns += f", ticket_id TEXT NOT NULL, PRIMARY KEY ({_KEY})"
    op.execute(f"CREATE TABLE queue_entries ({columns}){'' if postgres else ' WITHOUT ROWID'}")
    (_keep_on_postgres if postgres else _keep_on_sqlite)()


def downgrade() -> None:
    """Take them away again."""
    for name in ("opened", "gone", "moved"):
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP TRIGGER queue_entries_{name} ON tickets")
        else:
            op.execute(f"DROP TRIGGER queue_entries_{name}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION queue_entries_keep()")
    op.execute("DROP TABLE queue_entries")
    op.drop_index("ix_tickets_without_candidates", "tickets")
    op.drop_column("tickets", "candidates")


def _keep_on_sqlite() -> None:
    names = "SELECT value FROM json_each({row}.candidates)"
    more = f"INSERT INTO queue_entries ({_KEY}) SELECT new.site_id, value, {_PLACE.format(row='new')}"
    more += " FROM json_each(new.candidates);"
    less = f"DELETE FROM queue_entries WHERE site_id = old.site_id AND name IN ({names.format(row='old')})"
    less += f" AND (due_at, rank, opened_at, ticket_id) = ({_PLACE.format(row='old')});"
    op.execute(f"CREATE TRIGGER queue_entries_opened AFTER INSERT ON tickets BEGIN {more} END")
    op.execute(f"CREATE TRIGGER queue_entries_gone AFTER DELETE ON tickets BEGIN {less} END")
    changed = _CHANGED.format(differ="IS NOT")
    op.execute(f"CREATE TRIGGER queue_entries_moved {_WRITTEN} WHEN {changed} BEGIN {less} {more} END")


def _keep_on_postgres() -> None:
    named = "json_array_elements_text(CAST({row}.candidates AS json)) AS named (name)"
    more = f"INSERT INTO queue_entries ({_KEY}) SELECT new.site_id, named.name, {_PLACE.format(row='new')}"
    more += f" FROM {named.format(row='new')};"
    less = f"DELETE FROM queue_entries WHERE site_id = old.site_id AND name IN (SELECT name FROM"
    less += f" {named.format(row='old')}) AND (due_at, rank, opened_at, ticket_id) = ({_PLACE.format(row='old')});"
    op.execute(
        "CREATE FUNCTION queue_entries_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF TG_OP <> 'INSERT' AND old.candidates IS NOT NULL THEN {less} END IF;"
        f" IF TG_OP <> 'DELETE' AND new.candidates IS NOT NULL THEN {more} END IF; RETURN NULL; END $$"
    )
    run = "FOR EACH ROW {when} EXECUTE FUNCTION queue_entries_keep()"
    op.execute(f"CREATE TRIGGER queue_entries_opened AFTER INSERT ON tickets {run.format(when='')}")
    op.execute(f"CREATE TRIGGER queue_entries_gone AFTER DELETE ON tickets {run.format(when='')}")
    changed = f"WHEN ({_CHANGED.format(differ='IS DISTINCT FROM')})"
    op.execute(f"CREATE TRIGGER queue_entries_moved {_WRITTEN} {run.format(when=changed)}")
