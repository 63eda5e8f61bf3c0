"""The tables of definitions: their versions, what became of each process, and drafts."""

from __future__ import annotations

from sqlalchemy import Column, Integer, PrimaryKeyConstraint, Table

from workflows.storage.tables.columns import (
    integer_column,
    metadata,
    nullable_integer_column,
    nullable_text_column,
    text_column,
)

definitions = Table(
    "definitions",
    metadata,
    text_column("kind"),  # workflow | organisation | calendars | escalations
    text_column("name"),
    Column("version", Integer, nullable=False),
    text_column("digest"),
    text_column("text"),
    text_column("context"),
    integer_column("published_at"),
    text_column("published_by"),
    nullable_text_column("reason"),  # why the author made it
    Column("based_on", Integer, nullable=True),  # the version it was made from
    nullable_text_column("approved_by"),
    nullable_text_column("mac"),
    PrimaryKeyConstraint("kind", "name", "version"),
)

# A process was retired, reinstated or renamed. Append-only.
definition_changes = Table(
    "definition_changes",
    metadata,
    text_column("name"),
    integer_column("seq"),
    integer_column("at"),
    text_column("actor_id"),
    text_column("actor_name"),
    text_column("surface"),
    text_column("act"),  # retire | reinstate | rename
    nullable_text_column("renamed_to"),
    text_column("reason"),
    nullable_text_column("mac"),
    PrimaryKeyConstraint("name", "seq"),
)

# Texts that are not in force: being written, or waiting for a second person.
definition_drafts = Table(
    "definition_drafts",
    metadata,
    text_column("workflow"),
    text_column("id"),
    text_column("author"),  # the id of an account
    text_column("text"),
    Column("based_on", Integer, nullable=True),
    text_column("state"),  # draft | proposed | rejected | published
    text_column("reason"),
    integer_column("changed_at"),
    nullable_text_column("decided_by"),
    nullable_integer_column("decided_at"),
    nullable_text_column("decision_reason"),
    Column("version", Integer, nullable=True),  # as which it was published
    PrimaryKeyConstraint("workflow", "id"),
)
