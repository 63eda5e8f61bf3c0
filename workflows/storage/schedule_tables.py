"""The tables of schedules: what each was opened for, how far it was looked after, and what was announced."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table, text

from workflows.storage.columns import (
    index_of_some,
    metadata,
    site,
    whole,
    whole_or_none,
    words,
    words_or_none,
)

# One row for each time that a schedule opens at a site. Its key is unique, so no slot is ever taken twice.
schedule_runs = Table(
    "schedule_runs",
    metadata,
    site(),
    words("schedule"),
    words("key"),
    whole("at"),
    whole("opens_at"),
    words_or_none("event"),
    words("status"),  # waiting | opened | missed | parked
    whole("opened"),  # how many tickets
    words_or_none("reason"),
    whole_or_none("ran_at"),
    PrimaryKeyConstraint("site_id", "schedule", "key"),
)
_WAITING, _PARKED = text("status = 'waiting'"), text("status = 'parked'")
index_of_some("ix_schedule_runs_waiting", _WAITING, schedule_runs.c.opens_at)
index_of_some("ix_schedule_runs_parked", _PARKED, schedule_runs.c.site_id)

# Up to which moment the slots of a schedule have become runs.
schedule_marks = Table(
    "schedule_marks",
    metadata,
    site(),
    words("schedule"),
    whole("seen_until"),
    PrimaryKeyConstraint("site_id", "schedule"),
)

events = Table(
    "events",
    metadata,
    site(),
    words("id"),
    words("name"),
    whole("at"),
    words("actor_id"),
    words("actor_name"),
    words("data"),
    PrimaryKeyConstraint("site_id", "id"),
)
Index("ix_events_site_id_at", events.c.site_id, events.c.at, events.c.id)
