"""Connections are handed round, replaced when they are cut, and shared by several processes."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import text
from storage_samples import SITE, clock, desk, moving, opened

from workflows.storage import schema
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database, Session
from workflows.storage.drivers import sqlite
from workflows.storage.errors import Conflict, ConnectionLost, StorageError, Unavailable
from workflows.storage.queries.queries import Queries
from workflows.storage.tables import staff
from workflows.storage.tickets.store import Store


@pytest.fixture
def postgres(database: Database) -> Database:
    """A database on a server, whose connections can be cut."""
    assert database.postgres
    return database


on_a_server = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def cut(database: Database) -> None:
    """The server ends all connections of this database but the one that asks for it."""
    other = Database(database.url, cipher=database.cipher)
    with other.connect() as session:
        session.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    other.close()


@on_a_server
def test_reading_goes_on_after_a_cut(postgres: Database) -> None:
    store = desk(postgres)
    ticket = opened(store)
    cut(postgres)
    assert store.load(SITE, ticket.id) == (ticket, (clock(),))
    cut(postgres)
    assert Queries(postgres).clocks(SITE, ticket.id) == (clock(),)


@on_a_server
def test_writing_goes_on_if_the_cut_came_before(postgres: Database) -> None:
    store = desk(postgres)
    ticket = opened(store)
    cut(postgres)
    after = store.record([moving(ticket)])[0]
    cut(postgres)
    assert opened(store).number == "TS-2026-00002"
    assert store.load(SITE, ticket.id) == (after, (clock(),))


@on_a_server
def test_a_step_that_was_written_before_the_answer_was_cut_is_not_written_twice(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = desk(postgres)
    ticket = opened(store)
    run, cuts = Session.run, [1]

    def cut_after(self: Session, statement: Any, row: Any = {}) -> Any:  # noqa: B006
        answer = run(self, statement, row)
        if cuts and "moved" in getattr(statement, "text", ""):
            cuts.clear()
            cut(postgres)
            self.connection.exec_driver_sql("SELECT 1")
        return answer

    monkeypatch.setattr(Session, "run", cut_after)
    after = store.record([moving(ticket, note="once")])[0]
    assert not cuts
    assert store.load(SITE, ticket.id) == (after, (clock(),))
    assert len(Queries(postgres).history(SITE, ticket.id)) == 2


@on_a_server
def test_a_step_that_lost_the_race_during_a_cut_is_a_conflict(
    postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = desk(postgres)
    ticket = opened(store)
    other = Store(postgres)
    connect, cuts = postgres.connect, [1]

    def dropped() -> Any:
        if cuts:
            cuts.clear()
            other.record([moving(ticket, state="elsewhere")])
            raise ConnectionLost("cut")
        return connect()

    monkeypatch.setattr(postgres, "connect", dropped)
    with pytest.raises(Conflict):
        store.record([moving(ticket)])


@on_a_server
def test_a_cut_in_the_middle_of_a_transaction_is_told(postgres: Database) -> None:
    with pytest.raises(ConnectionLost), postgres.transaction() as session:  # noqa: PT012
        cut(postgres)
        session.connection.execute(text("SELECT 1"))
    with postgres.transaction() as session:
        assert session.connection.execute(text("SELECT 1")).scalar() == 1


def test_a_broken_statement_is_told_as_it_is(database: Database) -> None:
    with pytest.raises(Exception, match="nothing_like_it"):
        database.read("SELECT * FROM nothing_like_it", {})
    with pytest.raises(Exception, match="nothing_like_it"), database.transaction() as session:
        session.connection.execute(text("SELECT * FROM nothing_like_it"))


@on_a_server
def test_a_deadlock_is_a_conflict(postgres: Database) -> None:
    store = desk(postgres)
    first, second = opened(store), opened(store)
    meet = threading.Barrier(2)
    lock = "UPDATE tickets SET title = title WHERE id = :id"
    told: list[BaseException] = []

    def work(mine: str, theirs: str) -> None:
        try:
            with postgres.transaction() as session:
                session.run(lock, {"id": mine})
                meet.wait()
                session.run(lock, {"id": theirs})
        except Conflict as conflict:
            told.append(conflict)

    pairs = ((first.id, second.id), (second.id, first.id))
    threads = [threading.Thread(target=work, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1


def test_two_processes_share_one_file(database: Database, database_url: str, cipher: Cipher) -> None:
    other = Database(database_url, cipher=cipher)
    here, there = desk(database), Store(other)
    ticket = opened(here)

    def walk(store: Store) -> None:
        for _ in range(10):
            while True:
                loaded = store.load(SITE, ticket.id)
                assert loaded is not None
                try:
                    store.record([moving(loaded[0])])
                    break
                except Conflict:
                    continue

    threads = [threading.Thread(target=walk, args=(store,)) for store in (here, there)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    loaded = here.load(SITE, ticket.id)
    assert loaded is not None
    assert loaded[0].seq == 21


def test_a_database_in_memory_serves_a_rehearsal(cipher: Cipher) -> None:
    database = Database("sqlite://", cipher=cipher)
    schema.migrate(database)
    store = desk(database)
    ticket = opened(store)
    done: list[object] = []
    thread = threading.Thread(target=lambda: done.append(store.record([moving(ticket)])[0]))
    thread.start()
    thread.join()
    assert store.load(SITE, ticket.id) == (done[0], (clock(),))
    database.close()


def test_the_durability_of_sqlite_can_be_chosen(tmp_path: Any, cipher: Cipher) -> None:
    for name, level in (("OFF", 0), ("NORMAL", 1), ("FULL", 2)):
        database = Database(f"sqlite:///{tmp_path / 'x.db'}", cipher=cipher, synchronous=name)
        assert database.read("PRAGMA synchronous", {}) == [(level,)]
        assert database.read("PRAGMA journal_mode", {}) == [("wal",)]
        assert database.read("PRAGMA foreign_keys", {}) == [(1,)]
        database.close()
    with pytest.raises(StorageError, match="FULL, NORMAL or OFF"):
        Database("sqlite://", cipher=cipher, synchronous="fast")


def test_what_core_reads_leaves_no_transaction_behind(database: Database) -> None:
    desk(database)
    database.rows(staff.select())
    with database.transaction() as session:
        session.run("UPDATE sites SET name = 'x'")
    assert database.read("SELECT name FROM sites", {}) == [("x",)]
    with database.snapshot() as session:
        assert session.run("SELECT count(*) FROM sites").fetchone() == (1,)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_another_process_that_writes_for_too_long_is_no_longer_waited_for(
    database: Database, database_url: str, cipher: Cipher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is wrong with what was asked: once the other is done, the same connection writes."""
    desk(database)
    other = Database(database_url, cipher=cipher, synchronous="OFF")
    monkeypatch.setattr(sqlite, "BUSY_MS", 50)
    with (
        other.transaction(),
        pytest.raises(Unavailable, match="another process writes"),
        database.transaction(),
    ):
        raise AssertionError("two write at once")
    with database.transaction() as session:
        session.run("UPDATE sites SET name = 'x'")
    other.close()
    assert database.read("SELECT name FROM sites", {}) == [("x",)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_reader_waits_as_long_as_before_whatever_has_begun(database: Database) -> None:
    """How long SQLite itself waits is only lifted for the moment in which writing begins."""
    with database.transaction() as session:
        assert session.run("PRAGMA busy_timeout").fetchone() == (sqlite.BUSY_MS,)
    assert database.read("PRAGMA busy_timeout", {}) == [(sqlite.BUSY_MS,)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_means_to_write_has_the_file_from_the_beginning(
    database: Database, database_url: str, cipher: Cipher
) -> None:
    """What was read in a transaction still holds when it writes: another process waits until it is over."""
    desk(database)
    other = Database(database_url, cipher=cipher, synchronous="OFF")
    began, done = threading.Event(), threading.Event()

    def write() -> None:
        began.set()
        with other.transaction() as session:
            session.run("UPDATE sites SET name = name || '2'")
        done.set()

    thread = threading.Thread(target=write)
    with database.transaction() as session:
        seen = session.run("SELECT name FROM sites").fetchone()
        thread.start()
        assert began.wait(10)
        assert not done.wait(0.3)
        session.run("UPDATE sites SET name = name || '1'")
    thread.join()
    other.close()
    assert seen is not None
    assert database.read("SELECT name FROM sites", {}) == [(f"{seen[0]}12",)]
