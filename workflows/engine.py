"""The door. Web, API, importer, rehearsal and clock all come through `Engine.do`.

load → decide → record: reading outside any lock, a pure decision, one transaction guarded by compare-and-set.
What a step brings about at once (children, conversions, a parent's `auto` row) is decided in the same breath and
recorded in the same transaction: all of it happens, or none.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from workflows.core.choices import Choice, choices
from workflows.core.commands import CLOCK, Actor, Command, Open, Tick
from workflows.core.decision import decide
from workflows.core.hushing import hushed
from workflows.core.people import Directory
from workflows.core.promises import merged
from workflows.core.step import Step
from workflows.core.ticket import Child, Situation, Ticket
from workflows.errors import NotFound, Reason, Refusal, Stale
from workflows.library import Library
from workflows.storage.conflicts import Conflict
from workflows.storage.people import People
from workflows.storage.receipts import Receipt
from workflows.storage.store import Store
from workflows.storage.sweeping import DueLevel
from workflows.timing.clock import Clock
from workflows.timing.instants import Instant

ATTEMPTS = 20  # a lost race is decided anew; somebody else has moved on each time, so this ends
FOLLOW_UPS = 2_000  # steps that one command may bring about: a definition that loops is stopped here


@dataclass(slots=True)
class _Draft:
    """The steps decided so far, and the tickets as they leave them."""

    steps: list[Step] = field(default_factory=list)
    situations: list[Situation] = field(default_factory=list)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    clocks: dict[str, tuple[Clock, ...]] = field(default_factory=dict)

    def add(self, step: Step, situation: Situation) -> None:
        self.steps.append(step)
        self.situations.append(situation)
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

    def __init__(self, store: Store, library: Library, people: People) -> None:
        self._store = store
        self._library = library
        self._people = people

    def do(
        self,
        command: Command,
        now: Instant,
        request: Request | None = None,
        hushed_until: Instant | None = None,
    ) -> Situation:
        """Do what is asked, wholly or not at all, and say how the ticket then stands.

        `now` is in epoch seconds, UTC. With `hushed_until` (history that is brought in afterwards) nobody is told
        anything, and the escalation levels due by then are taken as fired.
        Raises a `Refusal` with every reason, and `storage.conflicts.Replayed` with the first answer when the
        request was answered before.
        """
        for _ in range(ATTEMPTS):
            draft = self._decide(command, now, hushed_until)
            if not draft.steps:
                return self._situation_of(command, draft)
            try:
                return self._record(draft, request)
            except Conflict:
                if not isinstance(command, Open) and command.expected is not None:
                    break
        raise Stale(Reason("stale", "somebody else has moved the ticket meanwhile"))

    def look(self, site: str, ticket_id: str) -> Situation:
        """The ticket with all that a decision would see. Raises `NotFound`."""
        return self._situation(site, ticket_id, self._people.directory(site), _Draft())

    def choices(self, site: str, ticket_id: str, actor: Actor, now: Instant) -> tuple[Choice, ...]:
        """What `actor` may do with the ticket now, and what not, each with why and who could."""
        return choices(self.look(site, ticket_id), actor, now)

    def sweep(self, now: Instant, limit: int = 500) -> int:
        """Fire the escalation levels that have come due, at most `limit`; how many were dealt with.

        A level that only tells people is recorded with its batch; one that moves the ticket goes through `do`.
        A level that throws is parked with its reason, and the sweep goes on.
        """
        steps: list[Step] = []
        apart: list[Tick] = []
        broken: list[tuple[Tick, str]] = []
        with self._store.sweep(now, limit) as batch:
            for due in batch.due:
                tick = _tick(due)
                try:
                    step = decide(self._due_situation(due), tick, now)
                except Exception as error:  # whatever it is, the others are still to be told
                    broken.append((tick, f"{type(error).__name__}: {error}"))
                    continue
                if step is not None and step.follow_ups:
                    apart.append(tick)
                elif step is not None:
                    steps.append(step)
            batch.record(steps)
        for tick in apart:
            self._fire_apart(tick, now)
        for tick, why in broken:
            self._store.park(tick.site, tick.ticket, tick.clock, why)
        return len(batch.due)

    def _fire_apart(self, tick: Tick, now: Instant) -> None:
        try:
            self.do(tick, now)
        except Refusal as refused:
            self._store.park(tick.site, tick.ticket, tick.clock, str(refused))

    def _due_situation(self, due: DueLevel) -> Situation:
        ticket = due.ticket
        return Situation(
            definition=self._library.get(ticket.workflow, ticket.version),
            directory=self._people.directory(ticket.site),
            ticket=ticket,
            clocks=(due.clock,),
        )

    def _decide(self, command: Command, now: Instant, hushed_until: Instant | None) -> _Draft:
        """The command's step, and every step that it brings about at once."""
        draft = _Draft()
        todo: deque[Command] = deque([command])
        while todo:
            if len(draft.steps) > FOLLOW_UPS:
                raise Refusal(Reason("endless", f"one step brings about more than {FOLLOW_UPS} others"))
            following = todo.popleft()
            situation = self._situation_of(following, draft)
            step = decide(situation, following, now)
            if step is not None:
                if hushed_until is not None:
                    step = hushed(step, situation.definition, hushed_until)
                draft.add(step, situation)
                todo.extend(step.follow_ups)
        return draft

    def _situation_of(self, command: Command, draft: _Draft) -> Situation:
        directory = self._people.directory(command.site)
        if isinstance(command, Open):
            return Situation(definition=self._library.latest(command.workflow), directory=directory)
        return self._situation(command.site, command.ticket, directory, draft)

    def _situation(self, site: str, ticket_id: str, directory: Directory, draft: _Draft) -> Situation:
        drafted = draft.tickets.get(ticket_id)
        found = (drafted, draft.clocks[ticket_id]) if drafted else self._store.load(site, ticket_id)
        if found is None:
            raise NotFound(Reason("unknown-ticket", "there is no such ticket"))
        ticket, clocks = found
        definition = self._library.get(ticket.workflow, ticket.version)
        stored = self._store.children(site, ticket_id) if definition.has_children else ()
        return Situation(
            definition=definition,
            directory=directory,
            ticket=ticket,
            clocks=clocks,
            children=draft.children(ticket_id, stored),
        )

    def _record(self, draft: _Draft, request: Request | None) -> Situation:
        """Write the draft; how the ticket of its first step then stands."""
        first = draft.steps[0].after
        definition = self._library.get(first.workflow, first.version)
        before = draft.situations[0]

        def after(tickets: Sequence[Ticket]) -> Situation:
            written = {ticket.id: ticket for ticket in tickets}
            children = tuple(
                _child(written[c.id]) if c.id in written else c for c in self._children(draft, before)
            )
            return Situation(
                definition=definition,
                directory=before.directory,
                ticket=written[first.id],
                clocks=draft.clocks[first.id],
                children=children,
            )

        receipt = _receipt(request, after) if request is not None else None
        return after(self._store.record(draft.steps, self._patterns(draft), receipt))

    def _children(self, draft: _Draft, before: Situation) -> tuple[Child, ...]:
        return draft.children(draft.steps[0].after.id, before.children)

    def _patterns(self, draft: _Draft) -> dict[str, str]:
        """How the tickets that are opened are to be numbered."""
        opened = [step.after for step in draft.steps if step.before is None]
        return {each.id: self._library.get(each.workflow, each.version).numbering for each in opened}


def _receipt(request: Request, after: Callable[[Sequence[Ticket]], Situation]) -> Receipt:
    return Receipt(
        request.account, request.key, request.digest, lambda tickets: request.render(after(tickets))
    )


def _tick(due: DueLevel) -> Tick:
    return Tick(
        site=due.ticket.site, ticket=due.ticket.id, actor=CLOCK, clock=due.clock.name, level=due.clock.level
    )
