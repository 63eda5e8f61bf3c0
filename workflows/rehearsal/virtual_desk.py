"""A complete desk for the duration of a rehearsal: scenarios run on it, and observe its tickets and
messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from workflows.core.commands import CLOCK, Command
from workflows.core.effects.register_writes import parse_entry
from workflows.core.people import Membership, Staff
from workflows.core.step import Step
from workflows.core.ticket import StepContext, Ticket
from workflows.definitions import Definitions
from workflows.engine import Engine
from workflows.language.definition import Definition
from workflows.language.forms.field import FieldType
from workflows.language.forms.organisation import Organisation
from workflows.language.forms.register import Register
from workflows.rehearsal.staff import SITE, find_holder_id, sample_staff
from workflows.rehearsal.virtual_files import VirtualFiles
from workflows.reports import Reports
from workflows.schedules import Announcements, Opener, Schedules
from workflows.site_calendars import SiteCalendars
from workflows.storage import schema
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database
from workflows.storage.definitions import DefinitionStore
from workflows.storage.idempotency import IdempotentStep
from workflows.storage.outbox import Outbox
from workflows.storage.outbox_messages import OutboxMessage
from workflows.storage.people.people import People, Site
from workflows.storage.queries.queries import Queries
from workflows.storage.queries.report_facts import ReportFacts
from workflows.storage.schedule_runs import ScheduleRuns
from workflows.storage.tickets.store import Store
from workflows.timing.clock import Clock
from workflows.timing.instants import Instant

_LEASE = 60  # seconds
_CLAIMER = "rehearsal"
_MAX_MESSAGES = 1_000
_END_OF_TIME = 4_102_444_800  # 2100-01-01: after every scenario
_DUMMY_KEY = b"rehearsals-hold-nothing-personal"


def _open(file: Path) -> Database:
    cipher = Cipher({1: _DUMMY_KEY}, current=1)
    return Database(f"sqlite:///{file}", cipher=cipher, synchronous="OFF")


@cache
def _migrated_file() -> bytes:
    """The file of a desk with nothing in it: migrated once, since that takes longer than most scenarios."""
    with TemporaryDirectory(prefix="huifang-rehearsal-") as folder:
        file = Path(folder, "desk.db")
        database = _open(file)
        schema.migrate(database)
        database.close()
        return file.read_bytes()


class RecordingStore(Store):
    """A store that also keeps the latest state of every ticket it has written, in the order of writing."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.tickets: dict[str, Ticket] = {}
        self._order: dict[str, int] = {}
        self._changed: set[str] = set()

    def record(
        self,
        steps: Sequence[Step],
        patterns: Mapping[str, str] | None = None,
        receipt: IdempotentStep | None = None,
    ) -> tuple[Ticket, ...]:
        """Write the steps, and keep the tickets."""
        written = super().record(steps, patterns, receipt)
        for ticket in written:
            self.tickets[ticket.id] = ticket
            self._order.setdefault(ticket.id, len(self._order))
            self._changed.add(ticket.id)
        return written

    def take_changed(self) -> list[Ticket]:
        """The tickets written since the last call, in the order in which they were opened."""
        moved = sorted(self._changed & self.tickets.keys(), key=self._order.__getitem__)
        self._changed.clear()
        return [self.tickets[ticket] for ticket in moved]

    def clear(self) -> None:
        """Forget all tickets."""
        self.tickets.clear()
        self._order.clear()
        self._changed.clear()


class VirtualDesk:
    """A desk with fictional staff. Create one with `VirtualDesk.create()`, or around a migrated
    `database`."""

    def __init__(self, database: Database, site: str = SITE) -> None:
        self._database = database
        self.site = site
        self.store = RecordingStore(database)
        self.people = People(database)
        self.definition_store = DefinitionStore(database)
        self.definitions = Definitions(self.definition_store)
        figuring = Reports(self.definitions, ReportFacts(database))
        calendars = SiteCalendars(self.definitions, self.people, zoned=False)
        self.engine = Engine(self.store, self.definitions, self.people, figuring, calendars)
        queries, runs = Queries(database), ScheduleRuns(database)
        opener = Opener(self.engine, self.definitions, self.people, self.store, queries, runs)
        self.schedules = Schedules(self.definitions, self.people, runs, opener)
        self.announcements = Announcements(self.definitions, runs, self.engine.calendars)
        self.files = VirtualFiles(database, site)
        self._outbox = Outbox(database)
        self._clocks: dict[str, tuple[Clock, ...]] = {}
        self._opened = 0
        self._scenario_staff: list[str] = []
        self._folder: TemporaryDirectory[str] | None = None

    @classmethod
    def create(cls) -> VirtualDesk:
        """A desk without staff and without definitions, in a temporary database that `close` removes."""
        folder = TemporaryDirectory(prefix="huifang-rehearsal-")
        file = Path(folder.name, "desk.db")
        file.write_bytes(_migrated_file())
        desk = cls(_open(file))
        desk._folder = folder
        return desk

    def add_sample_staff(self, organisation: Organisation, zone: str) -> None:
        """Add the site, in a time zone such as `Asia/Shanghai`, and the sample staff."""
        self.people.store_site(Site(id=self.site, name="Rehearsal", zone=zone))
        for member in sample_staff(organisation, self.site):
            self.people.add_staff(member)

    @property
    def staff(self) -> Mapping[str, Staff]:
        """The staff by id."""
        return self.people.directory(self.site).staff

    def set_settings(self, settings: Mapping[str, object]) -> None:
        """Set the settings of the site to exactly these values."""
        before = self.people.settings(self.site)
        if before != settings:
            self.people.change_settings(self.site, before, settings, CLOCK, 0)

    def add_scenario_staff(self, people: Mapping[str, str]) -> None:
        """Add people for one scenario, each with a role; those of the scenario before are no longer
        active."""
        self._scenario_staff = []
        for name, role in people.items():
            self._opened += 1
            identity = f"{name}~{self._opened}"
            post = (Membership(self.site, role),)
            self.people.add_staff(
                Staff(id=identity, account=identity, name=name, language="en", memberships=post)
            )
            self._scenario_staff.append(identity)

    def add_entries(
        self, data: Mapping[str, Sequence[Mapping[str, object]]], definition: Definition, now: Instant
    ) -> None:
        """Add register entries; a role in a staff column is replaced by its holder."""
        for name, rows in data.items():
            register = definition.registers[name]
            filings = [
                parse_entry(register, self._fill_staff_columns(register, row), definition.organisation)
                for row in rows
            ]
            self.store.entries.write(self.site, filings, CLOCK, now)

    def _fill_staff_columns(self, register: Register, row: Mapping[str, object]) -> dict[str, object]:
        return {
            name: find_holder_id(value, self.staff)
            if register.fields[name].type is FieldType.STAFF
            else value
            for name, value in row.items()
        }

    def entry(self, register: str, key: str) -> dict[str, object] | None:
        """The columns of an entry; None if none is in force under this key."""
        entry = self.store.entries.find(self.site, register, key)
        return {**entry.data, **entry.personal} if entry and entry.if_in_force else None

    def clear(self) -> None:
        """End the scenario, so that nothing of it (levels, messages, staff, entries) affects the next one."""
        self.store.entries.delete_all(self.site)
        self.refresh()
        for ticket, clocks in self._clocks.items():
            for clock in clocks:
                if clock.next_level_at is not None and clock.parked is None:
                    self.store.park(self.site, ticket, clock.name, "the story has ended")
        self.take_messages(_END_OF_TIME)  # drop the messages that are left
        for identity in self._scenario_staff:
            self.people.update_staff(identity, active=False)
        self._scenario_staff = []
        self.store.rosters.delete_site(self.site)
        self.store.clear()
        self._clocks.clear()

    def close(self) -> None:
        """Close the database and remove its folder."""
        self._database.close()
        if self._folder is not None:
            self._folder.cleanup()

    def do(self, command: Command, definition: Definition, now: Instant) -> StepContext:
        """Carry out a command to a ticket of this definition; the files that it names are uploaded first."""
        return self.engine.do(self.files.upload(definition, command, now), now)

    def new_id(self) -> str:
        """An id for the next ticket; the ids are the same in every run."""
        self._opened += 1
        return str(UUID(int=self._opened))

    def refresh(self) -> None:
        """Load the tickets of the scenario as they are now."""
        for ticket in list(self.store.tickets):
            loaded = self.store.load(self.site, ticket)
            if loaded is not None:
                self.store.tickets[ticket], self._clocks[ticket] = loaded

    def ticket(self, ticket: str) -> Ticket:
        """A ticket of the scenario."""
        return self.store.tickets[ticket]

    def clocks(self, ticket: str) -> tuple[Clock, ...]:
        """The clocks of a ticket of the scenario."""
        return self._clocks.get(ticket, ())

    def children(self, parent: str, link: str | None = None) -> list[Ticket]:
        """The children of a ticket, under one link or all, in the order in which they were opened."""
        return [
            each
            for each in self.store.tickets.values()
            if each.parent == parent and link in (None, each.link)
        ]

    def conversions_of(self, ticket: str) -> list[Ticket]:
        """The tickets that this one was converted to."""
        return [each for each in self.store.tickets.values() if each.origin == ticket]

    def next_level_at(self) -> Instant | None:
        """The instant at which the next escalation level of the scenario is due; None if there is none."""
        waiting = (c.next_level_at for c in self._running_clocks() if c.next_level_at is not None)
        return min(waiting, default=None)

    def _running_clocks(self) -> Iterator[Clock]:
        return (c for clocks in self._clocks.values() for c in clocks if c.parked is None)

    @property
    def parked(self) -> list[str]:
        """The parked clocks, each with its reason."""
        return [f"{c.name}: {c.parked}" for clocks in self._clocks.values() for c in clocks if c.parked]

    def take_messages(self, now: Instant) -> tuple[OutboxMessage, ...]:
        """The messages about the scenario's tickets since the last call; those left by an earlier scenario
        are dropped."""
        claimed = self._outbox.claim(now, _MAX_MESSAGES, _LEASE, _CLAIMER)
        for message in claimed:  # so that the next claim does not read it again
            self._outbox.mark_sent(message, _CLAIMER, now)
        return tuple(message for message in claimed if message.ticket in self.store.tickets)
