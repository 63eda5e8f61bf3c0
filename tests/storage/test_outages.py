"""A database that is away, full or busy is told apart from our mistakes, and nobody waits for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import pytest
from sqlalchemy import text
from storage_samples import SITE, desk, opened

from workflows.storage.cipher import Cipher
from workflows.storage.database import Database
from workflows.storage.drivers.timeouts import Timeouts
from workflows.storage.errors import ConnectionLost, StorageError, Unavailable
from workflows.storage.readiness import probe
from workflows.storage.tickets.store import Store

on_a_server = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
SHORT = Timeouts(lock=1, statement=2, idle=1, restart=1)


@pytest.fixture
def hasty(database_url: str, cipher: Cipher) -> Iterator[Database]:
    """A database that is waited for as shortly as can be."""
    found = Database(database_url, cipher=cipher, synchronous="OFF", timeouts=SHORT)
    yield found
    found.close()


@contextmanager
def frozen(*processes: int) -> Iterator[None]:
    """These processes stand still."""
    for each in processes:
        os.kill(each, signal.SIGSTOP)
    try:
        yield
    finally:
        for each in reversed(processes):
            os.kill(each, signal.SIGCONT)


def backends(database: Database) -> list[int]:
    """The server's processes for this database, but the one that answers."""
    query = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    return [row[0] for row in database.read(query, {})]


@on_a_server
def test_a_row_that_another_transaction_holds_is_not_waited_for_without_end(
    database: Database, hasty: Database
) -> None:
    """As the counter of a site's tickets, in the hands of a process that stands still."""
    desk(database)
    with database.transaction() as session:
        session.run("UPDATE sites SET name = 'held'")
        with pytest.raises(Unavailable, match="held by another transaction"), hasty.transaction() as other:
            other.run("UPDATE sites SET name = 'wanted'")


@on_a_server
def test_who_stands_still_in_a_transaction_loses_its_rows(database: Database, hasty: Database) -> None:
    """The server undoes it, and the others go on; so is whoever wakes up again told."""
    desk(database)
    held, over = threading.Event(), threading.Event()
    told: list[BaseException] = []

    def stand_still() -> None:
        try:
            with hasty.transaction() as session:
                session.run("UPDATE sites SET name = 'held'")
                held.set()
                over.wait(30)
                session.run("UPDATE sites SET name = 'held longer'")
        except Unavailable as error:
            told.append(error)

    thread = threading.Thread(target=stand_still)
    thread.start()
    assert held.wait(30)
    with database.transaction() as session:  # waits for the row until the server has given it back
        session.run("UPDATE sites SET name = 'mine'")
    over.set()
    thread.join()
    assert len(told) == 1
    assert database.read("SELECT DISTINCT name FROM sites", {}) == [("mine",)]


@on_a_server
def test_a_statement_that_takes_too_long_is_ended(hasty: Database) -> None:
    with pytest.raises(Unavailable, match="takes too long"):
        hasty.read("SELECT pg_sleep(60)", {})


@on_a_server
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes cannot be frozen here")
def test_a_statement_whose_backend_is_frozen_is_cut_and_asked_again(
    database: Database, hasty: Database
) -> None:
    """The server's own limit does not run while the backend stands still."""
    hasty.read("SELECT 1", {})
    hasty.rows(text("SELECT 1"))
    with frozen(*backends(database)):
        assert hasty.read("SELECT 2", {}) == [(2,)]
    hasty.read("SELECT 1", {})
    with frozen(*backends(database)):
        assert hasty.rows(text("SELECT 2")) == [(2,)]


@on_a_server
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes cannot be frozen here")
def test_a_server_that_is_frozen_is_noticed_and_nobody_else_is_let_wait(
    database: Database, hasty: Database, postgres_server: str
) -> None:
    """The first finds out, the others hear at once; once it goes on, so do they."""
    hasty.read("SELECT 1", {})
    (postmaster,) = {row[0] for row in database.read(POSTMASTER, {})}
    with frozen(postmaster, *backends(database)):
        with pytest.raises(Unavailable):
            hasty.read("SELECT 1", {})
        before = monotonic()
        for _ in range(3):
            with pytest.raises(Unavailable):
                hasty.read("SELECT 1", {})
        assert monotonic() - before < 3 * SHORT.restart + 2
    until = monotonic() + 30
    while True:
        try:
            assert hasty.read("SELECT 1", {}) == [(1,)]
            break
        except Unavailable:
            assert monotonic() < until, "the desk does not notice that the database is back"


POSTMASTER = "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int"


@on_a_server
def test_a_server_without_a_connection_left_is_unavailable_and_then_goes_on(
    database: Database, hasty: Database
) -> None:
    name = database.read("SELECT current_database()", {})[0][0]
    with database.connect() as session:
        session.run(f"ALTER DATABASE {name} CONNECTION LIMIT 0")
        session.run("CREATE ROLE nobody LOGIN")
    limited = Database(
        database.url.replace("postgres:", "nobody:").replace("postgres@", "nobody@"),
        cipher=database.cipher,
        timeouts=SHORT,
    )
    try:
        with pytest.raises(Unavailable, match="cannot be reached"):
            limited.read("SELECT 1", {})
        with database.connect() as session:
            session.run(f"ALTER DATABASE {name} CONNECTION LIMIT -1")
        assert limited.read("SELECT 1", {}) == [(1,)]
    finally:
        limited.close()
        with database.connect() as session:
            session.run("DROP ROLE nobody")


def test_a_port_where_nobody_listens_is_unavailable(cipher: Cipher) -> None:
    pytest.importorskip("psycopg")
    away = Database("postgresql+psycopg://x@127.0.0.1:1/x", cipher=cipher, timeouts=Timeouts(restart=0))
    with pytest.raises(Unavailable, match="cannot be reached"):
        away.read("SELECT 1", {})
    with pytest.raises(StorageError):
        probe(away)
    away.close()


@on_a_server
def test_a_server_that_is_only_read_from_is_unavailable_for_writing(database: Database) -> None:
    desk(database)
    name = database.read("SELECT current_database()", {})[0][0]
    probe(database)
    with database.connect() as session:
        session.run(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    database.close()
    with pytest.raises(Unavailable, match="read-only"), database.transaction() as session:
        session.run("UPDATE sites SET name = 'x'")
    with pytest.raises(StorageError, match="read-only"):
        probe(database)


@pytest.fixture
def file(database: Database) -> Database:
    """A database in a file."""
    assert not database.postgres
    return database


in_a_file = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@in_a_file
def test_a_full_disk_is_unavailable_for_writing_and_can_be_read(file: Database) -> None:
    """SQLite's own bound on its pages stands for the disk's."""
    store = desk(file)
    ticket = opened(store)
    with file.connect() as session:
        session.run(f"PRAGMA max_page_count = {session.run('PRAGMA page_count').fetchone()[0]}")  # type: ignore[index]
    with pytest.raises(Unavailable, match="its disk is full"):
        fill(store)
    assert store.load(SITE, ticket.id) is not None


def fill(store: Store) -> None:
    for _ in range(1_000):
        opened(store)


@in_a_file
def test_a_file_that_is_only_read_from_is_unavailable_for_writing(file: Database) -> None:
    desk(file)
    with file.connect() as session:
        session.run("PRAGMA query_only = ON")
    with pytest.raises(Unavailable, match="read-only"), file.transaction() as session:
        session.run("UPDATE sites SET name = 'x'")


@in_a_file
def test_what_cannot_be_written_down_is_not_ready(file: Database, cipher: Cipher) -> None:
    desk(file)
    probe(file)
    only_read = Database(
        f"{file.url.replace('sqlite:///', 'sqlite:///file:')}?mode=ro&uri=true", cipher=cipher
    )
    with pytest.raises(StorageError, match="read-only"):
        probe(only_read)
    only_read.close()


@in_a_file
@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="files cannot be bounded here")
def test_a_disk_that_is_really_full_is_not_ready(file: Database) -> None:
    """The system refuses to let files grow, in a process of its own."""
    desk(file)
    script = (
        "import resource, sys\n"
        "from workflows.storage.cipher import Cipher\n"
        "from workflows.storage.database import Database\n"
        "from workflows.storage.readiness import probe\n"
        "database = Database(sys.argv[1], cipher=Cipher({1: b'1' * 32}, current=1))\n"
        "probe(database)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))\n"
        "probe(database)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, file.url], capture_output=True, text=True, check=False
    )
    assert "StorageError: the database does not serve us: its disk" in said.stderr


@in_a_file
def test_a_folder_that_has_gone_is_unavailable(file: Database, cipher: Cipher) -> None:
    gone = Database("sqlite:////nowhere/at/all.db", cipher=cipher)
    with pytest.raises(Unavailable, match="cannot be opened"):
        gone.read("SELECT 1", {})
    with pytest.raises(StorageError, match="cannot be opened"):
        probe(gone)


@in_a_file
def test_a_desk_whose_writer_is_busy_is_ready(file: Database) -> None:
    """Who writes shows that it can be written."""
    with file.transaction() as session:
        session.run("UPDATE sites SET name = 'x'")
        probe(file)


def test_a_cut_in_a_unit_is_not_read_over(database: Database) -> None:
    """What the unit has written is gone with its connection; reading on would not see it."""
    desk(database)
    with pytest.raises(ConnectionLost), database.unit_of_work(lambda _: None), database.transaction():
        database.retry_read(dropped)


def dropped(_session: object) -> None:
    raise ConnectionLost("cut")
