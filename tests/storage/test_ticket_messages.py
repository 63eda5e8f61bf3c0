"""A page of what was told about a ticket costs what the page holds, however much was told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from storage_samples import NOW, SITE, desk, moving, notice, opened

from benchmarks.effort import Buffers, Steps, effort
from workflows.core.ticket import Ticket
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database
from workflows.storage.queries.messages import MessageQueries
from workflows.storage.tickets.store import Store

Measured = tuple[Database, Steps | Buffers]
LEAST = {
    False: 2_000,
    True: 60,
}  # steps of SQLite, pages of PostgreSQL: below this, it is the question itself


@pytest.fixture
def measured(database_url: str, cipher: Cipher) -> Iterator[Measured]:
    """A database of which every connection is watched."""
    database = Database(database_url, cipher=cipher, synchronous="OFF")
    yield database, effort(database)
    database.close()


def tell(store: Store, ticket: Ticket, steps: int, each: int) -> Ticket:
    """So many steps, each of which tells so many."""
    for _ in range(steps):
        messages = tuple(notice(f"staff-{number}") for number in range(each))
        (ticket,) = store.record([moving(ticket, at=NOW, messages=messages)])
    return ticket


def test_a_page_costs_the_same_however_much_was_told(measured: Measured) -> None:
    """Of many steps, and of one that told many; so does what a page of the history says of its steps."""
    database, measure = measured
    store, queries = desk(database), MessageQueries(database)
    ticket = tell(store, opened(store), 3, 10)
    first = queries.of_ticket(SITE, ticket.id, None, 10)

    def costs() -> list[int]:
        cursor = queries.of_ticket(SITE, ticket.id, None, 10).next
        work = (
            lambda: queries.of_ticket(SITE, ticket.id, None, 10),
            lambda: queries.of_ticket(SITE, ticket.id, cursor, 10),
            lambda: queries.of_ticket(SITE, ticket.id, None, 10, seq=2),
            lambda: queries.of_steps(SITE, ticket.id, 2, 4),
        )
        for each in work:
            for _ in range(measure.asked_before):
                each()
        return [min(measure.of(each) for _ in range(measure.rounds)) for each in work]

    few = costs()
    ticket = tell(store, ticket, 100, 10)
    tell(store, ticket, 1, 500)
    least = LEAST[database.postgres]
    assert all(many <= 2 * max(least, before) for before, many in zip(few, costs(), strict=True))
    assert queries.of_ticket(SITE, ticket.id, None, 10) == first


def test_all_pages_together_are_all_that_was_told(measured: Measured) -> None:
    """In order, none twice; also within one step that told many."""
    database, _ = measured
    store, queries = desk(database), MessageQueries(database)
    ticket = tell(store, tell(store, opened(store), 2, 1), 1, 40)
    seen, cursor = [], None
    while True:
        page = queries.of_ticket(SITE, ticket.id, cursor, 7)
        seen += [(each.message.seq, each.message.id) for each in page.messages]
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == 42
    assert seen == sorted(set(seen))
    assert [len(found) for found in queries.of_steps(SITE, ticket.id, 1, ticket.seq).values()] == [1, 1, 40]
