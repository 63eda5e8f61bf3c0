"""The steps that one command causes, collected until all are decided and stored in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from workflows.core.clocks.advance import merge_clocks
from workflows.core.records import EntryWrite
from workflows.core.step import Step
from workflows.core.ticket import EMPTY, Child, StepContext, Ticket
from workflows.core.turns.roster import Roster
from workflows.core.turns.selection_context import SelectionContext
from workflows.timing.clock import Clock


@dataclass(slots=True)
class PendingSteps:
    """The steps so far, the context of each, and the tickets, clocks and rosters as they will be."""

    steps: list[Step] = field(default_factory=list)
    contexts: list[StepContext] = field(default_factory=list)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    clocks: dict[str, tuple[Clock, ...]] = field(default_factory=dict)
    rosters: dict[str, Roster] = field(default_factory=dict)

    def add(self, step: Step, context: StepContext) -> None:
        """Add one decided step with the context it was decided upon."""
        self.steps.append(step)
        self.contexts.append(context)
        self.tickets[step.after.id] = step.after
        self.clocks[step.after.id] = merge_clocks(context.clocks, step.clocks)
        self.rosters.update((move.after.name, move.after) for move in step.roster_changes)

    def children(self, parent: str, stored: tuple[Child, ...], *, whole: bool = False) -> tuple[Child, ...]:
        """The parent's children, stored and pending; with `whole` each carries its open fields."""
        pending = {t.id: build_child(t, whole=whole) for t in self.tickets.values() if t.parent == parent}
        return tuple({**{child.id: child for child in stored}, **pending}.values()) if pending else stored

    @property
    def entry_writes(self) -> Iterator[EntryWrite]:
        """The register writes of all steps, in order."""
        return (write for step in self.steps for write in step.entry_writes)

    def selection(self, stored: SelectionContext) -> SelectionContext:
        """The rosters and the open tickets per assignee, stored and pending."""
        rosters = {
            name: replace(state, roster=self.rosters.get(name, state.roster))
            for name, state in stored.rosters.items()
        }
        loads = {workflow: dict(counts) for workflow, counts in stored.loads.items()}
        for step in self.steps:
            for ticket, more in ((step.before, -1), (step.after, 1)):
                if ticket is not None and ticket.closed_at is None and ticket.assignee is not None:
                    workflow_loads = loads.setdefault(ticket.workflow, {})
                    workflow_loads[ticket.assignee] = workflow_loads.get(ticket.assignee, 0) + more
        return replace(stored, rosters=rosters, loads=loads)

    @property
    def number_patterns(self) -> dict[str, str]:
        """Ticket id → the pattern of its number, for tickets that are opened."""
        return {
            step.after.id: context.definition.numbering
            for step, context in zip(self.steps, self.contexts, strict=True)
            if step.before is None
        }

    def build_context(self, tickets: Sequence[Ticket]) -> StepContext:
        """The context of the first step's ticket once all is stored; `tickets` have their numbers."""
        final = {ticket.id: ticket for ticket in tickets}
        first, before = self.steps[0].after.id, self.contexts[0]
        if len(final) == 1:  # nothing else was moved or opened
            return before._replace(ticket=final[first], clocks=self.clocks[first])
        children = self.children(first, before.children)
        return before._replace(
            ticket=final[first],
            clocks=self.clocks[first],
            children=tuple(build_child(final[c.id]) if c.id in final else c for c in children),
            successor=next((build_child(each) for each in final.values() if each.origin == first), None),
        )


def build_child(ticket: Ticket, *, whole: bool = False) -> Child:
    """The ticket as its parent knows it; with `whole` it carries its open fields."""
    return Child(
        id=ticket.id,
        number=ticket.number,
        workflow=ticket.workflow,
        link=ticket.link or "",
        state=ticket.state,
        category=ticket.category,
        version=ticket.version,
        round=ticket.round,
        title=ticket.title,
        due_at=ticket.due_at,
        data=ticket.data if whole else EMPTY,
        audience=ticket.audience,
        assignee=ticket.assignee,
    )
