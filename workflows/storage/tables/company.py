"""The tables of the company: sites, people, definitions, registers, rosters, counters and master keys."""

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
    text,
)

from workflows.storage.tables.columns import (
    integer_column,
    metadata,
    nullable_bytes_column,
    nullable_integer_column,
    nullable_text_column,
    partial_index,
    site_column,
    text_column,
)

master_keys = Table(
    "master_keys",
    metadata,
    Column("number", Integer, autoincrement=False),
    text_column("proof"),  # identifies the key, and does not reveal it
    Column("retired", Integer, nullable=False),  # 1 = not given any more, and nothing is wrapped by it
    PrimaryKeyConstraint("number"),
)

sites = Table(
    "sites",
    metadata,
    text_column("id"),
    text_column("name"),
    text_column("zone"),
    text_column("settings"),
    text_column("calendars", server_default="{}"),  # role -> what the site has set for that calendar
    PrimaryKeyConstraint("id"),
)

staff = Table(
    "staff",
    metadata,
    text_column("id"),
    text_column("account"),
    text_column("name"),
    nullable_text_column("password_hash"),
    text_column("language"),
    nullable_bytes_column("contact"),
    Column("active", Boolean, nullable=False),
    nullable_text_column(
        "folded"
    ),  # the account's `folding.identity`; null where another's was the same before
    PrimaryKeyConstraint("id"),
    UniqueConstraint("account"),
    Index("ix_staff_folded", "folded", unique=True),
)

memberships = Table(
    "memberships",
    metadata,
    site_column(),
    text_column("staff_id", ForeignKey("staff.id")),
    text_column("role"),
    text_column("department"),  # "" = the post belongs to no department
    PrimaryKeyConstraint("site_id", "staff_id", "role", "department"),
    Index(None, "staff_id"),
)

departures = Table(
    "departures",
    metadata,
    site_column(),
    text_column("staff_id"),
    nullable_integer_column("seen_at"),
    PrimaryKeyConstraint("site_id", "staff_id"),
)

tokens = Table(
    "tokens",
    metadata,
    text_column("id"),
    text_column("staff_id", ForeignKey("staff.id")),
    text_column("name"),
    text_column("digest"),
    text_column("scopes"),
    nullable_integer_column("expires_at"),
    nullable_integer_column("revoked_at"),
    nullable_integer_column("last_used_at"),
    integer_column("created_at"),
    PrimaryKeyConstraint("id"),
    UniqueConstraint("digest"),
    Index(None, "staff_id"),
)

absences = Table(
    "absences",
    metadata,
    site_column(),
    text_column("staff_id", ForeignKey("staff.id")),
    integer_column("from_at"),
    integer_column("to_at"),
    nullable_text_column("substitute_id"),
    PrimaryKeyConstraint("site_id", "staff_id", "from_at"),
)

# Digests of the rows that imported tickets were made from: the same rows need not be compared again.
imports = Table(
    "imports",
    metadata,
    site_column(),
    text_column("ticket_id"),
    text_column("digest"),
    PrimaryKeyConstraint("site_id", "ticket_id"),
)

# Who noted, changed or struck which absence, since an absence delegates posts. Append-only.
absence_changes = Table(
    "absence_changes",
    metadata,
    site_column(),
    integer_column("seq"),
    integer_column("at"),
    text_column("kind"),  # note | strike
    text_column("actor_id"),
    text_column("actor_name"),
    text_column("surface"),
    text_column("staff_id"),
    integer_column("from_at"),
    integer_column("to_at"),
    nullable_text_column("substitute_id"),
    nullable_text_column("mac"),
    PrimaryKeyConstraint("site_id", "seq"),
)

register_entries = Table(
    "register_entries",
    metadata,
    site_column(),
    text_column("register"),
    text_column("key"),
    integer_column("seq"),  # how many times it was written; its lock and ETag
    text_column("data"),
    nullable_bytes_column("personal"),
    nullable_bytes_column("data_key"),
    text_column("words"),  # its key and open values, folded, for search
    integer_column("changed_at"),
    nullable_integer_column("struck_at"),  # null = in force
    nullable_text_column("folded_key"),  # the key in its normalised spelling, if that is another
    nullable_text_column("head"),  # the hash of its last change; null = not sealed yet
    nullable_bytes_column("natural_key"),  # `natural_order.natural_key` of the key
    integer_column("edition", server_default=text("0")),  # of its words and its terms, see `texts`
    PrimaryKeyConstraint("site_id", "register", "key"),
    Index("ix_register_entries_natural", "site_id", "register", "natural_key", "key"),
    Index("ix_register_entries_edition", "edition", "site_id", "register", "key"),
)
# What entries are found by at once: the blind index of their personal columns, and the units in them.
entry_terms = Table(
    "entry_terms",
    metadata,
    site_column(),
    text_column("term"),
    text_column("register"),
    text_column("key"),
    PrimaryKeyConstraint("site_id", "term", "register", "key"),
    Index(None, "site_id", "register", "key"),
)
partial_index(
    "ix_register_entries_folded",
    register_entries.c.folded_key.is_not(None),
    register_entries.c.site_id,
    register_entries.c.register,
    register_entries.c.folded_key,
)
partial_index(
    "ix_register_entries_struck",
    and_(register_entries.c.struck_at.is_not(None), register_entries.c.data_key.is_not(None)),
    register_entries.c.register,
    register_entries.c.struck_at,
)

register_history = Table(
    "register_history",
    metadata,
    site_column(),
    text_column("register"),
    text_column("key"),
    integer_column("seq"),
    integer_column("at"),
    text_column("kind"),  # record | strike | erase
    text_column("actor_id"),
    text_column("actor_name"),
    text_column("surface"),
    nullable_text_column("ticket_id"),  # whose step wrote it; null = written by hand
    text_column("before"),
    text_column("after"),
    nullable_bytes_column("personal"),
    nullable_text_column("on_behalf"),
    nullable_text_column("note"),
    # Of a strike: the data key until then, if the entry has begun anew under another one.
    nullable_bytes_column("data_key"),
    nullable_text_column("outcome"),  # a digest of the entry after the change
    nullable_text_column("mac"),
    PrimaryKeyConstraint("site_id", "register", "key", "seq"),
)
partial_index(
    "ix_register_history_former",
    register_history.c.data_key.is_not(None),
    register_history.c.register,
    register_history.c.at,
)

# Who changed which setting of a site, from what to what; a row for each setting. Append-only.
setting_changes = Table(
    "setting_changes",
    metadata,
    site_column(),
    integer_column("seq"),
    integer_column("at"),
    text_column("actor_id"),
    text_column("actor_name"),
    text_column("surface"),
    text_column("setting"),
    nullable_text_column("before"),  # JSON; null = the default was in force
    nullable_text_column("after"),
    nullable_text_column("mac"),
    PrimaryKeyConstraint("site_id", "seq"),
)

counters = Table(
    "counters",
    metadata,
    site_column(),
    text_column("name"),
    integer_column("value"),
    PrimaryKeyConstraint("site_id", "name"),
)

rosters = Table(
    "rosters",
    metadata,
    site_column(),
    text_column("name"),
    integer_column("seq"),
    text_column("day"),
    text_column("state"),
    PrimaryKeyConstraint("site_id", "name"),
)

# What has happened to a roster: one row for each `seq`, with the roster as it was then. Append-only.
roster_entries = Table(
    "roster_entries",
    metadata,
    site_column(),
    text_column("name"),
    integer_column("seq"),
    text_column("day"),
    integer_column("at"),
    text_column("kind"),
    nullable_text_column("person"),
    text_column("actor_id"),
    text_column("actor_name"),
    nullable_text_column("ticket_id"),
    text_column("facts"),
    text_column("state"),
    PrimaryKeyConstraint("site_id", "name", "seq"),
    Index(None, "site_id", "name", "day", "seq"),
)

revisions = Table(
    "revisions",
    metadata,
    text_column("name"),
    integer_column("value"),
    PrimaryKeyConstraint("name"),
)
