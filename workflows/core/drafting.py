"""The steps that one command brings about, while they are being decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from workflows.core.promises import merged
from workflows.core.records import Filing
from workflows.core.step import Step
from workflows.core.ticket import NOTHING, Child, Situation, Ticket
from workflows.core.turns.roster import Roster
from workflows.core.turns.rota import Rota
from workflows.timing.clock import Clock


@dataclass(slots=True)
class Draft:
    """The steps decided so far, what each was decided upon, and the tickets as they leave them."""

    steps: list[Step] = field(default_factory=list)
    situations: list[Situation] = field(default_factory=list)
    tickets: dict[str, Ticket] = field(default_factory=dict)
    clocks: dict[str, tuple[Clock, ...]] = field(default_factory=dict)
    rosters: dict[str, Roster] = field(default_factory=dict)

    def add(self, step: Step, situation: Situation) -> None:
        """Take up one more step."""
        self.steps.append(step)
        self.situations.append(situation)
        self.tickets[step.after.id] = step.after
        self.clocks[step.after.id] = merged(situation.clocks, step.clocks)
        self.rosters.update((move.after.name, move.after) for move in step.moves)

    def children(self, parent: str, stored: tuple[Child, ...], *, whole: bool = False) -> tuple[Child, ...]:
        """The parent's children as stored, with what this draft does to them laid over; `whole` ones know
        their open fields."""
        drafted = {t.id: child_of(t, whole=whole) for t in self.tickets.values() if t.parent == parent}
        return tuple({**{child.id: child for child in stored}, **drafted}.values()) if drafted else stored

    @property
    def filings(self) -> Iterator[Filing]:
        """What the steps write into registers, in their order."""
        return (filing for step in self.steps for filing in step.filings)

    def rota(self, stored: Rota) -> Rota:
        """The rosters and the open work as stored, with what this draft does to them laid over."""
        rosters = {
            name: replace(kept, roster=self.rosters.get(name, kept.roster))
            for name, kept in stored.rosters.items()
        }
        loads = {workflow: dict(each) for workflow, each in stored.loads.items()}
        for step in self.steps:
            for ticket, more in ((step.before, -1), (step.after, 1)):
                if ticket is not None and ticket.closed_at is None and ticket.assignee is not None:
                    of_workflow = loads.setdefault(ticket.workflow, {})
                    of_workflow[ticket.assignee] = of_workflow.get(ticket.assignee, 0) + more
        return replace(stored, rosters=rosters, loads=loads)

    @property
    def patterns(self) -> dict[str, str]:
        """How the tickets that are opened are to be numbered."""
        return {
            step.after.id: situation.definition.numbering
            for step, situation in zip(self.steps, self.situations, strict=True)
            if step.before is None
        }

    def written(self, tickets: Sequence[Ticket]) -> Situation:
        """How the ticket of the first step stands once the draft is written, with these numbers and heads."""
        final = {ticket.id: ticket for ticket in tickets}
        first, before = self.steps[0].after.id, self.situations[0]
        if len(final) == 1:  # nothing else was moved or opened
            return before._replace(ticket=final[first], clocks=self.clocks[first])
        children = self.children(first, before.children)
        return before._replace(
            ticket=final[first],
            clocks=self.clocks[first],
            children=tuple(child_of(final[c.id]) if c.id in final else c for c in children),
            successor=next((child_of(each) for each in final.values() if each.origin == first), None),
        )


def child_of(ticket: Ticket, *, whole: bool = False) -> Child:
    """What a parent needs to know of the ticket; a `whole` one knows its open fields."""
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
        data=ticket.data if whole else NOTHING,
        audience=ticket.audience,
        assignee=ticket.assignee,
    )
