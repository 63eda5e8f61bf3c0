"""The tables of migrations: plans that move open tickets to another version, and what became of each."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table

from workflows.storage.tables.columns import (
    integer_column,
    metadata,
    nullable_bytes_column,
    nullable_integer_column,
    nullable_text_column,
    text_column,
)

migrations = Table(
    "migrations",
    metadata,
    text_column("id"),  # of the plan's text and the versions it came to mean
    text_column("process"),
    text_column("text"),
    text_column("newest"),  # JSON: process -> its newest version when the plan was made
    text_column("because"),
    integer_column("created_at"),
    text_column("created_by"),
    PrimaryKeyConstraint("id"),
    Index(None, "process", "created_at"),
)

migrated_tickets = Table(
    "migrated_tickets",
    metadata,
    text_column("site_id"),
    text_column("migration"),
    text_column("ticket_id"),
    text_column("status"),  # one of `migrations.STATUSES`
    integer_column("at"),
    nullable_integer_column("seq"),  # of the step that moved it
    nullable_text_column("reason"),  # why it was refused
    nullable_text_column("replaced"),  # what the undo brings back, JSON; null once it is back, or was erased
    nullable_bytes_column("sealed"),  # the same, of a ticket that has a data key
    PrimaryKeyConstraint("site_id", "migration", "ticket_id"),
    Index(None, "migration", "status", "site_id", "ticket_id"),
    Index(None, "site_id", "ticket_id"),
)
