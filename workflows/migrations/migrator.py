"""Moves open tickets to another version of their process by a plan, in batches, and brings them back.

There is no queue: what is left to do is what still stands on an old version. So a run that was interrupted
anywhere goes on where it was, two at once do nothing twice, and each ticket moves in one step through the
engine, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, takewhile
from types import MappingProxyType

import orjson

from workflows.core.commands import DESK_ID, Actor, Migrate, UndoMigration
from workflows.definitions import Definitions
from workflows.engine import Engine
from workflows.errors import Invalid, NotFound, Reason, Refusal, describe_error
from workflows.language.checks.relatives import workflows_opened_under
from workflows.language.definition import Definition
from workflows.language.findings import Finding
from workflows.language.migration_plan import MigrationPlan
from workflows.language.migrations.families import OlderTickets, group_families
from workflows.language.migrations.load import KnownVersions, read_plan
from workflows.language.migrations.propose import propose_plan
from workflows.migrations.preview import PreviewedTicket, preview_ticket
from workflows.storage.definitions import DefinitionStore
from workflows.storage.errors import StorageError
from workflows.storage.people.people import People
from workflows.storage.tickets.migrations import MOVED, StoredMigration, TicketOfMigration
from workflows.storage.tickets.store import Store
from workflows.timing.instants import Instant
from workflows.versions import WORKFLOW

BATCH = 200  # tickets of one call
Sites = Collection[str] | None
"""The sites whose tickets are meant; None: all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MigrationProgress:
    """How many tickets a migration has moved, brought back, refused, or can no longer bring back; and how
    many still stand on an old version."""

    moved: int
    undone: int
    refused: int
    moved_on: int
    waiting: int


class Migrator:
    """Checks, previews, carries out and undoes migrations. The caller checks who may."""

    def __init__(
        self,
        engine: Engine,
        definitions: Definitions,
        definition_store: DefinitionStore,
        store: Store,
        people: People,
    ) -> None:
        self._engine, self._definitions, self._definition_store = engine, definitions, definition_store
        self._store, self._migrations, self._people = store, store.migrations, people

    def read(
        self, text: str, file: str, proposed: Mapping[str, Definition] = MappingProxyType({})
    ) -> tuple[MigrationPlan | None, tuple[Finding, ...]]:
        """The plan of a text against the versions and tickets there are now, and its findings. Definitions
        that are `proposed`, by name, count as published already."""
        known = self._known_versions(self.standing)
        return read_plan(text, file, known.with_next(proposed) if proposed else known)

    def standing(self, process: str, version: int, sites: Sites = None) -> dict[str, int]:
        """State -> how many open tickets of a version stand there."""
        return self._migrations.standing(process, version, self._sites(sites))

    def _sites(self, sites: Sites) -> Collection[str]:
        return [each.id for each in self._people.sites()] if sites is None else sites

    def _known_versions(
        self, standing: Callable[[str, int], Mapping[str, int]], newest: Mapping[str, int] | None = None
    ) -> KnownVersions:
        versions = {
            name: tuple(
                each.version
                for each in self._definition_store.versions(WORKFLOW, name)
                if newest is None or each.version <= newest.get(name, 0)
            )
            for name in (self._definitions.names() if newest is None else newest)
        }
        return KnownVersions(versions=versions, definition=self._definitions.get, standing=standing)

    def preview(self, plan: MigrationPlan, now: Instant, sites: Sites = None) -> Iterator[PreviewedTicket]:
        """What the plan would do to each ticket, by process, site and id. Changes nothing."""
        for each in self._waiting(plan, "", sites):
            yield preview_ticket(self._engine, self._definitions, self._store, each, plan, now)

    def start(self, text: str, plan: MigrationPlan, now: Instant, by: str) -> StoredMigration:
        """Store a migration by this plan; the same plan is the same migration."""
        processes = {each.process for each in plan.moves}
        newest = {name: self._definitions.latest(name).version for name in sorted(processes)}
        stored = StoredMigration(
            plan.digest[:32], plan.process, text, orjson.dumps(newest).decode(), plan.because, now, by
        )
        self._migrations.add(stored)
        return self.find(stored.id)

    def find(self, migration_id: str) -> StoredMigration:
        """The migration of this id. Raises `NotFound`."""
        found = self._migrations.get(migration_id)
        if found is None:
            raise NotFound(Reason("unknown-migration", "there is no such migration", field="id"))
        return found

    def propose(self, process: str) -> str:
        """A plan (YAML) for the open tickets of all older versions of a process, and of those that have to
        move with them. Raises `NotFound` without any."""
        asked = self._definitions.latest(process)
        process = asked.name
        texts = {each.name: each.text for each in self._definition_store.list(WORKFLOW)}
        named = [name for name in texts if process in texts[name] or name in texts[process]]
        near = [each for name in named if _are_near(each := self._definitions.latest(name), asked)]
        found = {each.name: tickets for each in near if (tickets := self._older_tickets(each)) is not None}
        if process not in found:
            message = f"no open ticket is on an older version of {process}"
            raise NotFound(Reason("nothing-to-migrate", message, facts={"name": process}))
        group = next(each for each in group_families(found) if process in each)
        return propose_plan([found[name] for name in group])

    def _older_tickets(self, new: Definition) -> OlderTickets | None:
        versions = [each.version for each in self._definition_store.versions(WORKFLOW, new.name)]
        standing = {each: self.standing(new.name, each) for each in versions if each != new.version}
        olds = [self._definitions.get(new.name, each) for each, found in standing.items() if found]
        states = frozenset(state for found in standing.values() for state in found)
        return OlderTickets(olds, new, states) if olds else None

    def find_by_text(self, text: str) -> tuple[StoredMigration, ...]:
        """The migrations by a plan of this very text, the newest first."""
        return self._migrations.of_text(text)

    def list_of_process(self, process: str) -> tuple[StoredMigration, ...]:
        """The migrations of a process, the newest first."""
        return self._migrations.of_process(process)

    def plan_of(self, migration: StoredMigration) -> MigrationPlan:
        """The plan of a stored migration, with the versions that it meant when it was made."""
        known = self._known_versions(lambda *_: {}, orjson.loads(migration.newest))
        plan, findings = read_plan(migration.text, migration.process, known)
        if plan is None:  # a version that it names can no longer be built
            raise Invalid([Reason("definition", str(each)) for each in findings])
        return plan

    def retry(self, migration: StoredMigration, sites: Sites = None) -> None:
        """Forget which tickets were refused, so that the next run tries them again."""
        self._migrations.forget_refused(migration.id, self._sites(sites))

    def run(
        self,
        migration: StoredMigration,
        now: Instant,
        by: Actor | str,
        limit: int = BATCH,
        stopping: Callable[[], bool] = lambda: False,
        sites: Sites = None,
    ) -> int:
        """Move up to `limit` tickets; how many were looked at: 0 once none is left.

        Those that cannot move are noted with the reason, and passed by. `by` is a member of staff, or a name.
        """
        plan, actor, count = self.plan_of(migration), _actor_of(by), 0
        waiting = islice(self._waiting(plan, migration.id, sites), limit)
        for each in takewhile(lambda _: not stopping(), waiting):
            command = Migrate(site=each.site, ticket=each.id, actor=actor, plan=plan, migration=migration.id)
            if (reason := self._find_failure(command, now) or self._do(command, now)) is not None:
                self._migrations.refuse(migration.id, each.site, each.id, reason, now)
            count += 1
        return count

    def undo(
        self,
        migration: StoredMigration,
        now: Instant,
        by: Actor | str,
        limit: int = BATCH,
        stopping: Callable[[], bool] = lambda: False,
        sites: Sites = None,
    ) -> int:
        """Bring up to `limit` tickets back; how many were looked at: 0 once none is left. Those on which
        steps were taken since stay where they are, and are noted."""
        actor, count = _actor_of(by), 0
        moved = islice(self._migrations.with_status(migration.id, MOVED, self._sites(sites)), limit)
        for each in takewhile(lambda _: not stopping(), moved):
            command = UndoMigration(site=each.site, ticket=each.id, actor=actor, migration=migration.id)
            if (reason := self._do(command, now)) is not None:
                self._migrations.note_moved_on(migration.id, each.site, each.id, reason, now)
            count += 1
        return count

    def _find_failure(self, command: Migrate, now: Instant) -> str | None:
        """Why the step cannot be decided at all: one ticket that always fails must not stop the others. It is
        decided apart from being stored, whose errors belong to the whole run."""
        try:
            self._engine.decide(command, now, None)
        except (StorageError, Refusal):
            return None  # met again when it is done
        except Exception as error:
            return describe_error(error)
        return None

    def _do(self, command: Migrate | UndoMigration, now: Instant) -> str | None:
        """Carry out the step of one ticket; why not, if it cannot be."""
        try:
            self._engine.do(command, now)
        except Refusal as refusal:
            return "; ".join(each.message for each in refusal.reasons)
        return None

    def progress(self, migration: StoredMigration, sites: Sites = None) -> MigrationProgress:
        """How far a migration is."""
        counts = self._migrations.counts(migration.id, self._sites(sites))
        plan = self.plan_of(migration)
        standing = sum(
            sum(self.standing(move.process, version, sites).values())
            for move in plan.moves
            for version in move.sources
        )
        refused = counts.get("refused", 0)
        return MigrationProgress(
            moved=counts.get("moved", 0),
            undone=counts.get("undone", 0),
            refused=refused,
            moved_on=counts.get("moved-on", 0),
            waiting=max(standing - refused, 0),
        )

    def with_status(
        self, migration: StoredMigration, status: str, limit: int = 200, sites: Sites = None
    ) -> list[TicketOfMigration]:
        """Tickets of a migration that have a status, with the reason noted for them; at most `limit`."""
        return list(islice(self._migrations.with_status(migration.id, status, self._sites(sites)), limit))

    def _waiting(self, plan: MigrationPlan, migration_id: str, sites: Sites) -> Iterator[TicketOfMigration]:
        for move in plan.moves:
            for version in move.sources:
                yield from self._migrations.open_tickets(
                    move.process, version, migration_id, self._sites(sites)
                )


def _are_near(one: Definition, other: Definition) -> bool:
    """Whether they are the same process, or one opens the other."""
    return one.name == other.name or any(
        below.name in workflows_opened_under(above, link)
        for above, below in ((one, other), (other, one))
        for link in above.known_links
    )


def _actor_of(by: Actor | str) -> Actor:
    return _actor(by, None) if isinstance(by, str) else _actor(by.name, by.id, by.surface)


def _actor(name: str, staff: str | None, surface: str = "console") -> Actor:
    """The desk itself, set going by somebody."""
    return Actor(id=DESK_ID, name=name, roles=frozenset({"clock"}), surface=surface, on_behalf=staff)
