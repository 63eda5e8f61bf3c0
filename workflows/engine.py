"""The door. Web, API, importer, rehearsal and clock all come through `Engine.do`.

load → decide → record: reading outside any lock, a pure decision, one transaction guarded by compare-and-set.
What a step brings about at once (children, conversions, a parent's `auto` row) is decided in the same breath
and recorded in the same transaction: all of it happens, or none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from workflows.core import lending
from workflows.core.choices import Choice, choices
from workflows.core.commands import CLOCK, Actor, Command, Open, Tick
from workflows.core.decision import decide
from workflows.core.drafting import Draft
from workflows.core.figures import Figuring
from workflows.core.hushing import hushed
from workflows.core.people import Directory
from workflows.core.records import NO_RECORDS, Drafted, Records
from workflows.core.step import Step
from workflows.core.ticket import Child, Situation
from workflows.errors import Blocked, NotFound, Reason, Refusal, Stale
from workflows.language.definition import Definition
from workflows.language.expressions.names import open_values
from workflows.library import Library
from workflows.rostering import Rostering
from workflows.storage.conflicts import Conflict, StorageError
from workflows.storage.people import People
from workflows.storage.receipts import Receipt
from workflows.storage.store import Store
from workflows.storage.sweeping import DueLevel
from workflows.timing.instants import Instant

ATTEMPTS = 50  # a lost race is decided anew; somebody else has moved on each time, so this ends
FOLLOW_UPS = 2_000  # steps that one command may bring about: a definition that loops is stopped here


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A command that may be sent twice: who sent it under which key, the digest of what was sent, and how the
    answer is worded. The first answer is kept with the step and given to every repetition."""

    account: str
    key: str
    digest: str
    render: Callable[[Situation], bytes]


class Engine:
    """The one door to the tickets."""

    def __init__(
        self, store: Store, library: Library, people: People, figuring: Figuring | None = None
    ) -> None:
        self._store = store
        self._figuring = figuring
        self._library = library
        self._people = people
        self.rosters = Rostering(store, library, people)

    def do(
        self,
        command: Command,
        now: Instant,
        request: Request | None = None,
        hushed_until: Instant | None = None,
    ) -> Situation:
        """Do what is asked, wholly or not at all, and say how the ticket then stands.

        `now` is in epoch seconds, UTC. With `hushed_until` (history that is brought in afterwards) nobody is
        told anything, and the escalation levels due by then are taken as fired.
        Raises a `Refusal` with every reason, and `storage.conflicts.Replayed` with the first answer when the
        request was answered before.
        """
        for _ in range(ATTEMPTS):
            draft = self._decide(command, now, hushed_until)
            if not draft.steps:
                return self._situation_of(command, draft)
            try:
                return self._record(draft, request)
            except Conflict:  # perhaps it was the parent that moved on: deciding anew tells
                self._refuse_twins(command)
        raise Stale(Reason("moved", "others keep moving the ticket, or those around it; try again"))

    def look(self, site: str, ticket_id: str, viewer: Actor | None, now: Instant = 0) -> Situation:
        """The ticket as a decision would see it, and what it was converted into.

        Raises `NotFound`, also for a ticket that does not exist for `viewer`; None is the desk itself. `now`
        is asked for whom the viewer stands in; without it, for nobody.
        """
        seen = self._situation(site, ticket_id, self._people.directory(site), Draft())
        if viewer is not None:
            _admit(viewer, seen, now)
        if seen.definition.converts and seen.ticket is not None and seen.ticket.closed_at is not None:
            return seen._replace(successor=self._store.successor(site, ticket_id))
        return seen

    def choices(self, site: str, ticket_id: str, actor: Actor, now: Instant) -> tuple[Choice, ...]:
        """What `actor` may do with the ticket now, and what not, each with why and who could."""
        return choices(self.look(site, ticket_id, actor, now), actor, now)

    def sweep(self, now: Instant, limit: int = 500) -> int:
        """Fire the escalation levels that have come due, at most `limit`; how many were dealt with.

        Levels that only tell people are recorded as one batch. One that moves its ticket, or that throws, is
        fired by itself: if it throws again, its clock is parked with the reason, and the sweep goes on.
        """
        apart: list[Tick] = []
        dealt = 0
        try:
            with self._store.sweep(now, limit) as batch:
                steps = []
                for due in batch.due:
                    step = self._told(due, now)
                    if step is None:
                        apart.append(_tick(due))
                    else:
                        steps.append(step)
                dealt = len(batch.record(steps))
        except Conflict:  # one of them stands in the way of all
            apart = [_tick(due) for due in batch.due]
        return dealt + sum(self._fired_apart(tick, now) for tick in apart)

    def _told(self, due: DueLevel, now: Instant) -> Step | None:
        """The step of a level that only tells people; None for one that must be looked at by itself."""
        ticket = due.ticket
        try:
            situation = Situation(
                definition=self._library.get(ticket.workflow, ticket.version),
                directory=self._people.directory(ticket.site),
                ticket=ticket,
                clocks=(due.clock,),
            )
            step = decide(situation, _tick(due), now)
        except Exception:  # whatever it is, the others are still to be told
            return None
        return None if step is None or step.follow_ups else step

    def _fired_apart(self, tick: Tick, now: Instant) -> bool:
        """Fire a level with all that it brings about, or park its clock; whether it was dealt with.

        A lost race is left to the next sweep, and so is a database that does not answer.
        """
        try:
            draft = self._decide(tick, now, None)
        except StorageError:
            raise
        except Exception as error:  # what can never be fired must not stop the others for ever
            self._store.park(tick.site, tick.ticket, tick.clock, _why(error))
            return True
        with suppress(Conflict):
            if draft.steps:
                self._record(draft, None)
                return True
        return False

    def _decide(self, command: Command, now: Instant, hushed_until: Instant | None) -> Draft:
        """The command's step, and every step that it brings about at once."""
        draft = Draft()
        todo: deque[Command] = deque([command])
        while todo:
            if len(draft.steps) > FOLLOW_UPS:
                raise Refusal(Reason("endless", f"one step brings about more than {FOLLOW_UPS} others"))
            following = todo.popleft()
            situation = self._situation_of(following, draft)
            if following is command:  # what follows is done by the process, whoever set it going
                _admit(command.actor, situation, now)
            situation = self._with_rota(situation, draft, now)
            if situation.definition.takes_figures:
                situation = situation._replace(figuring=self._figuring)
            step = decide(situation, following, now)
            if step is not None:
                if hushed_until is not None:
                    step = hushed(step, situation.definition, hushed_until)
                draft.add(step, situation)
                todo.extend(step.follow_ups)
        return draft

    def _situation_of(self, command: Command, draft: Draft) -> Situation:
        directory = self._people.directory(command.site)
        if isinstance(command, Open):
            definition = self._library.latest(command.workflow)
            records = self._records(definition, command.site, draft)
            return Situation(definition=definition, directory=directory, records=records)
        return self._situation(command.site, command.ticket, directory, draft, command.expected)

    def _with_rota(self, situation: Situation, draft: Draft, now: Instant) -> Situation:
        """The situation with the rosters that its process's steps may touch, if there are any."""
        if not situation.definition.keeps:
            return situation
        rota = self.rosters.rota(situation.definition, situation.directory, now)
        return situation._replace(rota=draft.rota(rota))

    def _situation(
        self, site: str, ticket_id: str, directory: Directory, draft: Draft, seen: int | None = None
    ) -> Situation:
        drafted = draft.tickets.get(ticket_id)
        found = (drafted, draft.clocks[ticket_id]) if drafted else self._store.load(site, ticket_id, seen)
        if found is None:
            raise _unknown()
        ticket, clocks = found
        definition = self._library.get(ticket.workflow, ticket.version)
        return Situation(
            definition=definition,
            directory=directory,
            ticket=ticket,
            clocks=clocks,
            children=self._children(definition, site, ticket_id, draft) if definition.has_children else (),
            records=self._records(definition, site, draft),
        )

    def _records(self, definition: Definition, site: str, draft: Draft) -> Records:
        """The site's registers, with what the draft writes into them, for a process that leans on any."""
        if not definition.registers:
            return NO_RECORDS
        return Drafted(self._store.entries.at(site), draft.filings)

    def _children(self, definition: Definition, site: str, ticket_id: str, draft: Draft) -> tuple[Child, ...]:
        """The children as they stand, with their fields as the parent's expressions see them."""
        whole = definition.child_data
        stored = self._store.children(site, ticket_id, whole=whole)
        children = draft.children(ticket_id, stored, whole=whole)
        if not whole:
            return children
        named = [(child, self._library.get(child.workflow, child.version)) for child in children]
        return tuple(child._replace(data=open_values(each.fields, child.data)) for child, each in named)

    def _record(self, draft: Draft, request: Request | None) -> Situation:
        """Write the draft; how the ticket of its first step then stands."""
        receipt = _receipt(request, draft) if request is not None else None
        return draft.written(self._store.record(draft.steps, draft.patterns, receipt))

    def _refuse_twins(self, command: Command) -> None:
        """Refuse to open what is open already, under the id that the caller chose."""
        if isinstance(command, Open) and self._store.load(command.site, command.id) is not None:
            raise Blocked(Reason("exists", "a ticket of this id has been opened already", saw=command.id))


def _admit(actor: Actor, situation: Situation, now: Instant) -> None:
    """Refuse to know of a ticket that does not exist for the actor."""
    ticket = situation.ticket
    if ticket is not None and not lending.admits(actor, situation.directory, ticket, now):
        raise _unknown()


def _unknown() -> NotFound:
    return NotFound(Reason("unknown-ticket", "there is no such ticket"))


def _receipt(request: Request, draft: Draft) -> Receipt:
    return Receipt(
        request.account, request.key, request.digest, lambda tickets: request.render(draft.written(tickets))
    )


def _why(error: Exception) -> str:
    """What is written on a clock that cannot be worked on."""
    return str(error) if isinstance(error, Refusal) else f"{type(error).__name__}: {error}"


def _tick(due: DueLevel) -> Tick:
    ticket, clock = due.ticket, due.clock
    return Tick(site=ticket.site, ticket=ticket.id, actor=CLOCK, clock=clock.name, level=clock.level)
