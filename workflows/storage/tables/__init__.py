"""The tables. Instants are epoch seconds, JSON is text (its exact bytes are hashed), ids are UUIDs as text.

Every row of a site has `site_id` first in its key, so that the data can be partitioned by site. There is no
column for "overdue", which is a comparison of `due_at` with now. History, clocks and messages have no foreign
key to their ticket: the store is their only writer, tickets are never deleted, and a check would cost every
step. A reading of a register's entry is stored among those of tickets, under `<register>/<key>`.
"""

from __future__ import annotations

from workflows.storage.tables.accounts import (
    attempt_counts,
    password_links,
    resident_links,
    saved_filters,
    sign_in_sessions,
    staff_changes,
)
from workflows.storage.tables.attachment_tables import attachment_usage, attachments
from workflows.storage.tables.audit import audit_keys, history_seals, readings
from workflows.storage.tables.columns import metadata
from workflows.storage.tables.company import (
    absence_changes,
    absences,
    counters,
    departures,
    entry_terms,
    imports,
    master_keys,
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
from workflows.storage.tables.definition_tables import definition_changes, definition_drafts, definitions
from workflows.storage.tables.migrations import migrated_tickets, migrations
from workflows.storage.tables.schedules import events, schedule_marks, schedule_runs
from workflows.storage.tables.ticket_tables import (
    clocks,
    history,
    idempotency_keys,
    outbox,
    reader_groups,
    texts,
    tickets,
    watchers,
)

__all__ = [
    "absence_changes",
    "absences",
    "attachment_usage",
    "attachments",
    "attempt_counts",
    "audit_keys",
    "clocks",
    "counters",
    "definition_changes",
    "definition_drafts",
    "definitions",
    "departures",
    "entry_terms",
    "events",
    "history",
    "history_seals",
    "idempotency_keys",
    "imports",
    "master_keys",
    "memberships",
    "metadata",
    "migrated_tickets",
    "migrations",
    "outbox",
    "password_links",
    "reader_groups",
    "readings",
    "register_entries",
    "register_history",
    "resident_links",
    "revisions",
    "roster_entries",
    "rosters",
    "saved_filters",
    "schedule_marks",
    "schedule_runs",
    "setting_changes",
    "sign_in_sessions",
    "sites",
    "staff",
    "staff_changes",
    "texts",
    "tickets",
    "tokens",
    "watchers",
]
