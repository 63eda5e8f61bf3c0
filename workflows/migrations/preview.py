"""What a plan would do to a ticket: decided by the engine like the step itself, and not stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from workflows.core.commands import CLOCK, Migrate
from workflows.core.step import Step
from workflows.core.ticket import Ticket
from workflows.definitions import Definitions
from workflows.engine import Engine
from workflows.errors import Reason, Refusal
from workflows.language.migration_plan import MigrationPlan
from workflows.language.migrations.known_fields import find_known_fields
from workflows.storage.tickets.migrations import TicketOfMigration
from workflows.storage.tickets.store import Store
from workflows.timing.clock import Clock
from workflows.timing.instants import Instant


class PreviewedClock(NamedTuple):
    """A clock before and after; None where it is not there."""

    name: str
    before: Clock | None
    after: Clock | None


class PreviewedTicket(NamedTuple):
    """What a plan would do to one ticket.

    after     the ticket as it would be; None if it is refused, for these `reasons`
    clocks    those that change
    dropped   the fields that fall out
    lacking   the fields that every ticket of the version has in that state, and this one has not
    goes_on   the states through which it would go on by itself
    """

    before: Ticket
    after: Ticket | None
    clocks: tuple[PreviewedClock, ...] = ()
    dropped: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    goes_on: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()

    def becomes_overdue(self, now: Instant) -> bool:
        """Whether it is overdue by the plan, and is not without it."""
        late_before = self.before.due_at is not None and self.before.due_at < now
        late_after = self.after is not None and self.after.due_at is not None and self.after.due_at < now
        return late_after and not late_before


def preview_ticket(
    engine: Engine,
    definitions: Definitions,
    store: Store,
    ticket: TicketOfMigration,
    plan: MigrationPlan,
    now: Instant,
) -> PreviewedTicket:
    """What the plan would do to a ticket at `now`."""
    loaded = store.load(ticket.site, ticket.id)
    assert loaded is not None, "tickets are never deleted"
    command = Migrate(site=ticket.site, ticket=ticket.id, actor=CLOCK, plan=plan, migration="")
    try:
        steps = engine.decide(command, now, None).steps
    except Refusal as refusal:
        return PreviewedTicket(loaded[0], None, reasons=refusal.reasons)
    if not steps:  # it has moved meanwhile
        return PreviewedTicket(loaded[0], loaded[0])
    first, own = steps[0], [each for each in steps[1:] if each.after.id == ticket.id]
    return PreviewedTicket(
        first.before or loaded[0],
        first.after,
        clocks=tuple(_compare_clocks(first)),
        dropped=_list_dropped(first),
        lacking=_list_lacking(definitions, first.after),
        goes_on=tuple(each.after.state for each in own),
    )


def _list_lacking(definitions: Definitions, after: Ticket) -> tuple[str, ...]:
    needed = find_known_fields(definitions.get(after.workflow, after.version)).get(after.state, frozenset())
    return tuple(sorted(needed - after.data.keys() - after.personal.keys()))


def _compare_clocks(step: Step) -> Iterator[PreviewedClock]:
    before = {each.name: each for each in (step.replaced.clocks if step.replaced else ())}
    for clock in step.clocks:
        yield PreviewedClock(clock.name, before.get(clock.name), clock)
    yield from (PreviewedClock(name, before[name], None) for name in step.removed_clocks)


def _list_dropped(step: Step) -> tuple[str, ...]:
    dropped = step.event.data.get("dropped")
    return tuple(map(str, dropped)) if isinstance(dropped, list) else ()
