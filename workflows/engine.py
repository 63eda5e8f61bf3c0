"""`Engine.do` carries out every command: web, API, importer, rehearsal and clock all use it.

It loads the context outside any lock, decides without I/O, and stores the step in one transaction, guarded by
compare-and-set on `seq`, with all that it causes (children, conversions, a parent's `auto` transition).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile

from workflows.context_loader import ContextLoader, unknown_ticket
from workflows.core.access import delegation
from workflows.core.commands import CLOCK, Actor, Command, Open, Tick
from workflows.core.decision import decide
from workflows.core.handlers.available import TriggerOption, list_trigger_options
from workflows.core.handlers.escalate import needs_data
from workflows.core.handlers.import_silence import rewind, silence
from workflows.core.handlers.pending_steps import PendingSteps
from workflows.core.reports.report_data import ReportMaker
from workflows.core.step import Step
from workflows.core.step_messages import complete_messages
from workflows.core.ticket import StepContext, Ticket
from workflows.definitions import Definitions
from workflows.errors import Blocked, Reason, Refusal, Stale, describe_error
from workflows.rosters import RosterService
from workflows.site_calendars import SiteCalendars
from workflows.storage.errors import Conflict, StorageError
from workflows.storage.idempotency import IdempotentStep
from workflows.storage.people.people import People
from workflows.storage.tickets.store import Store
from workflows.storage.tickets.sweep import DueLevel
from workflows.timing.instants import Instant

MAX_ATTEMPTS = 50  # after a lost race the command is decided again; each time another step has succeeded
MAX_FOLLOW_UPS = 2_000  # steps that one command may cause; stops a definition that loops


@dataclass(frozen=True, slots=True, kw_only=True)
class IdempotentCommand:
    """A command that may be sent twice, with its idempotency key and the digest of the request. `render`
    makes the answer; the first one is stored with the step, and returned to every repetition."""

    account: str
    key: str
    digest: str
    render: Callable[[StepContext], bytes]


class Engine:
    """Carries out commands, answers what may be done with a ticket, and fires due escalation levels."""

    def __init__(
        self,
        store: Store,
        definitions: Definitions,
        people: People,
        make_report: ReportMaker | None = None,
        calendars: SiteCalendars | None = None,
    ) -> None:
        self._store = store
        self._make_report = make_report
        self._definitions = definitions
        self._people = people
        self.calendars = calendars or SiteCalendars(definitions, people)
        self._contexts = ContextLoader(store, definitions, people, self.calendars)
        self.rosters = RosterService(store, definitions, people, self.calendars)

    def do(
        self,
        command: Command,
        now: Instant,
        request: IdempotentCommand | None = None,
        silent_until: Instant | None = None,
    ) -> StepContext:
        """Carry out a command, wholly or not at all; the ticket's context afterwards.

        `now` is in epoch seconds, UTC. With `silent_until` (imported history) no messages are sent, and
        escalation levels due by then count as fired; once a later step is imported, only those due before it.
        Raises a `Refusal` with every reason; `storage.errors.Replayed` with the first answer to a repeated
        `request`.
        """
        for _ in range(MAX_ATTEMPTS):
            try:
                pending = self.decide(command, now, silent_until)
            except Refusal:
                if self._is_up_to_date(command):
                    raise
                continue  # the copy that was refused is not the ticket any more: decide again
            if not pending.steps:
                return self._contexts.load_for(command, now, pending)
            try:
                return self._store_steps(pending, request)
            except Conflict:  # the ticket or its parent has moved: decide again
                self._refuse_duplicate(command)
        raise Stale(Reason("moved", "others keep moving the ticket, or those around it; try again"))

    def look(self, site: str, ticket_id: str, viewer: Actor | None, now: Instant = 0) -> StepContext:
        """The ticket as a decision would see it, and its successor if it was converted. Raises `NotFound`,
        also if `viewer` (None: the desk itself) may not see it. Delegations count at `now`; by default,
        none."""
        seen = self._contexts.load(site, ticket_id, self._people.directory(site), PendingSteps())
        if viewer is not None:
            _check_visible(viewer, seen, now)
        if seen.definition.can_convert and seen.ticket.closed_at is not None:
            return seen._replace(successor=self._store.successor(site, ticket_id))
        return seen

    def list_trigger_options(
        self, site: str, ticket_id: str, actor: Actor, now: Instant
    ) -> tuple[TriggerOption, ...]:
        """Every trigger, whether the actor may fire it now, and if not, why and who could."""
        return list_trigger_options(self.look(site, ticket_id, actor, now), actor, now)

    def sweep(self, now: Instant, limit: int = 500, stopping: Callable[[], bool] = lambda: False) -> int:
        """Fire due escalation levels, at most `limit`; returns how many were handled.

        Levels that only send messages are stored as one batch. One that moves its ticket, or that raises, is
        fired by itself; if it raises again its clock is parked with the reason, and the sweep goes on. Once
        `stopping()` is true, the steps decided so far are stored and the rest stays due.
        """
        single: list[Tick] = []
        count = 0
        try:
            with self._store.sweep(now, limit) as batch:
                steps = []
                for due in takewhile(lambda _: not stopping(), batch.due):
                    step = self._decide_notice(due, now)
                    if step is None:
                        single.append(_build_tick(due))
                    else:
                        steps.append(step)
                count = len(batch.record(steps))
        except Conflict:  # one ticket of the batch has moved: fire each by itself
            single = [_build_tick(due) for due in batch.due]
        remaining = takewhile(lambda _: not stopping(), single)
        return count + sum(self._fire_alone(tick, now) for tick in remaining)

    def _decide_notice(self, due: DueLevel, now: Instant) -> Step | None:
        """The step of a level that only sends messages; None for one that must be fired by itself."""
        ticket = due.ticket
        try:
            definition = self._definitions.get(ticket.workflow, ticket.version)
            policy = definition.policies[due.clock.policy or ""]
            if needs_data(definition, policy.level(due.clock.level)):
                return None
            directory = self._people.directory(ticket.site)
            calendar = self.calendars.at(directory, definition.calendar)
            if due.clock.seal != calendar.seal:  # it may have moved: replan the whole ticket
                return None
            context = StepContext(
                definition=definition,
                directory=directory,
                calendar=calendar,
                ticket=ticket,
                clocks=(due.clock,),
            )
            step = decide(context, _build_tick(due), now)
        except Exception:  # one faulty level must not stop the others; it is fired by itself
            return None
        return None if step is None or step.follow_ups else step

    def _fire_alone(self, tick: Tick, now: Instant) -> bool:
        """Fire a level with all its consequences, or park its clock; whether it was handled. A lost race,
        or a database that does not answer, leaves it to the next sweep."""
        try:
            pending = self.decide(tick, now, None)
        except StorageError:
            raise
        except Exception as error:  # a level that always fails must not stop the others
            self._store.park(tick.site, tick.ticket, tick.clock, describe_error(error))
            return True
        with suppress(Conflict):
            if pending.steps:
                self._store_steps(pending, None)
                return True
        return False

    def decide(
        self,
        command: Command,
        now: Instant,
        silent_until: Instant | None,
        pending: PendingSteps | None = None,
    ) -> PendingSteps:
        """The command's step and all steps that it causes, appended to `pending` if given."""
        pending = PendingSteps() if pending is None else pending
        most = len(pending.steps) + MAX_FOLLOW_UPS
        todo: deque[Command] = deque([command])
        while todo:
            if len(pending.steps) > most:
                raise Refusal(Reason("endless", f"one step brings about more than {MAX_FOLLOW_UPS} others"))
            following = todo.popleft()
            context = self._contexts.load_for(following, now, pending)
            if following is command:  # follow-ups are done by the process, which sees every ticket
                _check_visible(command.actor, context, now)
            if context.definition.roster_effects:
                context = self._add_selection(context, pending, now)
            context = context._replace(attachments=self._store.uploaded_files(following.site, now))
            if context.definition.stores_report_figures:
                context = context._replace(make_report=self._make_report)
            # `pending` keeps the clocks as they are: a later imported step rewinds them to its own time.
            seen = context if silent_until is None else rewind(context, now)
            step = decide(seen, following, now)
            if step is not None:
                step = complete_messages(step, context, command)
                if silent_until is not None:
                    step = silence(step, context, silent_until)
                pending.add(step, context)
                todo.extend(step.follow_ups)
        return pending

    def _add_selection(self, context: StepContext, pending: PendingSteps, now: Instant) -> StepContext:
        """The context with the rosters that its process uses."""
        selection = self.rosters.build_selection(context.definition, context.directory, now)
        return context._replace(selection=pending.selection(selection))

    def _store_steps(self, pending: PendingSteps, request: IdempotentCommand | None) -> StepContext:
        """Store the steps; the context of the first step's ticket afterwards."""
        receipt = _build_stored_answer(request, pending) if request is not None else None
        return pending.build_context(self._store.record(pending.steps, pending.number_patterns, receipt))

    def _is_up_to_date(self, command: Command) -> bool:
        """Whether a refusal was decided on the ticket as it is stored, and not on an older copy of it."""
        if isinstance(command, Open) or command.expected is None:
            return True
        return self._store.refresh(command.site, command.ticket)

    def _refuse_duplicate(self, command: Command) -> None:
        """Raise `Blocked` if a ticket with the id that the caller chose exists already."""
        if isinstance(command, Open) and self._store.load(command.site, command.id) is not None:
            raise Blocked(Reason("exists", "a ticket of this id has been opened already", saw=command.id))


def _check_visible(actor: Actor, context: StepContext, now: Instant) -> None:
    """Raise `NotFound` if the ticket is not visible to the actor."""
    if not delegation.may_see(actor, context.directory, context.ticket, now):
        raise unknown_ticket()


def _build_stored_answer(request: IdempotentCommand, pending: PendingSteps) -> IdempotentStep:
    def render(tickets: Sequence[Ticket]) -> bytes:
        return request.render(pending.build_context(tickets))

    return IdempotentStep(request.account, request.key, request.digest, render)


def _build_tick(due: DueLevel) -> Tick:
    ticket, clock = due.ticket, due.clock
    return Tick(site=ticket.site, ticket=ticket.id, actor=CLOCK, clock=clock.name, level=clock.level)
