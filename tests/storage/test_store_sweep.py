"""Levels that are due are found in order and fire exactly once, whoever sweeps and however often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from storage_samples import NOW, PATTERN, SITE, clock, desk, moving, notice, opened, opening

from workflows.core.step import Step
from workflows.storage.audit.verify import verify
from workflows.storage.database import Database
from workflows.storage.errors import Conflict
from workflows.storage.queries.queries import Queries
from workflows.storage.tickets.store import Store
from workflows.storage.tickets.sweep import DueLevel

LATER = NOW + 7_200


def due_at(at: int, *names: str) -> Step:
    """A ticket whose clocks have a level due at a moment."""
    return opening(clocks=tuple(clock(name, next_level_at=at) for name in names or ("resolution",)))


def opened_all(store: Store, *steps: Step) -> None:
    """Record them all."""
    store.record(steps, {step.after.id: PATTERN for step in steps})


def fired(due: DueLevel, **changes: object) -> Step:
    """The level is fired: nobody else is above, so it was the last."""
    later = due.clock._replace(level=due.clock.level + 1, next_level_at=None)
    name = due.clock.name
    messages = (notice(f"about-{name}", kind="escalation", clock=name, level=later.level),)
    return moving(due.ticket, at=LATER, kind="tick", clocks=(later,), messages=messages, **changes)  # type: ignore[arg-type]


def test_only_what_is_due_is_swept_the_oldest_first(database: Database) -> None:
    store = desk(database)
    opened_all(store, due_at(LATER), due_at(LATER - 5), due_at(LATER + 1), opening(clocks=()))
    with store.sweep(LATER) as batch:
        assert [each.clock.next_level_at for each in batch.due] == [LATER - 5, LATER]
        assert batch.due[0].ticket.data == batch.due[0].ticket.personal == {}
        assert batch.due[0].ticket.state == "registered"
    with store.sweep(LATER, limit=1) as batch:
        assert len(batch.due) == 1
    with store.sweep(NOW) as batch:
        assert batch.due == ()
        assert batch.record([]) == ()


def test_a_fired_level_moves_ticket_clock_history_and_outbox_and_nothing_else(database: Database) -> None:
    store, queries = desk(database), Queries(database)
    step = opening(personal={"contact": "138"}, clocks=(clock(next_level_at=LATER, consumed=5),))
    opened_all(store, step)
    with store.sweep(LATER) as batch:
        (ticket,) = batch.record([fired(each, priority=2) for each in batch.due])
    loaded = store.load(SITE, step.after.id)
    assert loaded is not None
    assert loaded[0] == step.after._replace(
        number="TS-2026-00001", seq=2, head=ticket.head, priority=2, changed_at=LATER
    )
    assert loaded[1] == (clock(next_level_at=None, level=1, consumed=5),)
    assert [each.kind for each in queries.history(SITE, step.after.id)] == ["open", "tick"]
    (message,) = queries.messages("pending").messages
    assert (message.recipient, message.clock) == ("about-resolution", "resolution")
    assert (message.level, message.seq) == (1, 2)
    assert list(verify(database)) == []


def test_of_two_levels_of_one_ticket_the_second_waits_for_the_next_batch(database: Database) -> None:
    store = desk(database)
    opened_all(store, due_at(LATER, "first", "second"))
    seen = []
    while True:
        with store.sweep(LATER) as batch:
            if not batch.due:
                break
            seen.append([each.clock.name for each in batch.due])
            batch.record([fired(each) for each in batch.due])
    assert sorted(seen) == [["first"], ["second"]]


def test_two_sweepers_at_once_fire_each_level_once(database: Database) -> None:
    store = desk(database)
    opened_all(store, *(due_at(LATER - n % 7) for n in range(60)))

    def work(_: int) -> int:
        done = 0
        while True:
            try:
                with store.sweep(LATER, limit=9) as batch:
                    if not batch.due:
                        return done
                    done += len(batch.record([fired(each) for each in batch.due]))
            except Conflict:
                continue

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, range(2))) == 60
    queries = Queries(database)
    assert len(queries.messages("pending", limit=100).messages) == 60
    assert list(verify(database)) == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite looks again when it writes
def test_what_one_sweeper_has_in_hand_another_passes_over(database: Database) -> None:
    store = desk(database)
    opened_all(store, due_at(LATER), due_at(LATER))
    other = Store(Database(database.url, cipher=database.cipher))
    with store.sweep(LATER, limit=1) as mine:
        with other.sweep(LATER) as theirs:
            assert len(theirs.due) == 1
            assert {each.ticket.id for each in theirs.due}.isdisjoint(each.ticket.id for each in mine.due)
        with other.sweep(LATER, limit=1) as again:
            assert len(again.due) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL holds the rows
def test_what_moves_between_reading_and_writing_is_left_for_the_next_sweep(database: Database) -> None:
    store = desk(database)
    opened_all(store, due_at(LATER), due_at(LATER))
    with store.sweep(LATER) as batch:
        moved = store.load(SITE, batch.due[0].ticket.id)
        assert moved is not None
        store.record([moving(moved[0], state="classified")])
        written = batch.record([fired(each) for each in batch.due])
        assert [each.id for each in written] == [batch.due[1].ticket.id]
    with store.sweep(LATER) as batch:
        assert [each.ticket.state for each in batch.due] == ["classified"]


def test_a_batch_that_fails_leaves_nothing(database: Database) -> None:
    store = desk(database)
    opened_all(store, due_at(LATER))
    with pytest.raises(ZeroDivisionError), store.sweep(LATER) as batch:  # noqa: PT012
        assert len(batch.due) == 1
        raise ZeroDivisionError
    with pytest.raises(Conflict), store.sweep(LATER) as batch:  # noqa: PT012
        doubled = fired(batch.due[0])
        batch.record([doubled, doubled])
    with store.sweep(LATER) as batch:
        assert len(batch.due) == 1


def test_a_parked_clock_is_not_swept_until_it_is_taken_up(database: Database) -> None:
    store, queries = desk(database), Queries(database)
    ticket = opened(store, clocks=(clock(next_level_at=LATER),))
    store.park(SITE, ticket.id, "resolution", "no such policy")
    with store.sweep(LATER) as batch:
        assert batch.due == ()
    (parked,) = queries.parked_clocks()
    assert (parked.ticket, parked.clock, parked.reason) == (ticket.id, "resolution", "no such policy")
    assert queries.clocks(SITE, ticket.id)[0].parked == "no such policy"
    loaded = store.load(SITE, ticket.id)
    assert loaded is not None
    assert loaded[1][0].parked == "no such policy"
