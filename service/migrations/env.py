"""Run by Alembic: brings the connection it is given to another revision."""

from __future__ import annotations

from typing import Any

from alembic import context

from workflows.storage.tables import metadata

# The full-text index, which no model describes: tables of its own on SQLite, an index on PostgreSQL.
SEARCH = ("texts_index", "ix_texts_terms")


def include(_item: object, name: str | None, _kind: str, *_more: object) -> bool:
    """Whether Alembic should compare a thing of the database with the model."""
    return not (name or "").startswith(SEARCH)


def run() -> None:
    """Migrate."""
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
