"""The tables of access: changes of accounts, counted attempts, links, sessions, and saved filters."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint, Table, UniqueConstraint

from workflows.storage.tables.columns import (
    bytes_column,
    integer_column,
    metadata,
    nullable_integer_column,
    nullable_text_column,
    site_column,
    text_column,
)

# Who added, changed, enabled or disabled which account, and gave or took which post. Append-only.
staff_changes = Table(
    "staff_changes",
    metadata,
    integer_column("seq"),
    integer_column("at"),
    text_column("kind"),  # see `staff_changes.KINDS`
    text_column("actor_id"),
    text_column("actor_name"),
    text_column("surface"),
    text_column("staff_id"),
    text_column("account"),
    nullable_text_column("site_id"),  # of a post; null = the account itself
    nullable_text_column("before"),  # JSON; never a secret
    nullable_text_column("after"),
    nullable_integer_column("number"),  # of the changes of one account
    nullable_text_column("mac"),
    PrimaryKeyConstraint("seq"),
    Index(None, "staff_id", "seq"),
    Index(None, "staff_id", "number", unique=True),
)

# Attempts that are limited, counted for instance by account name and by address; deleted after the wait.
attempt_counts = Table(
    "attempt_counts",
    metadata,
    text_column("subject"),  # a SHA-256: what was typed for an account may have been a password
    integer_column("count"),
    integer_column("since_at"),
    integer_column("last_at"),
    PrimaryKeyConstraint("subject"),
    Index(None, "last_at"),
)

# Links by which somebody sets a password, once. Only the SHA-256 of the link's secret is stored.
password_links = Table(
    "password_links",
    metadata,
    text_column("digest"),
    text_column("staff_id", ForeignKey("staff.id")),
    integer_column("created_at"),
    integer_column("expires_at"),
    nullable_integer_column("used_at"),
    PrimaryKeyConstraint("digest"),
    Index(None, "staff_id"),
)

# Browsers that are signed in. Only the SHA-256 of the session's secret is stored; one that ends is deleted.
sign_in_sessions = Table(
    "sign_in_sessions",
    metadata,
    text_column("id"),
    text_column("staff_id", ForeignKey("staff.id")),
    text_column("digest"),
    *(integer_column(name) for name in ("created_at", "last_seen_at", "expires_at")),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("digest"),
    Index(None, "staff_id"),
    Index(None, "expires_at"),
)

# Links and codes of residents, who have no account: to one ticket, or to one unit. Only the SHA-256 of the
# secret is stored.
resident_links = Table(
    "resident_links",
    metadata,
    site_column(),
    text_column("id"),
    text_column("digest"),
    nullable_text_column("ticket_id"),  # null: a code of a unit
    nullable_text_column("unit"),
    text_column("created_by"),  # staff id; empty for a link that a report by a code has brought
    *(integer_column(name) for name in ("created_at", "expires_at")),
    nullable_integer_column("revoked_at"),
    PrimaryKeyConstraint("site_id", "id"),
    UniqueConstraint("digest"),
    Index(None, "site_id", "ticket_id"),
    Index(None, "site_id", "unit"),
    Index(None, "expires_at"),
)

# Filters of tickets that people have saved; name and conditions are sealed.
saved_filters = Table(
    "saved_filters",
    metadata,
    text_column("staff_id", ForeignKey("staff.id")),
    text_column("id"),
    bytes_column("sealed"),
    PrimaryKeyConstraint("staff_id", "id"),
)
