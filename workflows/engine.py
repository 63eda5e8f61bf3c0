"""The door. Web, API, importer, rehearsal and clock all come through `Engine.do`.

load → decide → record: reading outside any lock, a pure decision, one transaction guarded by compare-and-set.
What a step brings about at once (children, conversions, a parent's `auto` row) is decided in the same breath and
recorded in the same transaction: all of it happens, or none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from workflows.core.choices import Choice, choices
from workflows.core.commands import CLOCK, Actor, Command, Open, Tick
from workflows.core.decision import decide
from workflows.core.people import Directory
from workflows.core.promises import merged
from workflows.core.step import Step
from workflows.core.ticket import Child, Situation, Ticket
from workflows.errors import NotFound, Reason, Refusal, Stale
from workflows.library import Library
from workflows.storage.people import People
from workflows.storage.store import Conflict, Due, Receipt, Store
from workflows.timing.clock import Clock
from workflows.timing.instants import Instant

ATTEMPTS = 20  # a lost race is decided anew; somebody else has moved on each time, so this ends
FOLLOW_UPS = 2_000  # steps that one command may bring about: a definition that loops is stopped here


@dataclass(slots=True)
class _Draft:
    """The steps decided so far, and the tickets as they leave them."""

    steps: list[Step] = field(default_factory=list)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    clocks: dict[str, tuple[Clock, ...]] = field(default_factory=dict)

    def add(self, step: Step, situation: Situation) -> None:
        self.steps.append(step)
        self.tickets[step.after.id] = step.after
        self.clocks[step.after.id] = merged(situation.clocks, step.clocks)

    def children(self, parent: str, stored: tuple[Child, ...]) -> tuple[Child, ...]:
        """The parent's children as stored, with what this draft does to them laid over."""
        drafted = {t.id: _child(t) for t in self.tickets.values() if t.parent == parent}
        return tuple({**{child.id: child for child in stored}, **drafted}.values())


def _child(ticket: Ticket) -> Child:
    return Child(
        id=ticket.id,
        number=ticket.number,
        workflow=ticket.workflow,
        link=ticket.link or "",
        state=ticket.state,
        category=ticket.category,
    )


class Engine:
    """The one door to the tickets."""

    def __init__(self, store: Store, library: Library, people: People) -> None:
        self._store = store
        self.library = library
        self._people = people

    def do(self, command: Command, now: Instant, receipt: Receipt | None = None) -> Ticket:
        """Do what is asked, wholly or not at all, and return the ticket as it then is.

        Raises a `Refusal` with every reason; `storage.store.Replayed` with the first answer when the receipt's key
        has been used for the same request before.
        """
        for _ in range(ATTEMPTS):
            steps = self._decide(command, now)
            if not steps:
                return self._situation_of(command).ticket or _unknown()
            try:
                return self._store.record(steps, self._patterns(steps), receipt)[0]
            except Conflict:
                if not isinstance(command, Open) and command.expected is not None:
                    break
        raise Stale(Reason("stale", "somebody else has moved the ticket meanwhile"))

    def _decide(self, command: Command, now: Instant) -> list[Step]:
        draft = _Draft()
        todo: deque[Command] = deque([command])
        while todo:
            if len(draft.steps) > FOLLOW_UPS:
                raise Refusal(Reason("endless", f"one step brings about more than {FOLLOW_UPS} others"))
            following = todo.popleft()
            situation = self._situation_of(following, draft)
            step = decide(situation, following, now)
            if step is not None:
                draft.add(step, situation)
                todo.extend(step.follow_ups)
        return draft.steps

    def _situation_of(self, command: Command, draft: _Draft | None = None) -> Situation:
        directory = self._people.directory(command.site)
        if isinstance(command, Open):
            return Situation(definition=self.library.latest(command.workflow), directory=directory)
        return self._situation(command.site, command.ticket, directory, draft or _Draft())

    def _situation(self, site: str, ticket_id: str, directory: Directory, draft: _Draft) -> Situation:
        if ticket_id in draft.tickets:
            ticket, clocks = draft.tickets[ticket_id], draft.clocks[ticket_id]
        else:
            ticket, clocks = self._store.load(site, ticket_id) or _unknown()
        definition = self.library.get(ticket.workflow, ticket.version)
        stored = self._store.children(site, ticket_id) if definition.has_children else ()
        return Situation(
            definition=definition,
            directory=directory,
            ticket=ticket,
            clocks=clocks,
            children=draft.children(ticket_id, stored),
        )

    def _patterns(self, steps: list[Step]) -> dict[str, str]:
        """The numbering of the tickets that are opened."""
        return {
            step.after.id: self.library.get(step.after.workflow, step.after.version).numbering
            for step in steps
            if step.before is None
        }

    def look(self, site: str, ticket_id: str) -> Situation:
        """The ticket with all that a decision would see, for showing it."""
        return self._situation(site, ticket_id, self._people.directory(site), _Draft())

    def choices(self, site: str, ticket_id: str, actor: Actor, now: Instant) -> tuple[Choice, ...]:
        """What `actor` may do with the ticket now, and what not, each with why and who could."""
        return choices(self.look(site, ticket_id), actor, now)

    def sweep(self, now: Instant, limit: int = 500) -> int:
        """Fire the escalation levels that have come due, at most `limit`; returns how many were dealt with.

        A level that only tells people is recorded with its batch; one that moves the ticket goes through `do`.
        A level that throws is parked with its reason, and the sweep goes on.
        """
        apart: list[Tick] = []
        with self._store.sweep(now, limit) as batch:
            steps: list[Step] = []
            for due in batch.due:
                step = self._level(due, now, batch.park)
                if step is not None and not step.follow_ups:
                    steps.append(step)
                elif step is not None:
                    apart.append(_tick(due))
            batch.record(steps)
        for tick in apart:
            self._level_apart(tick, now)
        return len(batch.due)

    def _level(self, due: Due, now: Instant, park: object) -> Step | None:
        raise NotImplementedError

    def _level_apart(self, tick: Tick, now: Instant) -> None:
        try:
            self.do(tick, now)
        except Refusal as refused:
            self._store.park(tick.site, tick.ticket, tick.clock, str(refused))


def _tick(due: Due) -> Tick:
    return Tick(
        site=due.ticket.site, ticket=due.ticket.id, actor=CLOCK, clock=due.clock.name, level=due.clock.level
    )


def _unknown() -> tuple[Ticket, tuple[Clock, ...]]:
    raise NotFound(Reason("unknown-ticket", "there is no such ticket"))
