"""The tables of what a desk leans on: sites, people, definitions, counters."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    and_,
)

from workflows.storage.columns import (
    bytes_or_none,
    index_of_some,
    metadata,
    site,
    whole,
    whole_or_none,
    words,
    words_or_none,
)

sites = Table(
    "sites",
    metadata,
    words("id"),
    words("name"),
    words("zone"),
    words("settings"),
    PrimaryKeyConstraint("id"),
)

staff = Table(
    "staff",
    metadata,
    words("id"),
    words("account"),
    words("name"),
    words_or_none("password_hash"),
    words("language"),
    bytes_or_none("contact"),
    Column("active", Boolean, nullable=False),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("account"),
)

memberships = Table(
    "memberships",
    metadata,
    site(),
    words("staff_id", ForeignKey("staff.id")),
    words("role"),
    words("department"),  # "" = the post belongs to no department
    PrimaryKeyConstraint("site_id", "staff_id", "role", "department"),
    Index(None, "staff_id"),
)

tokens = Table(
    "tokens",
    metadata,
    words("id"),
    words("staff_id", ForeignKey("staff.id")),
    words("name"),
    words("digest"),
    words("scopes"),
    whole_or_none("expires_at"),
    whole_or_none("revoked_at"),
    whole_or_none("last_used_at"),
    whole("created_at"),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("digest"),
    Index(None, "staff_id"),
)

absences = Table(
    "absences",
    metadata,
    site(),
    words("staff_id", ForeignKey("staff.id")),
    whole("from_at"),
    whole("to_at"),
    words_or_none("substitute_id"),
    PrimaryKeyConstraint("site_id", "staff_id", "from_at"),
)

# Who noted, changed or struck which absence: it lends the posts of who is away. Only inserted.
absence_changes = Table(
    "absence_changes",
    metadata,
    site(),
    whole("seq"),
    whole("at"),
    words("kind"),  # note | strike
    words("actor_id"),
    words("actor_name"),
    words("surface"),
    words("staff_id"),
    whole("from_at"),
    whole("to_at"),
    words_or_none("substitute_id"),
    PrimaryKeyConstraint("site_id", "seq"),
)

register_entries = Table(
    "register_entries",
    metadata,
    site(),
    words("register"),
    words("key"),
    whole("seq"),  # how often it was written; its lock and ETag
    words("data"),
    bytes_or_none("personal"),
    bytes_or_none("data_key"),
    words("words"),  # what it can be found by: its key and open values, folded
    whole("changed_at"),
    whole_or_none("struck_at"),  # null = in force
    PrimaryKeyConstraint("site_id", "register", "key"),
)
index_of_some(
    "ix_register_entries_struck",
    and_(register_entries.c.struck_at.is_not(None), register_entries.c.data_key.is_not(None)),
    register_entries.c.register,
    register_entries.c.struck_at,
)

register_history = Table(
    "register_history",
    metadata,
    site(),
    words("register"),
    words("key"),
    whole("seq"),
    whole("at"),
    words("kind"),  # record | strike | erase
    words("actor_id"),
    words("actor_name"),
    words("surface"),
    words_or_none("ticket_id"),  # whose step wrote it; null = somebody by hand
    words("before"),
    words("after"),
    bytes_or_none("personal"),
    words_or_none("on_behalf"),
    words_or_none("note"),
    # Of a strike: the key of what was personal until then, once the entry has begun anew under another one.
    bytes_or_none("data_key"),
    PrimaryKeyConstraint("site_id", "register", "key", "seq"),
)
index_of_some(
    "ix_register_history_former",
    register_history.c.data_key.is_not(None),
    register_history.c.register,
    register_history.c.at,
)

# Who changed which setting of a site, from what to what; a row for each setting. Only inserted.
setting_changes = Table(
    "setting_changes",
    metadata,
    site(),
    whole("seq"),
    whole("at"),
    words("actor_id"),
    words("actor_name"),
    words("surface"),
    words("setting"),
    words_or_none("before"),  # JSON; null = the default held
    words_or_none("after"),
    PrimaryKeyConstraint("site_id", "seq"),
)

definitions = Table(
    "definitions",
    metadata,
    words("kind"),  # workflow | organisation | calendars | escalations
    words("name"),
    Column("version", Integer, nullable=False),
    words("digest"),
    words("text"),
    words("context"),
    whole("published_at"),
    words("published_by"),
    PrimaryKeyConstraint("kind", "name", "version"),
)

counters = Table(
    "counters",
    metadata,
    site(),
    words("name"),
    whole("value"),
    PrimaryKeyConstraint("site_id", "name"),
)

rosters = Table(
    "rosters",
    metadata,
    site(),
    words("name"),
    whole("seq"),
    words("day"),
    words("state"),
    PrimaryKeyConstraint("site_id", "name"),
)

# What has happened to a roster: one row for each `seq`, with the roster as it then stood. Only inserted.
roster_entries = Table(
    "roster_entries",
    metadata,
    site(),
    words("name"),
    whole("seq"),
    words("day"),
    whole("at"),
    words("kind"),
    words_or_none("person"),
    words("actor_id"),
    words("actor_name"),
    words_or_none("ticket_id"),
    words("facts"),
    words("state"),
    PrimaryKeyConstraint("site_id", "name", "seq"),
    Index(None, "site_id", "name", "day", "seq"),
)

revisions = Table(
    "revisions",
    metadata,
    words("name"),
    whole("value"),
    PrimaryKeyConstraint("name"),
)
