"""The composition root: the only place where the desk is put together."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from service.settings import Settings
from workflows.engine import Engine
from workflows.library import Library
from workflows.reporting import Reporting
from workflows.scheduling import Announcements, Opener, Schedules
from workflows.storage import schema
from workflows.storage.database import Database
from workflows.storage.facts import Facts
from workflows.storage.library import Library as Shelf
from workflows.storage.outbox import Outbox
from workflows.storage.people import People
from workflows.storage.privacy import Privacy
from workflows.storage.queries import Queries
from workflows.storage.runs import Runs
from workflows.storage.store import Store
from workflows.storage.tokens import Tokens

FRESH_FOR = 1.0
"""Seconds by which the staff may lag behind another process's change. A request brings its own news."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Desk:
    """A whole desk, ready to work."""

    settings: Settings
    database: Database
    store: Store
    queries: Queries
    people: People
    tokens: Tokens
    shelf: Shelf
    library: Library
    engine: Engine
    reporting: Reporting
    outbox: Outbox
    privacy: Privacy
    runs: Runs
    schedules: Schedules
    announcements: Announcements

    def close(self) -> None:
        """Give back what it holds."""
        self.database.close()


def open_database(settings: Settings) -> Database:
    """The database the settings name, as it is, for migrating and backups.

    What is made of SQLite's files is for nobody else to read: those beside the database follow its mode.
    """
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        _make_private(Path(url.database or ""), settings)
    return Database(settings.database_url, cipher=settings.cipher, synchronous=settings.synchronous)


def _make_private(file: Path, settings: Settings) -> None:
    if file.parent == settings.data:
        settings.folder()
    with suppress(OSError):  # it is there already; or it cannot be, as the database will say
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def open_desk(settings: Settings) -> Desk:
    """The desk of the settings. StorageError if its tables are not as the program needs them.

    `schema.migrate` makes them so.
    """
    database = open_database(settings)
    try:
        schema.check(database)
    except BaseException:
        database.close()
        raise
    return assemble(settings, database)


def assemble(settings: Settings, database: Database) -> Desk:
    """A desk on a database that is ready."""
    store = Store(database)
    people = People(database, fresh_for=FRESH_FOR)
    shelf = Shelf(database)
    library = Library(shelf)
    reporting = Reporting(library, Facts(database))
    engine = Engine(store, library, people, reporting)
    queries, runs = Queries(database), Runs(database)
    opener = Opener(engine, library, people, store, queries, runs)
    return Desk(
        settings=settings,
        database=database,
        store=store,
        queries=queries,
        people=people,
        tokens=Tokens(database),
        shelf=shelf,
        library=library,
        engine=engine,
        reporting=reporting,
        outbox=Outbox(database),
        privacy=Privacy(database, store),
        runs=runs,
        schedules=Schedules(library, people, runs, opener),
        announcements=Announcements(library, runs),
    )
