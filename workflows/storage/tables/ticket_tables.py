"""The tables of tickets: tickets, histories, clocks, search terms, messages, idempotency keys."""

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

tickets = Table(
    "tickets",
    metadata,
    site_column(),
    text_column("id"),
    text_column("number"),
    text_column("workflow"),
    Column("version", Integer, nullable=False),
    text_column("title"),
    text_column("state"),
    text_column("category"),
    integer_column("seq"),
    text_column("opener"),
    nullable_text_column("assignee"),
    nullable_text_column("department"),
    Column("priority", Integer, nullable=False),
    nullable_text_column("parent"),
    nullable_text_column("link"),
    nullable_text_column("origin"),
    integer_column("opened_at"),
    integer_column("changed_at"),
    integer_column("entered_at"),
    nullable_integer_column("closed_at"),
    nullable_integer_column("due_at"),
    text_column("trail"),
    text_column("head"),
    text_column("data"),
    nullable_bytes_column("personal"),
    nullable_bytes_column("data_key"),
    nullable_integer_column(
        "round"
    ),  # of a child: the step of its parent in which its link's children were asked for
    nullable_text_column("audience"),  # a JSON list of names; null = everybody
    nullable_text_column("candidates"),  # a JSON list of names; null = not worked out yet
    nullable_text_column("watchers"),  # a JSON list of staff ids, those of `watchers`; null = nobody
    nullable_text_column("similarity"),  # the value by which likely duplicates are found
    PrimaryKeyConstraint("site_id", "id"),
    UniqueConstraint("site_id", "number"),
)
Index("ix_tickets_site_newest", tickets.c.site_id, tickets.c.opened_at, tickets.c.id)
# The last columns of the indexes of lists (see `branches`) are the order of a list: only the page is read.
for _name, _columns in (
    ("category", ()),
    ("workflow", ("workflow",)),
    ("state", ("state",)),
    ("workflow_state", ("workflow", "state")),
    ("department", ("department",)),
    ("priority", ("priority",)),
    ("assignee", ("assignee",)),
):
    _first = (tickets.c[each] for each in _columns)
    _order = (tickets.c.category, tickets.c.opened_at, tickets.c.id)
    Index(f"ix_tickets_{_name}", tickets.c.site_id, *_first, *_order)
partial_index(
    "ix_tickets_due", tickets.c.due_at.is_not(None), tickets.c.site_id, tickets.c.due_at, tickets.c.id
)
partial_index(
    "ix_tickets_due_by_state",  # what is overdue is counted without its rows
    and_(tickets.c.due_at.is_not(None), tickets.c.audience.is_(None)),
    *(tickets.c.site_id, tickets.c.workflow, tickets.c.state, tickets.c.due_at),
)
partial_index(
    "ix_tickets_due_restricted",
    and_(tickets.c.due_at.is_not(None), tickets.c.audience.is_not(None)),
    *(tickets.c.site_id, tickets.c.due_at),
)
for _relative in (tickets.c.parent, tickets.c.origin):
    partial_index(
        f"ix_tickets_{_relative.name}",
        _relative.is_not(None),
        *(tickets.c.site_id, _relative, tickets.c.opened_at, tickets.c.id),
    )
partial_index(
    "ix_tickets_keyed",
    and_(tickets.c.closed_at.is_not(None), tickets.c.data_key.is_not(None)),
    tickets.c.workflow,
    tickets.c.closed_at,
)
partial_index("ix_tickets_restricted", tickets.c.audience.is_not(None), tickets.c.site_id, tickets.c.id)
partial_index(
    "ix_tickets_closed",
    tickets.c.closed_at.is_not(None),
    *(tickets.c.site_id, tickets.c.closed_at, tickets.c.id),
)
Index("ix_tickets_changed", tickets.c.site_id, tickets.c.changed_at, tickets.c.id)
Index("ix_tickets_opener", tickets.c.site_id, tickets.c.opener, tickets.c.opened_at, tickets.c.id)

partial_index(
    "ix_tickets_without_candidates",
    and_(tickets.c.candidates.is_(None), tickets.c.closed_at.is_(None)),
    *(tickets.c.site_id, tickets.c.id),
)

partial_index(
    "ix_tickets_similarity",
    and_(tickets.c.similarity.is_not(None), tickets.c.closed_at.is_(None)),
    *(tickets.c.site_id, tickets.c.workflow, tickets.c.similarity, tickets.c.opened_at, tickets.c.id),
)

# Who follows a ticket. `opened_at` is the ticket's: what somebody follows is listed newest first.
watchers = Table(
    "watchers",
    metadata,
    text_column("site_id"),
    text_column("ticket_id"),
    text_column("staff_id"),
    integer_column("since_at"),
    integer_column("opened_at"),
    PrimaryKeyConstraint("site_id", "ticket_id", "staff_id"),
    Index(None, "site_id", "staff_id", "opened_at", "ticket_id"),
)

# The search terms of a ticket's title and open fields: words and pairs of characters (see `search`). The
# migration puts an index on it that no model describes: FTS5 kept up by triggers on SQLite, GIN on
# PostgreSQL.
texts = Table(
    "texts",
    metadata,
    site_column(),
    text_column("ticket_id"),
    nullable_integer_column("doc"),  # SQLite only: the row's number in the full-text index
    text_column("terms"),
    text_column("notes", server_default=text("''"), info={"appended": 100_000}),  # terms of the notes
    integer_column(
        "edition", server_default=text("0")
    ),  # see `terms.compute_edition`; an older one is renewed
    PrimaryKeyConstraint("site_id", "ticket_id"),
    UniqueConstraint("doc"),
    Index("ix_texts_edition", "edition", "site_id", "ticket_id"),
)
# Groups of roles that may read the personal values of some tickets: the places of their blind index.
reader_groups = Table("reader_groups", metadata, text_column("roles"), PrimaryKeyConstraint("roles"))
history = Table(
    "history",
    metadata,
    text_column("site_id"),
    text_column("ticket_id"),
    integer_column("seq"),
    integer_column("at"),
    text_column("kind"),
    text_column("actor_id"),
    text_column("actor_name"),
    nullable_text_column("on_behalf"),
    text_column("surface"),
    nullable_text_column("trigger"),
    nullable_text_column("source"),
    nullable_text_column("target_state"),
    text_column("data"),
    nullable_bytes_column("personal"),
    text_column("note"),
    nullable_integer_column("spent"),
    nullable_integer_column("target"),
    text_column("prev"),
    text_column("hash"),
    nullable_text_column(
        "outcome"
    ),  # digests of the ticket after it; null = written before the chain was keyed
    PrimaryKeyConstraint("site_id", "ticket_id", "seq"),
    Index("ix_history_at", "site_id", "at"),
)

clocks = Table(
    "clocks",
    metadata,
    text_column("site_id"),
    text_column("ticket_id"),
    text_column("name"),
    nullable_text_column("state"),
    text_column("promise"),
    text_column("basis"),
    text_column("calendar"),
    integer_column("budget"),
    integer_column("slack"),
    integer_column("consumed"),
    integer_column("started_at"),
    nullable_integer_column("running_since"),
    nullable_integer_column("stopped_at"),
    nullable_integer_column("due_at"),
    nullable_text_column("policy"),
    Column("level", Integer, nullable=False),
    nullable_integer_column("next_level_at"),
    text_column("ledger"),
    nullable_text_column("parked"),
    text_column("seal", server_default=text("''")),  # of the calendar that it was last planned by
    nullable_text_column("acknowledged"),  # JSON: level, staff id, first at, until
    PrimaryKeyConstraint("site_id", "ticket_id", "name"),
)
partial_index(
    "ix_clocks_next_level",
    and_(clocks.c.next_level_at.is_not(None), clocks.c.parked.is_(None)),
    clocks.c.next_level_at,
)
partial_index(
    "ix_clocks_planned", clocks.c.stopped_at.is_(None), clocks.c.site_id, clocks.c.calendar, clocks.c.seal
)
partial_index(
    "ix_clocks_level",
    and_(clocks.c.stopped_at.is_(None), clocks.c.level > 0),
    *(clocks.c.site_id, clocks.c.level, clocks.c.ticket_id),
)
partial_index("ix_clocks_parked", clocks.c.parked.is_not(None), clocks.c.site_id)
Index("ix_clocks_started", clocks.c.site_id, clocks.c.started_at)
Index("ix_clocks_stopped", clocks.c.site_id, clocks.c.stopped_at)

outbox = Table(
    "outbox",
    metadata,
    text_column("site_id"),
    text_column("id"),
    text_column("ticket_id"),
    integer_column("seq"),
    text_column("kind"),
    text_column("recipient"),
    text_column("role"),
    text_column("payload"),
    Column("urgent", Boolean, nullable=False),
    text_column("status"),  # one of `deliveries.STATUSES`
    integer_column("not_before"),
    Column("attempts", Integer, nullable=False),
    nullable_integer_column("claimed_until"),
    nullable_text_column("claimed_by"),
    nullable_text_column("last_error"),
    integer_column("created_at"),
    nullable_integer_column("sent_at"),
    nullable_integer_column("tried_at"),
    nullable_text_column("channel"),
    nullable_text_column("letter"),  # as it was sent; JSON
    nullable_bytes_column("sealed_letter"),  # the same, of a ticket with personal values
    nullable_text_column("digest"),  # the id of the letter that it shares with others
    PrimaryKeyConstraint("site_id", "id"),
)
WAITING = text("status IN ('pending', 'held', 'failed')")
UNREACHED = text("status IN ('logged', 'no-address')")
partial_index("ix_outbox_pending", WAITING, outbox.c.urgent, outbox.c.not_before)
partial_index(
    "ix_outbox_escalations",
    text("status IN ('pending', 'held', 'failed') AND kind = 'escalation'"),
    *(outbox.c.site_id, outbox.c.recipient, outbox.c.urgent, outbox.c.not_before, outbox.c.id),
)
partial_index("ix_outbox_dead", text("status = 'dead'"), outbox.c.site_id)
partial_index("ix_outbox_unreached", UNREACHED, outbox.c.tried_at)
Index("ix_outbox_ticket", outbox.c.site_id, outbox.c.ticket_id, outbox.c.seq, outbox.c.id)
Index("ix_outbox_status", outbox.c.site_id, outbox.c.status, outbox.c.created_at, outbox.c.id)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    text_column("account_id"),
    text_column("key"),
    text_column("digest"),
    text_column("site_id"),
    text_column("ticket_id"),
    integer_column("seq"),
    Column("answer", LargeBinary, nullable=False),
    integer_column("created_at"),
    PrimaryKeyConstraint("account_id", "key"),
    Index(None, "created_at"),
)
