"""Steps that are written at the same moment share one commit, and are as safe as before: on SQLite all of
them, on PostgreSQL those that open tickets at one site, which need its counter."""

from __future__ import annotations

import sqlite3
import threading
import uuid
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

import pytest
from storage_samples import SITE, desk, moving, opened

from workflows.core.ticket import Ticket
from workflows.storage.database import Database, Session
from workflows.storage.errors import Conflict, Unavailable
from workflows.storage.tickets.store import Store

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_a_server = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
THREADS = 8


class SlowDisk:
    """Every commit takes its time, so that others gather behind it; how many there were is counted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, database: Database) -> None:
        self.commits = 0
        self.broken: BaseException | None = None
        commit = database.commit

        def slow(session: Session) -> None:
            self.commits += 1
            sleep(0.05)
            if self.broken is not None:
                raise self.broken
            commit(session)

        monkeypatch.setattr(database, "commit", slow)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch, database: Database) -> SlowDisk:
    """The slow disk of this test's database."""
    return SlowDisk(monkeypatch, database)


def all_at_once(doing: Callable[[int], object], count: int = THREADS) -> list[object]:
    """What came of doing it in so many threads at the same moment: an answer, or the error."""
    came: list[object] = [None] * count
    gate = threading.Barrier(count)

    def one(place: int) -> None:
        gate.wait()
        try:
            came[place] = doing(place)
        except Exception as error:
            came[place] = error

    threads = [threading.Thread(target=one, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return came


def stored(store: Store, ticket: Ticket) -> int:
    """How far a ticket has come in the database."""
    found = Store(store._database).load(SITE, ticket.id)
    assert found is not None
    return found[0].seq


@on_sqlite
def test_steps_of_many_threads_need_fewer_commits_than_there_are_steps(
    database: Database, disk: SlowDisk
) -> None:
    store = desk(database)
    tickets = [opened(store) for _ in range(THREADS)]
    disk.commits = 0
    came = all_at_once(lambda place: store.record([moving(tickets[place])]))
    assert not [each for each in came if isinstance(each, Exception)]
    assert [stored(store, each) for each in tickets] == [2] * THREADS
    assert disk.commits <= 3


@on_sqlite
def test_nobody_goes_on_before_the_commit_that_holds_what_he_wrote(
    database: Database, disk: SlowDisk
) -> None:
    store = desk(database)
    tickets = [opened(store) for _ in range(THREADS)]
    path = database.url.removeprefix("sqlite:///")

    def write_and_look(place: int) -> int:
        store.record([moving(tickets[place])])
        with sqlite3.connect(path) as other:
            row = other.execute("SELECT seq FROM tickets WHERE id = ?", [tickets[place].id]).fetchone()
        other.close()
        return int(row[0])

    assert all_at_once(write_and_look) == [2] * THREADS


@on_sqlite
def test_who_is_refused_undoes_only_what_he_wrote_himself(database: Database, disk: SlowDisk) -> None:
    store = desk(database)
    tickets = [opened(store) for _ in range(THREADS)]
    moved = [store.record([moving(each)])[0] for each in tickets]

    def write(place: int) -> object:
        before = tickets[place] if place % 2 else moved[place]  # every second one has seen an old step
        return store.record([moving(before, note="late")])

    came = all_at_once(write)
    assert [isinstance(each, Conflict) for each in came] == [place % 2 == 1 for place in range(THREADS)]
    assert [stored(store, each) for each in tickets] == [3 - place % 2 for place in range(THREADS)]


@on_sqlite
def test_of_two_steps_of_one_ticket_in_one_commit_one_is_written(database: Database, disk: SlowDisk) -> None:
    store = desk(database)
    ticket = opened(store)
    came = all_at_once(lambda _: store.record([moving(ticket)]))
    assert len([each for each in came if isinstance(each, Conflict)]) == THREADS - 1
    assert stored(store, ticket) == 2


@on_sqlite
def test_a_refusal_comes_when_what_stands_in_the_way_is_stored(database: Database, disk: SlowDisk) -> None:
    store = desk(database)
    ticket = opened(store)

    def write_then_look(_: int) -> int:
        try:
            store.record([moving(ticket)])
        except Conflict:
            return stored(store, ticket)
        return 2

    assert all_at_once(write_then_look) == [2] * THREADS


@on_sqlite
def test_a_commit_that_fails_fails_for_all_and_stores_nothing(database: Database, disk: SlowDisk) -> None:
    store = desk(database)
    tickets = [opened(store) for _ in range(THREADS)]
    disk.broken = sqlite3.OperationalError("disk I/O error")
    came = all_at_once(lambda place: store.record([moving(tickets[place])]))
    assert all(isinstance(each, sqlite3.OperationalError) for each in came)
    disk.broken = None
    assert [stored(store, each) for each in tickets] == [1] * THREADS
    assert store.record([moving(tickets[0])])[0].seq == 2


@on_sqlite
def test_a_transaction_that_sqlite_ended_by_itself_is_lost_for_all_who_shared_it(
    database: Database, disk: SlowDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = desk(database)
    tickets = [opened(store) for _ in range(THREADS)]
    run, full = Session.run, threading.Event()

    def run_until_full(self: Session, statement: Any, row: Any = None) -> Any:
        text = getattr(statement, "text", "")
        if text == "SAVEPOINT member" and not full.is_set():
            full.set()
            run(self, "ROLLBACK")
            raise sqlite3.OperationalError("database or disk is full")
        return run(self, statement, row or {})

    monkeypatch.setattr(Session, "run", run_until_full)
    came = all_at_once(lambda place: store.record([moving(tickets[place])]))
    refused = [isinstance(each, Exception) for each in came]
    assert full.is_set()
    assert any(refused)
    assert [stored(store, each) for each in tickets] == [1 if each else 2 for each in refused]


def test_numbers_stay_without_gaps_when_many_open_at_once(database: Database, disk: SlowDisk) -> None:
    store = desk(database)
    came = all_at_once(lambda _: opened(store).number)
    assert sorted(map(str, came)) == [f"TS-2026-{place:05}" for place in range(1, THREADS + 1)]


@on_sqlite
def test_who_writes_alone_finds_committed_what_others_have_handed_over(
    database: Database, disk: SlowDisk
) -> None:
    store = desk(database)
    tickets = [opened(store) for _ in range(THREADS)]

    def write(place: int) -> object:
        if place % 2:
            return store.record([moving(tickets[place])])
        with database.transaction() as session:
            return session.run("UPDATE tickets SET title = 'x' WHERE id = :id", {"id": tickets[place].id})

    started = monotonic()
    came = all_at_once(write)
    assert not [each for each in came if isinstance(each, Exception)]
    assert monotonic() - started < 20
    assert [stored(store, each) for each in tickets] == [1 + place % 2 for place in range(THREADS)]


@on_a_server
def test_openings_of_one_site_need_fewer_commits_than_there_are_openings(
    database: Database, disk: SlowDisk
) -> None:
    """None waits for the counter until the commit of another is over."""
    store = desk(database)
    opened(store)
    disk.commits = 0
    came = all_at_once(lambda _: opened(store).number)
    assert sorted(map(str, came)) == [f"TS-2026-{place:05}" for place in range(2, THREADS + 2)]
    assert disk.commits <= 3


@on_a_server
def test_who_is_refused_in_a_shared_commit_leaves_no_gap(database: Database, disk: SlowDisk) -> None:
    """Of each two who open a ticket under one id, one is refused, and takes no number with him."""
    store = desk(database)
    ids = [str(uuid.uuid4()) for _ in range(THREADS // 2)]
    came = all_at_once(lambda place: opened(store, id=ids[place // 2]).number)
    assert len([each for each in came if isinstance(each, Conflict)]) == THREADS // 2
    numbers = sorted(str(each) for each in came if not isinstance(each, Conflict))
    assert numbers == [f"TS-2026-{place:05}" for place in range(1, THREADS // 2 + 1)]


@on_a_server
def test_a_connection_that_is_cut_in_a_shared_commit_stores_nothing_of_it(
    database: Database, disk: SlowDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All who shared it hear that the database was away; what is opened next has the first number."""
    store, run, cut = desk(database), Session.run, threading.Event()

    def run_until_cut(self: Session, statement: Any, row: Any = None) -> Any:
        if getattr(statement, "text", "") == "SAVEPOINT member" and not cut.is_set():
            cut.set()
            self.raw.close()
        return run(self, statement, row or {})

    monkeypatch.setattr(Session, "run", run_until_cut)
    came = all_at_once(lambda _: opened(store).number)
    assert cut.is_set()
    gone = [each for each in came if isinstance(each, Unavailable)]
    assert len(gone) >= 2  # who had written before, and who was about to
    kept = sorted(str(each) for each in came if not isinstance(each, Exception))
    assert kept == [f"TS-2026-{place:05}" for place in range(1, THREADS + 1 - len(gone))]
