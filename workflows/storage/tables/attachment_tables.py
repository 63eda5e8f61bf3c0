"""The table of uploaded files, and how much room each site's take. The files themselves lie in a
`FilePlace`."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, PrimaryKeyConstraint, Table, and_

from workflows.storage.tables.columns import (
    integer_column,
    metadata,
    nullable_bytes_column,
    nullable_integer_column,
    partial_index,
    site_column,
    text_column,
)

# A row for each ticket that has the file. What is said of the file (its name, type, size and key) is sealed:
# with the data key of the ticket, once a step of it has named the file; before, with a key of its own.
attachments = Table(
    "attachments",
    metadata,
    site_column(),
    text_column("id"),
    text_column("ticket_id"),  # "" = uploaded for a ticket that is not open yet
    text_column("uploader"),
    integer_column("uploaded_at"),
    nullable_integer_column("seq"),  # the step that named it first; null = none has yet
    text_column("place"),  # the field that names it; "" = a note
    Column("personal", Boolean, nullable=False),  # only those may read it who may read personal fields
    integer_column("stored"),  # bytes in the place, thumbnail included; 0 = it has been removed from there
    nullable_bytes_column("sealed"),
    nullable_bytes_column("data_key"),
    nullable_integer_column("erased_at"),
    PrimaryKeyConstraint("site_id", "id", "ticket_id"),
)
_A = attachments.c
partial_index("ix_attachments_ticket", _A.ticket_id != "", _A.site_id, _A.ticket_id, _A.id)
partial_index("ix_attachments_unnamed", _A.seq.is_(None), _A.uploaded_at)
partial_index(
    "ix_attachments_erased", and_(_A.erased_at.is_not(None), _A.stored > 0), _A.erased_at, _A.site_id, _A.id
)

attachment_usage = Table(
    "attachment_usage",
    metadata,
    site_column(),
    integer_column("files"),
    integer_column("bytes"),
    PrimaryKeyConstraint("site_id"),
)
