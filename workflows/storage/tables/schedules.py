"""The tables of schedules: runs, the marks up to which slots have become runs, and announced events."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table, text

from workflows.storage.tables.columns import (
    integer_column,
    metadata,
    nullable_integer_column,
    nullable_text_column,
    partial_index,
    site_column,
    text_column,
)

# One row for each time that a schedule opens at a site. Its key is unique, so no slot is ever taken twice.
schedule_runs = Table(
    "schedule_runs",
    metadata,
    site_column(),
    text_column("schedule"),
    text_column("key"),
    integer_column("at"),
    integer_column("opens_at"),
    nullable_text_column("event"),
    text_column("status"),  # waiting | opened | missed | parked
    integer_column("opened"),  # how many tickets
    nullable_text_column("reason"),
    nullable_integer_column("ran_at"),
    PrimaryKeyConstraint("site_id", "schedule", "key"),
)
_WAITING, _PARKED = text("status = 'waiting'"), text("status = 'parked'")
_DONE = text("status IN ('opened', 'missed')")
partial_index("ix_schedule_runs_waiting", _WAITING, schedule_runs.c.opens_at)
partial_index("ix_schedule_runs_parked", _PARKED, schedule_runs.c.site_id)
partial_index("ix_schedule_runs_done", _DONE, schedule_runs.c.ran_at)

# Up to which moment the slots of a schedule have become runs.
schedule_marks = Table(
    "schedule_marks",
    metadata,
    site_column(),
    text_column("schedule"),
    integer_column("seen_until"),
    PrimaryKeyConstraint("site_id", "schedule"),
)

events = Table(
    "events",
    metadata,
    site_column(),
    text_column("id"),
    text_column("name"),
    integer_column("at"),
    text_column("actor_id"),
    text_column("actor_name"),
    text_column("data"),
    PrimaryKeyConstraint("site_id", "id"),
)
Index("ix_events_site_id_at", events.c.site_id, events.c.at, events.c.id)
