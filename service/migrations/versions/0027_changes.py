"""The change feed: every step, in the order in which steps became visible.

A trigger on the history notes each step. SQLite has one writer, so the order of its rows is that of the commits. On
PostgreSQL a transaction that began earlier may commit later; so a row names its transaction, and a reader goes no
further than to the oldest one that is still under way (see `changes`). `changes_epoch` names this database: what a
restored backup holds is numbered anew, and a cursor of before is refused. Steps of before this migration are not in
the feed.
"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Create the feed."""
    op.execute("CREATE TABLE changes_epoch (id TEXT NOT NULL PRIMARY KEY)")
    (_create_on_postgres if _is_postgres() else _create_on_sqlite)()


def downgrade() -> None:
    """Take it away again."""
    op.execute(f"DROP TRIGGER changes_recorded{' ON history' if _is_postgres() else ''}")
    if _is_postgres():
        op.execute("DROP FUNCTION changes_record()")
    op.execute("DROP TABLE changes")
    op.execute("DROP TABLE changes_epoch")


def _is_postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _create_on_sqlite() -> None:
    op.execute("INSERT INTO changes_epoch (id) VALUES (lower(hex(randomblob(8))))")
    op.execute(
        "CREATE TABLE changes (position INTEGER PRIMARY KEY, site_id TEXT NOT NULL, ticket_id TEXT NOT NULL,"
        " seq INTEGER NOT NULL)"
    )
    op.execute("CREATE INDEX ix_changes_site ON changes (site_id, position)")
    op.execute(
        "CREATE TRIGGER changes_recorded AFTER INSERT ON history BEGIN"
        " INSERT INTO changes (site_id, ticket_id, seq) VALUES (new.site_id, new.ticket_id, new.seq); END"
    )


def _create_on_postgres() -> None:
    op.execute("INSERT INTO changes_epoch (id) VALUES (left(md5(random()::text || clock_timestamp()::text), 16))")
    op.execute(
        "CREATE TABLE changes (site_id TEXT NOT NULL, tx BIGINT NOT NULL,"
        " position BIGINT GENERATED ALWAYS AS IDENTITY, ticket_id TEXT NOT NULL, seq BIGINT NOT NULL,"
        " PRIMARY KEY (site_id, tx, position))"
    )
    op.execute(
        "CREATE FUNCTION changes_record() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " INSERT INTO changes (site_id, tx, ticket_id, seq)"
        " SELECT site_id, CAST(CAST(pg_current_xact_id() AS text) AS bigint), ticket_id, seq FROM added;"
        " RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER changes_recorded AFTER INSERT ON history REFERENCING NEW TABLE AS added"
        " FOR EACH STATEMENT EXECUTE FUNCTION changes_record()"
    )
