"""The change feed misses nothing and repeats nothing, whoever commits when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import pytest
from storage_samples import SITE, desk, moving, opened

from workflows.core.access.visibility import DESK, OUTSIDER, Viewer
from workflows.core.ticket import Ticket
from workflows.storage.database import Database
from workflows.storage.queries.changes import (
    Change,
    ChangeFeed,
    FeedPosition,
    FeedRestarted,
    restart_feed,
)
from workflows.storage.tickets.store import Store


def follow(
    feed: ChangeFeed, after: FeedPosition | None = None, limit: int = 3, viewer: Viewer = DESK
) -> tuple[list[tuple[str, int]], FeedPosition]:
    """All changes from a position on, as (ticket, seq), and where the feed ends."""
    found: list[tuple[str, int]] = []
    while True:
        page = feed.page((SITE,), viewer, after, limit)
        found += [key(each) for each in page.changes]
        after = page.next
        if not page.more:
            return found, after


def key(change: Change) -> tuple[str, int]:
    return change.ticket_id, change.seq


def note(store: Store, ticket: Ticket) -> Ticket:
    """One more step of the ticket."""
    return store.record([moving(ticket)])[0]


def test_a_reader_gets_every_step_once_and_in_order(database: Database) -> None:
    store, feed = desk(database), ChangeFeed(database)
    first, second = opened(store), opened(store)
    steps = [(first.id, 1), (second.id, 1)]
    found, end = follow(feed)
    assert found == steps
    assert follow(feed, end) == ([], end)
    note(store, first)
    assert follow(feed, end)[0] == [(first.id, 2)]
    assert follow(feed)[0] == [*steps, (first.id, 2)]


def test_the_end_of_the_feed_is_before_whatever_comes_next(database: Database) -> None:
    store, feed = desk(database), ChangeFeed(database)
    ticket = opened(store)
    end = feed.end()
    assert follow(feed, end)[0] == []
    note(store, ticket)
    assert follow(feed, end)[0] == [(ticket.id, 2)]


def test_changes_of_other_sites_and_of_hidden_tickets_are_passed_over(database: Database) -> None:
    """And the reader gets on: the next page begins behind them."""
    store, feed = desk(database, SITE, "west"), ChangeFeed(database)
    hidden = [opened(store, audience=("leader",)) for _ in range(4)]
    elsewhere, seen = opened(store, site="west"), opened(store)
    assert follow(feed, limit=2, viewer=OUTSIDER)[0] == [(seen.id, 1)]
    leader = Viewer({SITE: frozenset({"leader"})})
    assert len(follow(feed, limit=2, viewer=leader)[0]) == len(hidden) + 1
    assert [each.ticket_id for each in feed.page(("west",), DESK, None, 9).changes] == [elsewhere.id]


def test_what_is_rolled_back_is_no_change(database: Database) -> None:
    store, feed = desk(database), ChangeFeed(database)
    ticket = opened(store)
    with pytest.raises(RuntimeError):
        _note_and_fail(store, database, ticket)
    assert follow(feed)[0] == [(ticket.id, 1)]
    note(store, ticket)
    assert follow(feed)[0] == [(ticket.id, 1), (ticket.id, 2)]


def _note_and_fail(store: Store, database: Database, ticket: Ticket) -> None:
    with database.unit_of_work(lambda _: None):
        note(store, ticket)
        raise RuntimeError


@pytest.fixture
def postgres(database: Database) -> Database:
    """PostgreSQL alone: SQLite has one writer."""
    if not database.postgres:
        pytest.skip("SQLite has one writer at a time: none can commit late")
    return database


def test_a_transaction_that_began_first_and_commits_last_is_not_missed(postgres: Database) -> None:
    """Until it has ended the feed ends before it, and then has both."""
    store, feed = desk(postgres), ChangeFeed(postgres)
    slow, quick = opened(store), opened(store)
    start = follow(feed)[1]
    written, release = Event(), Event()

    def write_slowly() -> None:
        with postgres.unit_of_work(lambda _: None):
            note(store, slow)
            written.set()
            assert release.wait(60)

    thread = Thread(target=write_slowly)
    thread.start()
    assert written.wait(60)
    note(store, quick)
    seen, end = follow(feed, start)
    assert seen == []
    release.set()
    thread.join()
    assert sorted(follow(feed, end)[0]) == sorted([(slow.id, 2), (quick.id, 2)])


def test_with_several_writers_at_once_a_reader_gets_each_step_exactly_once(database: Database) -> None:
    store, feed = desk(database), ChangeFeed(database)
    tickets = [opened(store) for _ in range(4)]
    start = follow(feed)[1]
    rounds, done = 15, Event()

    def write(ticket: Ticket) -> None:
        for _ in range(rounds):
            ticket = note(store, ticket)

    def read() -> list[tuple[str, int]]:
        found, after = list[tuple[str, int]](), start
        while True:
            finished = done.is_set()
            more, after = follow(feed, after)
            found += more
            if finished:
                return found

    with ThreadPoolExecutor(len(tickets) + 1) as pool:
        reading = pool.submit(read)
        list(pool.map(write, tickets))
        done.set()
        found = reading.result()
    expected = [(ticket.id, seq) for ticket in tickets for seq in range(2, rounds + 2)]
    assert sorted(found) == sorted(expected)
    for ticket in tickets:  # and each ticket's steps in their order
        assert [seq for ticket_id, seq in found if ticket_id == ticket.id] == list(range(2, rounds + 2))


def test_a_cursor_of_before_a_restored_backup_is_refused(database: Database) -> None:
    store, feed = desk(database), ChangeFeed(database)
    opened(store)
    end = follow(feed)[1]
    with database.transaction() as session:
        restart_feed(session, postgres=database.postgres)
    with pytest.raises(FeedRestarted):
        feed.page((SITE,), DESK, end, 3)
    assert follow(feed)[0] == []


NO_CURSORS = ("", "nonsense", "WzEsMSwxXQ", "WyJ4IiwtMSwwXQ", "WyJ4IiwxLDkyMjMzNzIwMzY4NTQ3NzU4MDhd")


@pytest.mark.parametrize("text", NO_CURSORS)
def test_a_text_that_is_no_cursor_is_no_position(text: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        FeedPosition.parse(text)
