"""The history is a chain: whoever changes a row of it is found out."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, update
from storage_samples import LI, NOW, SITE, desk, moving, opened

from workflows.core.ticket import Ticket
from workflows.storage.audit.verify import verify
from workflows.storage.database import Database
from workflows.storage.tables import history, tickets
from workflows.storage.tickets.privacy import Privacy
from workflows.storage.tickets.store import Store


@pytest.fixture
def store(database: Database) -> Store:
    """A store over a fresh database."""
    return desk(database)


def walked(store: Store, steps: int = 3) -> Ticket:
    """A ticket that has gone some way."""
    ticket = opened(store, personal={"contact": "13800000000"})
    for turn in range(steps):
        ticket = store.record(
            [moving(ticket, state=f"state-{turn}", note="备注", personal={"reason": str(turn)})]
        )[0]
    return ticket


def tamper(database: Database, statement: object) -> None:
    """Change rows behind the store's back."""
    with database.transaction() as session:
        session.connection.execute(statement)  # type: ignore[call-overload]


def kinds(database: Database, site: str | None = None) -> list[tuple[str, int | None]]:
    """What an audit finds."""
    return [(each.kind, each.seq) for each in verify(database, site)]


def test_an_untouched_history_is_whole(database: Database, store: Store) -> None:
    walked(store)
    walked(store)
    assert kinds(database) == []


@pytest.mark.parametrize(
    "change",
    [
        {"note": "别的话"},
        {"at": NOW - 1},
        {"data": "{}"},
        {"actor_name": "王"},
        {"personal": b"x"},
        {"spent": None},
    ],
)
def test_a_changed_row_breaks_its_hash(database: Database, store: Store, change: dict[str, object]) -> None:
    walked(store)
    tamper(database, update(history).where(history.c.seq == 2).values(change))
    assert kinds(database) == [("broken-hash", 2)]


def test_a_row_that_was_hashed_anew_breaks_the_chain(database: Database, store: Store) -> None:
    walked(store)
    tamper(database, update(history).where(history.c.seq == 2).values(hash="0" * 64))
    assert kinds(database) == [("broken-hash", 2), ("broken-chain", 3)]


def test_a_missing_row_is_missed(database: Database, store: Store) -> None:
    walked(store)
    tamper(database, delete(history).where(history.c.seq == 2))
    assert kinds(database) == [("missing-seq", 2)]


def test_a_missing_last_row_is_missed(database: Database, store: Store) -> None:
    walked(store)
    tamper(database, delete(history).where(history.c.seq == 4))
    assert kinds(database) == [("head-mismatch", 3)]


def test_a_ticket_that_was_moved_back_is_found_out(database: Database, store: Store) -> None:
    ticket = walked(store)
    tamper(database, update(tickets).values(seq=3))
    assert kinds(database) == [("head-mismatch", 4)]
    tamper(database, delete(history).where(history.c.ticket_id == ticket.id))
    assert kinds(database) == [("missing-seq", 1)]


def test_a_number_that_is_gone_is_missed(database: Database, store: Store) -> None:
    opened(store)
    second = opened(store)
    tamper(database, update(tickets).where(tickets.c.id == second.id).values(number="TS-2026-00007"))
    assert kinds(database) == [("ticket-changed", 1), ("number-gap", 2), ("number-gap", 7)]


def test_one_site_can_be_audited_alone(database: Database) -> None:
    store = desk(database, SITE, "binjiang")
    opened(store)
    other = opened(store, site="binjiang")
    tamper(database, update(history).where(history.c.site_id == "binjiang").values(note="x"))
    assert kinds(database, SITE) == []
    (found,) = verify(database, "binjiang")
    assert (found.site, found.ticket, found.kind) == ("binjiang", other.id, "broken-hash")


def test_an_audit_says_how_far_it_has_come(
    database: Database, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.storage.audit.verify_tickets.PAGE_SIZE", 2)
    for _ in range(3):
        walked(store, steps=4)
    seen: list[int] = []
    assert list(verify(database, progress=seen.append)) == []
    assert seen == [10, 15]


def test_an_erased_ticket_still_has_a_whole_chain(database: Database, store: Store) -> None:
    ticket = walked(store)
    Privacy(database, store).erase(SITE, ticket.id, LI, NOW + 999)
    assert kinds(database) == []
