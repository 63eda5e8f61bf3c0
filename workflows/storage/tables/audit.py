"""The tables of the audit: readings of personal fields, the audit's key, and seals of old histories."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table

from workflows.storage.tables.columns import (
    integer_column,
    metadata,
    nullable_integer_column,
    nullable_text_column,
    text_column,
)

readings = Table(
    "readings",
    metadata,
    text_column("site_id"),
    text_column("id"),
    text_column("ticket_id"),
    integer_column("at"),
    text_column("staff_id"),
    text_column("fields"),
    nullable_text_column("on_behalf"),  # the staff id of who is away and whose post gave the right
    nullable_integer_column("seq"),  # of the readings of a ticket; null = not sealed yet
    nullable_text_column("mac"),
    PrimaryKeyConstraint("site_id", "id"),
    Index(None, "site_id", "ticket_id", "at"),
    Index(None, "site_id", "ticket_id", "seq", unique=True),
)

audit_keys = Table(
    "audit_keys",
    metadata,
    Column("number", Integer, autoincrement=False),
    Column("wrapped", LargeBinary, nullable=False),  # by a master key
    PrimaryKeyConstraint("number"),
)

# Seals of the histories that were written before the chain was keyed.
history_seals = Table(
    "history_seals",
    metadata,
    text_column("site_id"),
    text_column("ticket_id"),
    integer_column("seq"),  # the last entry that is not keyed by itself
    text_column("hash"),  # that of this entry
    integer_column("stands_at"),  # the ticket's seq when it was sealed
    text_column("outcome"),  # digests of the ticket's row and clocks at that time
    text_column("mac"),
    PrimaryKeyConstraint("site_id", "ticket_id"),
)
