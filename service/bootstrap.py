"""The composition root: the only module that puts the parts of a desk together."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from service.settings import Settings
from workflows.board import Board
from workflows.callers import Callers
from workflows.definitions import Definitions
from workflows.engine import Engine
from workflows.gate.company_files import CompanyFiles
from workflows.gate.drafts import Drafts
from workflows.gate.gate import Gate
from workflows.gate.impact_reader import ImpactReader
from workflows.gate.process_changes import ProcessChanges
from workflows.gate.rights import PublishingRights
from workflows.migrations.migrator import Migrator
from workflows.person_erasure import PersonErasure
from workflows.queue import WorkQueue
from workflows.replan import Replanner
from workflows.reports import Reports
from workflows.schedules import Announcements, Opener, Schedules
from workflows.storage import master_keys, schema
from workflows.storage.attachments.attachments import Attachments
from workflows.storage.attachments.places import open_place
from workflows.storage.database import Database
from workflows.storage.definition_drafts import DraftStore
from workflows.storage.definitions import DefinitionStore
from workflows.storage.drivers.timeouts import NO_TIMEOUTS, Timeouts
from workflows.storage.outbox import Outbox
from workflows.storage.people.accounts import Accounts
from workflows.storage.people.departures import Departures
from workflows.storage.people.people import People
from workflows.storage.people.resident_links import ResidentLinks
from workflows.storage.people.saved_filters import SavedFilters
from workflows.storage.people.sign_in_sessions import SignInSessions
from workflows.storage.people.tokens import Tokens
from workflows.storage.queries.board_rows import BoardReader
from workflows.storage.queries.changes import ChangeFeed
from workflows.storage.queries.open_tickets import OpenTickets
from workflows.storage.queries.queries import Queries
from workflows.storage.queries.queue_entries import QueueReader
from workflows.storage.queries.report_facts import ReportFacts
from workflows.storage.queries.ticket_counts import TicketCounts
from workflows.storage.schedule_runs import ScheduleRuns
from workflows.storage.tickets.privacy import Privacy
from workflows.storage.tickets.store import Store
from workflows.watchers import TicketWatchers

FRESH_FOR = 1.0
"""Seconds by which the staff may lag behind another process's change. A request brings its own news."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Desk:
    """A desk: engine, store, queries and settings, connected to each other."""

    settings: Settings
    database: Database
    store: Store
    attachments: Attachments
    queries: Queries
    counts: TicketCounts
    changes: ChangeFeed
    people: People
    departures: Departures
    accounts: Accounts
    tokens: Tokens
    sign_in_sessions: SignInSessions
    resident_links: ResidentLinks
    saved_filters: SavedFilters
    definition_store: DefinitionStore
    definitions: Definitions
    gate: Gate
    company_files: CompanyFiles
    process_changes: ProcessChanges
    drafts: Drafts
    engine: Engine
    queue: WorkQueue
    board: Board
    watchers: TicketWatchers
    reporting: Reports
    outbox: Outbox
    privacy: Privacy
    erasures: PersonErasure
    callers: Callers
    runs: ScheduleRuns
    schedules: Schedules
    announcements: Announcements
    deadlines: Replanner
    migrator: Migrator

    def close(self) -> None:
        """Close the database connections."""
        self.database.close()


def open_database(settings: Settings, limits: Timeouts = NO_TIMEOUTS) -> Database:
    """The database of the settings, without a check of its schema: for migrations and backups.

    SQLite files are created readable by the owner only; the files beside the database get the same mode.
    """
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        _make_private(Path(url.database or ""), settings)
    return Database(
        settings.database_url, cipher=settings.cipher, synchronous=settings.synchronous, timeouts=limits
    )


def _make_private(file: Path, settings: Settings) -> None:
    if file.parent == settings.data:
        settings.folder()
    with suppress(OSError):  # it is there already; or it cannot be, as the database will say
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def open_attachments(settings: Settings, database: Database) -> Attachments:
    """The uploaded files of a database, in the place that the settings name."""
    return Attachments(database, open_place(settings.attachments.url, settings.data / "attachments"))


def open_desk(settings: Settings) -> Desk:
    """The desk of the settings. StorageError if its tables are not as the program needs them, which
    `schema.migrate` makes them; CipherError if its keys are not those that the database was sealed with.
    """
    database = open_database(settings, settings.limits)
    try:
        schema.check(database)
        master_keys.check(database)
    except BaseException:
        database.close()
        raise
    return build_desk(settings, database)


def build_desk(settings: Settings, database: Database) -> Desk:
    """A desk on an opened database. Raises CipherError if its keys are not those of the settings."""
    shelf = DefinitionStore(database)
    library = Definitions(shelf, settings.languages)
    store = Store(database, library)
    people = People(database, max_age=FRESH_FOR)
    reporting = Reports(library, ReportFacts(database))
    engine = Engine(store, library, people, reporting)
    counts = TicketCounts(database)
    rights = PublishingRights(library, people, counts, settings.api.publishers)
    deadlines = Replanner(engine, library, people, store, engine.calendars)
    impact = ImpactReader(library, shelf, counts, OpenTickets(database))
    gate = Gate(library, shelf, impact, rights, deadlines.preview_company)
    queries, runs = Queries(database), ScheduleRuns(database)
    attachments = open_attachments(settings, database)
    opener = Opener(engine, library, people, store, queries, runs)
    return Desk(
        settings=settings,
        database=database,
        store=store,
        attachments=attachments,
        queries=queries,
        counts=counts,
        changes=ChangeFeed(database),
        people=people,
        departures=Departures(database),
        accounts=Accounts(database),
        tokens=Tokens(database),
        sign_in_sessions=SignInSessions(database),
        resident_links=ResidentLinks(database),
        saved_filters=SavedFilters(database),
        definition_store=shelf,
        definitions=library,
        gate=gate,
        company_files=CompanyFiles(gate, library, shelf),
        process_changes=ProcessChanges(gate, library, shelf),
        drafts=Drafts(gate, DraftStore(database)),
        engine=engine,
        queue=WorkQueue(store, QueueReader(database), queries, library, people, engine.calendars),
        board=Board(BoardReader(database), library, people, engine.calendars, settings.api.publishers),
        watchers=TicketWatchers(engine, store),
        reporting=reporting,
        outbox=Outbox(database),
        privacy=Privacy(database, store),
        erasures=PersonErasure(database, store, library),
        callers=Callers(library, store, queries),
        runs=runs,
        schedules=Schedules(library, people, runs, opener),
        announcements=Announcements(library, runs, engine.calendars),
        deadlines=deadlines,
        migrator=Migrator(engine, library, shelf, store, people),
    )
