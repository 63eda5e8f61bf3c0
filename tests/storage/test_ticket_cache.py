"""A ticket that was loaded or recorded is read again only when its head has moved on."""

from __future__ import annotations

import pytest
from storage_samples import NOW, SITE, clock, desk, moving, opened, opening

from workflows.core.ticket import Ticket
from workflows.storage.database import Database
from workflows.storage.errors import Conflict
from workflows.storage.tickets.cache import TicketCache
from workflows.storage.tickets.store import Store


def ticket_of(store: Store, identity: str) -> Ticket:
    found = store.load(SITE, identity)
    assert found is not None
    return found[0]


def test_what_another_process_has_done_is_seen(database: Database) -> None:
    here = desk(database)
    ticket = opened(here)
    there = Store(database)
    there.record([moving(ticket_of(there, ticket.id), state="classified")])
    assert ticket_of(here, ticket.id).state == "classified"


def test_who_was_not_quick_enough_looks_at_the_ticket_itself(database: Database) -> None:
    """Also where the seq that was seen is that of the copy: another process has taken the step."""
    here = desk(database)
    ticket = opened(here)
    there = Store(database)
    there.record([moving(ticket_of(there, ticket.id), state="classified")])
    with pytest.raises(Conflict):
        here.record([moving(ticket, state="closed")])
    found = here.load(SITE, ticket.id, ticket.seq)
    assert found is not None
    assert found[0].state == "classified"


def test_a_copy_is_what_a_fresh_reading_finds_after_every_step(database: Database) -> None:
    store = desk(database)
    ticket = opened(store, personal={"contact": "13800000000"})
    for at, name in enumerate(("classified", "assigned", "handled"), start=1):
        before = ticket_of(store, ticket.id)
        begun = clock(f"state.{name}", started_at=NOW + at, ledger=((NOW + at, "start"),))
        step = moving(before, state=name, personal={"name": name}, clocks=(begun,))
        store.record([step])
        assert store.load(SITE, ticket.id) == Store(database).load(SITE, ticket.id)


def test_a_sweep_is_seen(database: Database) -> None:
    store = desk(database)
    step = opening(clocks=(clock(next_level_at=NOW),))
    store.record([step], {step.after.id: "T-{seq}"})
    with store.sweep(NOW) as batch:
        (due,) = batch.due
        fired = due.clock._replace(level=1, next_level_at=None)
        batch.record([moving(due.ticket, kind="tick", clocks=(fired,))])
    assert store.load(SITE, step.after.id) == Store(database).load(SITE, step.after.id)
    assert ticket_of(store, step.after.id).seq == 2


def test_a_parked_clock_is_seen(database: Database) -> None:
    store = desk(database)
    ticket = opened(store)
    store.park(SITE, ticket.id, "resolution", "it threw")
    found = store.load(SITE, ticket.id)
    assert found is not None
    assert found[1][0].parked == "it threw"


def test_the_ticket_kept_longest_goes_first() -> None:
    kept = TicketCache(max_size=2)
    tickets = [opening(id=str(number)).after for number in range(3)]
    for ticket in tickets:
        kept.store((ticket, ()))
    assert [kept.get(SITE, str(number)) is not None for number in range(3)] == [False, True, True]
