"""The tables. Instants are epoch seconds, JSON is text (its exact bytes are hashed), ids are UUIDs as text.

Every row of a tenant has `site_id` first in its key, so that the data can be spread by site. No column says
"overdue": that is a question about `due_at` and now. History, clocks and messages have no foreign key to
their ticket: the store is their only writer, tickets are never deleted, and a check would cost every step.
A reading of a register's entry stands among those of tickets, under `<register>/<key>`.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    and_,
    text,
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
from workflows.storage.registers import (
    absence_changes,
    absences,
    counters,
    definitions,
    memberships,
    register_entries,
    register_history,
    revisions,
    roster_entries,
    rosters,
    setting_changes,
    sites,
    staff,
    tokens,
)
from workflows.storage.schedule_tables import events, schedule_marks, schedule_runs

__all__ = [
    "absence_changes",
    "absences",
    "attachments",
    "clocks",
    "counters",
    "definitions",
    "events",
    "history",
    "idempotency_keys",
    "memberships",
    "metadata",
    "outbox",
    "readings",
    "register_entries",
    "register_history",
    "revisions",
    "roster_entries",
    "rosters",
    "schedule_marks",
    "schedule_runs",
    "setting_changes",
    "sites",
    "staff",
    "texts",
    "tickets",
    "tokens",
]

tickets = Table(
    "tickets",
    metadata,
    site(),
    words("id"),
    words("number"),
    words("workflow"),
    Column("version", Integer, nullable=False),
    words("title"),
    words("state"),
    words("category"),
    whole("seq"),
    words("opener"),
    words_or_none("assignee"),
    words_or_none("department"),
    Column("priority", Integer, nullable=False),
    words_or_none("parent"),
    words_or_none("link"),
    words_or_none("origin"),
    whole("opened_at"),
    whole("changed_at"),
    whole("entered_at"),
    whole_or_none("closed_at"),
    whole_or_none("due_at"),
    words("trail"),
    words("head"),
    words("data"),
    bytes_or_none("personal"),
    bytes_or_none("data_key"),
    whole_or_none("round"),  # of a child: the step of its parent in which its link's children were asked for
    words_or_none("audience"),  # a JSON list of names; null = everybody
    PrimaryKeyConstraint("site_id", "id"),
    UniqueConstraint("site_id", "number"),
)
OPEN = text("category IN ('open', 'waiting')")
Index("ix_tickets_newest", tickets.c.opened_at, tickets.c.id)
Index("ix_tickets_site_newest", tickets.c.site_id, tickets.c.opened_at, tickets.c.id)
Index("ix_tickets_workflow", tickets.c.site_id, tickets.c.workflow, tickets.c.category, tickets.c.opened_at)
index_of_some("ix_tickets_assignee", OPEN, tickets.c.site_id, tickets.c.assignee, tickets.c.opened_at)
index_of_some("ix_tickets_due", tickets.c.due_at.is_not(None), tickets.c.site_id, tickets.c.due_at)
index_of_some("ix_tickets_parent", tickets.c.parent.is_not(None), tickets.c.site_id, tickets.c.parent)
index_of_some(
    "ix_tickets_keyed",
    and_(tickets.c.closed_at.is_not(None), tickets.c.data_key.is_not(None)),
    tickets.c.workflow,
    tickets.c.closed_at,
)
index_of_some("ix_tickets_restricted", tickets.c.audience.is_not(None), tickets.c.site_id, tickets.c.id)
index_of_some("ix_tickets_origin", tickets.c.origin.is_not(None), tickets.c.site_id, tickets.c.origin)

# What a ticket's title and open fields say, cut into words and pairs of characters (see `search`). The
# migration puts an index on it that no model describes: FTS5 kept up by triggers on SQLite, GIN on
# PostgreSQL.
texts = Table(
    "texts",
    metadata,
    site(),
    words("ticket_id"),
    whole_or_none("doc"),  # SQLite only: the row's number in the full-text index
    words("terms"),
    PrimaryKeyConstraint("site_id", "ticket_id"),
    UniqueConstraint("doc"),
)
history = Table(
    "history",
    metadata,
    words("site_id"),
    words("ticket_id"),
    whole("seq"),
    whole("at"),
    words("kind"),
    words("actor_id"),
    words("actor_name"),
    words_or_none("on_behalf"),
    words("surface"),
    words_or_none("trigger"),
    words_or_none("source"),
    words_or_none("target_state"),
    words("data"),
    bytes_or_none("personal"),
    words("note"),
    whole_or_none("spent"),
    whole_or_none("target"),
    words("prev"),
    words("hash"),
    PrimaryKeyConstraint("site_id", "ticket_id", "seq"),
)

clocks = Table(
    "clocks",
    metadata,
    words("site_id"),
    words("ticket_id"),
    words("name"),
    words_or_none("state"),
    words("promise"),
    words("basis"),
    words("calendar"),
    whole("budget"),
    whole("slack"),
    whole("consumed"),
    whole("started_at"),
    whole_or_none("running_since"),
    whole_or_none("stopped_at"),
    whole_or_none("due_at"),
    words_or_none("policy"),
    Column("level", Integer, nullable=False),
    whole_or_none("next_level_at"),
    words("ledger"),
    words_or_none("parked"),
    PrimaryKeyConstraint("site_id", "ticket_id", "name"),
)
index_of_some(
    "ix_clocks_next_level",
    and_(clocks.c.next_level_at.is_not(None), clocks.c.parked.is_(None)),
    clocks.c.next_level_at,
)
index_of_some("ix_clocks_parked", clocks.c.parked.is_not(None), clocks.c.site_id)

outbox = Table(
    "outbox",
    metadata,
    words("site_id"),
    words("id"),
    words("ticket_id"),
    whole("seq"),
    words("kind"),
    words("recipient"),
    words("role"),
    words("payload"),
    Column("urgent", Boolean, nullable=False),
    words("status"),  # pending | sent | dead
    whole("not_before"),
    Column("attempts", Integer, nullable=False),
    whole_or_none("claimed_until"),
    words_or_none("claimed_by"),
    words_or_none("last_error"),
    whole("created_at"),
    whole_or_none("sent_at"),
    PrimaryKeyConstraint("site_id", "id"),
)
PENDING = text("status = 'pending'")
index_of_some("ix_outbox_pending", PENDING, outbox.c.not_before)
Index("ix_outbox_status", outbox.c.status, outbox.c.created_at, outbox.c.id)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    words("account_id"),
    words("key"),
    words("digest"),
    words("site_id"),
    words("ticket_id"),
    whole("seq"),
    Column("answer", LargeBinary, nullable=False),
    whole("created_at"),
    PrimaryKeyConstraint("account_id", "key"),
    Index(None, "created_at"),
)

readings = Table(
    "readings",
    metadata,
    words("site_id"),
    words("id"),
    words("ticket_id"),
    whole("at"),
    words("staff_id"),
    words("fields"),
    PrimaryKeyConstraint("site_id", "id"),
    Index(None, "site_id", "ticket_id", "at"),
)

attachments = Table(
    "attachments",
    metadata,
    words("site_id"),
    words("id"),
    words_or_none("ticket_id"),
    words("name"),
    words("media_type"),
    whole("size"),
    words("digest"),
    words("staff_id"),
    whole("created_at"),
    PrimaryKeyConstraint("site_id", "id"),
    Index(None, "site_id", "ticket_id"),
)
