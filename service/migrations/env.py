"""The environment that Alembic runs: migrates the connection it is given."""

from __future__ import annotations

from typing import Any

from alembic import context

from workflows.storage.tables import metadata

# What no model describes: the full-text index (tables of its own on SQLite, an index on PostgreSQL), and the
# counts, the queue's entries and the change feed, which triggers keep.
OWN = (
    *("texts_index", "ix_texts_terms", "ticket_counts", "ix_ticket_counts", "due_counts"),
    *("queue_entries", "changes", "ix_changes"),
)


def include(_item: object, name: str | None, _kind: str, *_more: object) -> bool:
    """Whether Alembic compares this object of the database with the model."""
    return not (name or "").startswith(OWN)


def run() -> None:
    """Migrate the connection to the target revision."""
    connection: Any = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        compare_server_default=True,
        include_object=include,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
