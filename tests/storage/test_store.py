"""The store writes all of a step or none of it, and only for the one who saw the ticket as it stands."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import get_ident
from typing import Any

import pytest
from sqlalchemy import func, select
from storage_samples import NOW, PATTERN, SITE, clock, desk, moving, notice, opened, opening

from workflows.core.step import Step
from workflows.core.ticket import Trail
from workflows.storage import tables
from workflows.storage.audit.verify import verify
from workflows.storage.database import Database, Session
from workflows.storage.errors import Conflict, StorageError
from workflows.storage.queries.queries import Queries
from workflows.storage.tickets.store import Store

WRITTEN = ("tickets", "history", "clocks", "outbox", "texts", "counters", "idempotency_keys")


def rows(database: Database) -> dict[str, int]:
    """How many rows each table of a step holds."""
    return {
        name: database.rows(select(func.count()).select_from(tables.metadata.tables[name]))[0][0]
        for name in WRITTEN
    }


def test_what_was_recorded_is_what_is_loaded(database: Database) -> None:
    store = desk(database)
    step = opening(
        personal={"complainant": "王芳", "contact": "13800000000"}, assignee="staff-wang", priority=2
    )
    recorded = store.record([step], {step.after.id: PATTERN})[0]
    assert store.load(SITE, step.after.id) == (recorded, step.clocks)
    assert Store(database).load(SITE, step.after.id) == (recorded, step.clocks)
    assert recorded == step.after._replace(number="TS-2026-00001", head=recorded.head)


def test_a_parent_remembers_its_rounds_and_a_child_its_own(database: Database) -> None:
    store = desk(database)
    parent = opened(store, trail=Trail({"registered": 1}, {}, {"rework": [1]}))
    child = opened(store, parent=parent.id, link="rework", round=1, opened_at=NOW + 60)
    again = opened(store, parent=parent.id, link="rework", round=2, opened_at=NOW + 60)
    fresh = Store(database)
    assert fresh.load(SITE, parent.id) == (parent, (clock(),))
    assert fresh.load(SITE, child.id) == (child, (clock(),))
    assert [each.round for each in fresh.children(SITE, parent.id)] == [1, 2]
    assert [each.data for each in fresh.children(SITE, parent.id, whole=True)] == [child.data, again.data]


def test_a_ticket_is_not_found_at_another_site(database: Database) -> None:
    store = desk(database, SITE, "binjiang")
    ticket = opened(store)
    assert store.load("binjiang", ticket.id) is None


def test_a_step_moves_the_ticket_its_clocks_and_its_messages(database: Database) -> None:
    store = desk(database)
    ticket = opened(store)
    changed = clock(level=1, next_level_at=None, consumed=7, ledger=((NOW, "start"), (NOW + 9, "pause")))
    started = clock("classified", state="classified", started_at=NOW + 60)
    step = moving(
        ticket, state="classified", clocks=(changed, started), messages=(notice(), notice("client"))
    )
    after = store.record([step])[0]
    assert store.load(SITE, ticket.id) == (after, (changed, started))
    assert {each.recipient for each in Queries(database).messages("pending").messages} == {
        "staff-wang",
        "client",
    }


def test_who_saw_an_older_step_changes_nothing(database: Database) -> None:
    store = desk(database)
    ticket = opened(store)
    after = store.record([moving(ticket, state="classified")])[0]
    before = rows(database)
    with pytest.raises(Conflict):
        store.record([moving(ticket, state="withdrawn", messages=(notice(),), clocks=(clock("other"),))])
    assert store.load(SITE, ticket.id) == (after, (clock(),))
    assert rows(database) == before


def test_a_ticket_is_opened_once_however_often_the_command_comes(database: Database) -> None:
    store = desk(database)
    step = opening()
    store.record([step], {step.after.id: PATTERN})
    with pytest.raises(Conflict):
        store.record([step], {step.after.id: PATTERN})
    assert opened(store).number == "TS-2026-00002"


def test_of_many_writers_of_one_step_exactly_one_wins(database: Database) -> None:
    store = desk(database)
    ticket = opened(store)

    def attempt(worker: int) -> int:
        won = 0
        for _ in range(10):
            loaded = store.load(SITE, ticket.id)
            assert loaded is not None
            try:
                store.record([moving(loaded[0], assignee=f"staff-{worker}", clocks=loaded[1])])
                won += 1
            except Conflict:
                continue
        return won

    with ThreadPoolExecutor(4) as pool:
        won = sum(pool.map(attempt, range(4)))
    loaded = store.load(SITE, ticket.id)
    assert loaded is not None
    assert loaded[0].seq == 1 + won
    assert len(Queries(database).history(SITE, ticket.id)) == 1 + won
    assert list(verify(database)) == []


def test_several_steps_of_several_tickets_are_one_transaction(database: Database) -> None:
    store = desk(database)
    parent = opened(store)
    first = moving(parent, state="in-handling")
    child = opening(parent=parent.id, link="rework", workflow="repair")
    second = moving(first.after, state="waiting", category="waiting")
    third = moving(child.after, state="done", category="closed", closed_at=NOW)
    tickets = store.record([first, child, second, third], {child.after.id: "WX-{seq:3}"})
    assert [(ticket.number, ticket.seq) for ticket in tickets] == [
        ("TS-2026-00001", 2),
        ("WX-001", 1),
        ("TS-2026-00001", 3),
        ("WX-001", 2),
    ]
    (found,) = store.children(SITE, parent.id)
    assert (found.number, found.link, found.state, found.closed) == ("WX-001", "rework", "done", True)
    assert store.load(SITE, parent.id) == (tickets[2], (clock(),))
    assert list(verify(database)) == []


def test_if_one_of_several_steps_is_stale_none_is_written(database: Database) -> None:
    store = desk(database)
    first, second = opened(store), opened(store)
    store.record([moving(second)])
    before = rows(database)
    child = opening()
    with pytest.raises(Conflict):
        store.record([moving(first), child, moving(second)], {child.after.id: PATTERN})
    assert rows(database) == before
    assert opened(store).number == "TS-2026-00003"


def test_a_ticket_of_an_unknown_site_is_refused(database: Database) -> None:
    store = desk(database)
    step = opening(site="nowhere")
    with pytest.raises(StorageError, match="no site 'nowhere'"):
        store.record([step], {step.after.id: PATTERN})


class PowerCutError(Exception):
    """The process dies."""


def cut_after(monkeypatch: pytest.MonkeyPatch, statements: int) -> list[int]:
    """Let so many statements of this thread through, then die. The list grows by one for each of them."""
    run, seen, mine = Session.run, list[int](), get_ident()

    def dying(self: Session, statement: Any, row: Any = {}) -> Any:  # noqa: B006
        if get_ident() != mine:
            return run(self, statement, row)
        if len(seen) == statements:
            raise PowerCutError
        seen.append(1)
        return run(self, statement, row)

    monkeypatch.setattr(Session, "run", dying)
    return seen


def test_a_fault_between_any_two_statements_leaves_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = desk(database)
    ticket = opened(store)
    steps = _busy_steps(ticket)
    patterns = {step.after.id: PATTERN for step in steps}
    before = rows(database)
    survived = 0
    for statements in range(100):
        with monkeypatch.context() as patch:
            cut_after(patch, statements)
            try:
                store.record(steps, patterns)
            except PowerCutError:
                survived += 1
            else:
                break
        assert rows(database) == before
        assert store.load(SITE, ticket.id) == (ticket, (clock(),))
    assert survived >= (5 if database.postgres else 12)
    assert rows(database)["history"] == before["history"] + 3
    assert list(verify(database)) == []


def _busy_steps(ticket: Any) -> list[Step]:
    first = moving(
        ticket, state="classified", clocks=(clock(consumed=9),), messages=(notice(), notice("client"))
    )
    child = opening(parent=ticket.id, link="rework")
    return [first, child, moving(first.after, title="改了标题", personal={"contact": "139"})]


def test_a_ticket_that_has_moved_on_is_not_written_over_whatever_its_history_says(database: Database) -> None:
    """The ticket's own step decides. The history's key would notice, too, but must not be alone with it."""
    store = desk(database)
    seen = opened(store)
    store.record([moving(seen, state="elsewhere")])
    with database.transaction() as session:
        session.run("DELETE FROM history WHERE seq = 2")
    with pytest.raises(Conflict):
        Store(database).record([moving(seen, state="here")])
    loaded = Store(database).load(SITE, seen.id)
    assert loaded is not None
    assert loaded[0].state == "elsewhere"
