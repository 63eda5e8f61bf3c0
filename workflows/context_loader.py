"""Loads what a decision needs: the ticket with its clocks and children, the definition, the site's people."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.core.access import delegation
from workflows.core.commands import Command, Link, Merge, Migrate, Open, UndoMigration, Unpark
from workflows.core.handlers.open import build_blank_ticket
from workflows.core.handlers.pending_steps import PendingSteps
from workflows.core.input.similarity import find_similarity
from workflows.core.people import Directory
from workflows.core.records import NO_REGISTERS, PendingRegisters, RegisterReader
from workflows.core.ticket import Child, OpenRelative, StepContext, Ticket
from workflows.definitions import Definitions
from workflows.errors import NotFound, Reason
from workflows.language.definition import Definition
from workflows.language.expressions.names import open_field_values
from workflows.language.migration_plan import MigrationPlan
from workflows.site_calendars import SiteCalendars
from workflows.storage.people.people import People
from workflows.storage.queries.duplicates import Duplicates
from workflows.storage.tickets.store import Store
from workflows.timing.instants import Instant


class ContextLoader:
    """Loads the contexts of decisions, pending steps included."""

    def __init__(
        self, store: Store, definitions: Definitions, people: People, calendars: SiteCalendars
    ) -> None:
        self._store, self._definitions, self._people = store, definitions, people
        self._calendars, self._duplicates = calendars, Duplicates(store.database)

    def load_for(self, command: Command, now: Instant, pending: PendingSteps) -> StepContext:
        """The context of a command's decision; for an opening, with a blank ticket."""
        directory = self._people.directory(command.site)
        if isinstance(command, Open):
            definition = self._definitions.opened_by(command)
            return StepContext(
                definition=definition,
                directory=directory,
                calendar=self._calendars.at(directory, definition.calendar),
                ticket=build_blank_ticket(definition, command, now),
                registers=self._load_registers(definition, command.site, pending),
                duplicates=self._find_refusing(definition, command, directory, now),
            )
        if isinstance(command, Unpark):  # another process has parked it, which is no step
            self._store.discard_cached(command.site, command.ticket)
        context = self.load(command.site, command.ticket, directory, pending, command.expected)
        if isinstance(command, Merge | Link):
            return context._replace(survivor=self._find_survivor(command, directory, now, pending))
        if isinstance(command, Migrate):
            return self._load_for_migration(context, command, pending)
        if isinstance(command, UndoMigration):
            kept = self._store.migrations.kept(command.site, command.ticket, command.migration)
            return context._replace(kept=kept)
        return context

    def _load_for_migration(
        self, context: StepContext, command: Migrate, pending: PendingSteps
    ) -> StepContext:
        """The context of the version to which the plan moves the ticket, with its open relatives; unchanged
        where the plan does not speak of it."""
        ticket, plan, former = context.ticket, command.plan, context.definition
        if plan.find_move(ticket.workflow, ticket.version) is None or ticket.closed_at is not None:
            return context
        definition = self._definitions.get(
            ticket.workflow, plan.version_after(ticket.workflow, ticket.version)
        )
        children = self._load_children(definition, ticket.site, ticket.id, pending)
        return context._replace(
            definition=definition,
            calendar=self._calendars.at(context.directory, definition.calendar),
            children=children,
            registers=self._load_registers(definition, ticket.site, pending),
            former=former,
            relatives=tuple(self._find_relatives(ticket, children, plan)),
        )

    def _find_relatives(
        self, ticket: Ticket, children: tuple[Child, ...], plan: MigrationPlan
    ) -> Iterator[OpenRelative]:
        """The open parent and children, each on the version on which it will be after the plan."""
        found = [
            (child.number if child.audience is None else "", False, child.link, child.workflow, child.version)
            for child in children
            if not child.closed
        ]
        parent = self._store.load(ticket.site, ticket.parent) if ticket.parent else None
        if parent is not None and parent[0].closed_at is None:
            above = parent[0]
            number = above.number if above.audience is None else ""  # a restricted one is not named
            found.append((number, True, ticket.link or "", above.workflow, above.version))
        for number, is_parent, link, workflow, version in found:
            former = self._definitions.get(workflow, version)
            after = self._definitions.get(workflow, plan.version_after(workflow, version))
            yield OpenRelative(number, is_parent, link, after, former)

    def _find_survivor(
        self, command: Merge | Link, directory: Directory, now: Instant, pending: PendingSteps
    ) -> Ticket | None:
        """The ticket into which another is merged, or to which it is related; None if not visible."""
        try:
            survivor = self.load(command.site, command.into, directory, pending).ticket
        except NotFound:
            return None
        return survivor if delegation.may_see(command.actor, directory, survivor, now) else None

    def load(
        self, site: str, ticket_id: str, directory: Directory, pending: PendingSteps, seen: int | None = None
    ) -> StepContext:
        """The ticket as it will be after the pending steps. `seen` is the seq that the actor saw. Raises
        `NotFound` for an unknown ticket."""
        draft = pending.tickets.get(ticket_id)
        stored = (draft, pending.clocks[ticket_id]) if draft else self._store.load(site, ticket_id, seen)
        if stored is None:
            raise unknown_ticket()
        ticket, clocks = stored
        definition = self._definitions.get(ticket.workflow, ticket.version)
        has_children = definition.has_children
        return StepContext(
            definition=definition,
            directory=directory,
            calendar=self._calendars.at(directory, definition.calendar),
            ticket=ticket,
            clocks=clocks,
            children=self._load_children(definition, site, ticket_id, pending) if has_children else (),
            registers=self._load_registers(definition, site, pending),
        )

    def _find_refusing(
        self, definition: Definition, command: Open, directory: Directory, now: Instant
    ) -> tuple[str, ...]:
        """The numbers of likely duplicates that the actor may see, where the process refuses to open one
        beside them."""
        rule, insists = definition.duplicates, command.derived or command.despite_duplicates
        if rule is None or not rule.refuses or insists or command.actor.surface == "import":
            return ()
        similarity = find_similarity(definition, command.data)
        if similarity is None:
            return ()
        viewer = delegation.build_viewer({command.site: command.actor}, lambda _: directory, now)
        found = self._duplicates.find(command.site, definition.name, similarity, viewer)
        return tuple(each.number for each in found)

    def _load_registers(self, definition: Definition, site: str, pending: PendingSteps) -> RegisterReader:
        """The site's registers including pending writes, for a process that uses any."""
        if not definition.registers:
            return NO_REGISTERS
        return PendingRegisters(self._store.entries.for_site(site), pending.entry_writes)

    def _load_children(
        self, definition: Definition, site: str, ticket_id: str, pending: PendingSteps
    ) -> tuple[Child, ...]:
        """The ticket's children including pending ones, with their fields where the definition reads them."""
        whole = definition.reads_child_data
        stored = self._store.children(site, ticket_id, whole=whole)
        children = pending.children(ticket_id, stored, whole=whole)
        if not whole:
            return children
        named = [(child, self._definitions.get(child.workflow, child.version)) for child in children]
        return tuple(child._replace(data=open_field_values(each.fields, child.data)) for child, each in named)


def unknown_ticket() -> NotFound:
    """The refusal for a ticket that does not exist, or not for the actor."""
    return NotFound(Reason("unknown-ticket", "there is no such ticket"))
