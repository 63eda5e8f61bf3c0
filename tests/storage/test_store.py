"""The store writes all of a step or none of it."""

from __future__ import annotations

from storage_samples import LI, NOW, PATTERN, SITE, clock, desk, moving, notice, opened, opening
from workflows.storage.database import Database


def test_what_was_recorded_is_what_is_loaded(database: Database) -> None:
    store = desk(database)
    step = opening(personal={"complainant": "王芳", "contact": "13800000000"})
    recorded = store.record([step], {step.after.id: PATTERN})[0]
    loaded = store.load(SITE, step.after.id)
    assert loaded == (recorded, step.clocks)
    assert recorded.number == "TS-2026-00001"


def test_a_step_moves_the_ticket_its_clocks_and_its_messages(database: Database) -> None:
    store = desk(database)
    ticket = opened(store)
    changed = clock(level=1, next_level_at=None)
    step = moving(ticket, state="classified", data={**ticket.data, "nature": "投诉"}, clocks=(changed, clock("state")), messages=(notice(), notice("client")))
    after = store.record([step])[0]
    assert store.load(SITE, ticket.id) == (after, (changed, clock("state")))
