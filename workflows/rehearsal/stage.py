"""A whole desk for the length of a rehearsal: what stories are walked on, and what is seen of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from tempfile import TemporaryDirectory
from uuid import UUID

from workflows.core.commands import CLOCK
from workflows.core.filing import written
from workflows.core.people import Membership, Staff
from workflows.core.step import Step
from workflows.core.ticket import Ticket
from workflows.engine import Engine
from workflows.language.definition import Definition
from workflows.language.forms.field import FieldType
from workflows.language.forms.organisation import Organisation
from workflows.language.forms.register import Register
from workflows.library import Library
from workflows.rehearsal.troupe import SITE, holder, troupe
from workflows.reporting import Reporting
from workflows.scheduling import Announcements, Opener, Schedules
from workflows.storage import schema
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database
from workflows.storage.facts import Facts
from workflows.storage.library import Library as Shelf
from workflows.storage.outbox import Outbox
from workflows.storage.people import People, Site
from workflows.storage.queries import Queries
from workflows.storage.receipts import Receipt
from workflows.storage.runs import Runs
from workflows.storage.store import Store
from workflows.storage.views import OutboxRow
from workflows.timing.clock import Clock
from workflows.timing.instants import Instant

_LEASE = 60  # seconds
_MOST_MESSAGES = 1_000
_DOOMSDAY = 4_102_444_800  # 2100-01-01: after every story
_NOBODYS_KEY = b"rehearsals-hold-nothing-personal"


class Witness(Store):
    """The store, and a note of every ticket it has written: in order, as it last stood."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.tickets: dict[str, Ticket] = {}
        self._places: dict[str, int] = {}
        self._moved: set[str] = set()

    def record(
        self,
        steps: Sequence[Step],
        patterns: Mapping[str, str] | None = None,
        receipt: Receipt | None = None,
    ) -> tuple[Ticket, ...]:
        """Write the steps, and remember whose they were."""
        written = super().record(steps, patterns, receipt)
        for ticket in written:
            self.tickets[ticket.id] = ticket
            self._places.setdefault(ticket.id, len(self._places))
            self._moved.add(ticket.id)
        return written

    def moved(self) -> list[Ticket]:
        """The tickets it has written since the last time of asking, in the order they were opened."""
        moved = sorted(self._moved & self.tickets.keys(), key=self._places.__getitem__)
        self._moved.clear()
        return [self.tickets[ticket] for ticket in moved]

    def forget(self) -> None:
        """Know of no ticket any more."""
        self.tickets.clear()
        self._places.clear()
        self._moved.clear()


class Stage:
    """A desk with invented staff. Make one with `Stage.empty()`, or around a migrated `database`."""

    def __init__(self, database: Database, site: str = SITE) -> None:
        self._database = database
        self.site = site
        self.store = Witness(database)
        self.people = People(database)
        self.library = Library(Shelf(database))
        figuring = Reporting(self.library, Facts(database))
        self.engine = Engine(self.store, self.library, self.people, figuring)
        queries, runs = Queries(database), Runs(database)
        opener = Opener(self.engine, self.library, self.people, self.store, queries, runs)
        self.schedules = Schedules(self.library, self.people, runs, opener)
        self.announcements = Announcements(self.library, runs)
        self._outbox = Outbox(database)
        self._clocks: dict[str, tuple[Clock, ...]] = {}
        self._opened = 0
        self._hired: list[str] = []
        self._folder: TemporaryDirectory[str] | None = None

    @classmethod
    def empty(cls) -> Stage:
        """A stage with nobody on it and nothing published, in a file that `close` takes away."""
        folder = TemporaryDirectory(prefix="huifang-rehearsal-")
        cipher = Cipher({1: _NOBODYS_KEY}, current=1)
        database = Database(f"sqlite:///{folder.name}/stage.db", cipher=cipher, synchronous="OFF")
        schema.migrate(database)
        stage = cls(database)
        stage._folder = folder
        return stage

    def people_it(self, organisation: Organisation, zone: str) -> None:
        """Bring the troupe on."""
        self.people.put_site(Site(id=self.site, name="Rehearsal", zone=zone))
        for member in troupe(organisation, self.site):
            self.people.add_staff(member)

    @property
    def staff(self) -> Mapping[str, Staff]:
        """The troupe by id."""
        return self.people.directory(self.site).staff

    def decide(self, settings: Mapping[str, object]) -> None:
        """Let the site have said this of its settings, and nothing else."""
        before = self.people.settings(self.site)
        if before != settings:
            self.people.change_settings(self.site, before, settings, CLOCK, 0)

    def hire(self, people: Mapping[str, str]) -> None:
        """Bring people on for one story, each for a post; those of an earlier one are gone."""
        self._hired = []
        for name, role in people.items():
            self._opened += 1
            identity = f"{name}~{self._opened}"
            post = (Membership(self.site, role),)
            self.people.add_staff(
                Staff(id=identity, account=identity, name=name, language="en", memberships=post)
            )
            self._hired.append(identity)

    def keep(
        self, said: Mapping[str, Sequence[Mapping[str, object]]], definition: Definition, now: Instant
    ) -> None:
        """Let the site have these entries; a role in a staff column is whoever plays it."""
        for name, rows in said.items():
            register = definition.registers[name]
            filings = [written(register, self._cast(register, row), definition.organisation) for row in rows]
            self.store.entries.file(self.site, filings, CLOCK, now)

    def _cast(self, register: Register, row: Mapping[str, object]) -> dict[str, object]:
        return {
            name: holder(value, self.staff) if register.fields[name].type is FieldType.STAFF else value
            for name, value in row.items()
        }

    def entry(self, register: str, key: str) -> dict[str, object] | None:
        """The columns of an entry in force."""
        found = self.store.entries.find(self.site, register, key)
        return {**found.data, **found.personal} if found and found.standing else None

    def clear(self) -> None:
        """End the story: what was left unfinished is not to come due in the next one."""
        self.store.entries.clear(self.site)
        self.look_again()
        for ticket, clocks in self._clocks.items():
            for clock in clocks:
                if clock.next_level_at is not None and clock.parked is None:
                    self.store.park(self.site, ticket, clock.name, "the story has ended")
        self.messages(_DOOMSDAY)  # nor what was left unsaid to be heard in it
        for identity in self._hired:
            self.people.change_staff(identity, active=False)
        self._hired = []
        self.store.rosters.forget(self.site)
        self.store.forget()
        self._clocks.clear()

    def close(self) -> None:
        """Strike the stage."""
        self._database.close()
        if self._folder is not None:
            self._folder.cleanup()

    def new_id(self) -> str:
        """An id for a ticket that is to be opened: the same in every run."""
        self._opened += 1
        return str(UUID(int=self._opened))

    def look_again(self) -> None:
        """See how the tickets of the story stand now."""
        for ticket in list(self.store.tickets):
            loaded = self.store.load(self.site, ticket)
            if loaded is not None:
                self.store.tickets[ticket], self._clocks[ticket] = loaded

    def ticket(self, ticket: str) -> Ticket:
        """A ticket of the story as it stands."""
        return self.store.tickets[ticket]

    def clocks(self, ticket: str) -> tuple[Clock, ...]:
        """The clocks of a ticket of the story."""
        return self._clocks.get(ticket, ())

    def children(self, parent: str, link: str | None = None) -> list[Ticket]:
        """The children of a ticket in the order they were opened."""
        return [
            each
            for each in self.store.tickets.values()
            if each.parent == parent and link in (None, each.link)
        ]

    def goes_on_as(self, ticket: str) -> list[Ticket]:
        """The tickets that this one was converted to."""
        return [each for each in self.store.tickets.values() if each.origin == ticket]

    def next_level(self) -> Instant | None:
        """When the next escalation level of the story comes due."""
        waiting = (c.next_level_at for c in self._running() if c.next_level_at is not None)
        return min(waiting, default=None)

    def _running(self) -> Iterator[Clock]:
        return (c for clocks in self._clocks.values() for c in clocks if c.parked is None)

    @property
    def parked(self) -> list[str]:
        """The clocks that could not be worked on, with the reason."""
        return [f"{c.name}: {c.parked}" for clocks in self._clocks.values() for c in clocks if c.parked]

    def messages(self, now: Instant) -> tuple[OutboxRow, ...]:
        """What has been said of the story's tickets since the last time of asking.

        A story that broke off leaves messages behind; they are not of the next one.
        """
        claimed = self._outbox.claim(now, _MOST_MESSAGES, _LEASE, "rehearsal")
        for message in claimed:  # what was heard is done with, so that the next claim need not look at it
            self._outbox.sent(message.site, message.id, now)
        return tuple(message for message in claimed if message.ticket in self.store.tickets)
