"""What guards and other expressions may look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workflows.core import computing
from workflows.core.commands import Actor
from workflows.core.ticket import PRIORITIES, Child, Situation, Ticket
from workflows.language.forms.values import Values
from workflows.timing.instants import Instant


def values_of(
    situation: Situation, ticket: Ticket, actor: Actor, now: Instant, sent: Mapping[str, object] | None = None
) -> Values:
    """The ticket as it stands, with what was `sent` laid over it, and what surrounds it."""
    values = Values(
        fields={**ticket.data, **ticket.personal, **(sent or {})},
        ticket={
            "state": ticket.state,
            "number": ticket.number,
            "priority": PRIORITIES[ticket.priority],
            "opened_at": ticket.opened_at,
            "closed_at": ticket.closed_at,
            "entered_at": ticket.entered_at,
            "assignee": ticket.assignee,
            "department": ticket.department,
            "parent": ticket.parent,
        },
        actor={"id": actor.id, "roles": actor.roles, "departments": actor.departments},
        children=_by_link(situation.children, ticket.trail.asked),
        visits=ticket.trail.visits,
        site=ticket.site,
        now=now,
        settings=situation.directory.settings,
        records=situation.records.find,
    )
    return computing.laid(situation.definition, values) if situation.definition.computed else values


def _by_link(
    children: tuple[Child, ...], asked: Mapping[str, Sequence[int]]
) -> dict[str, list[dict[str, object]]]:
    """The children under the names that the process knows them by; `asked` is each link's newest round.

    One that was converted is among them, ended; the ticket it goes on as stands beside it.
    """
    found: dict[str, list[dict[str, object]]] = {}
    for child in children:
        row: dict[str, object] = {
            "number": child.number,
            "workflow": child.workflow,
            "state": child.state,
            "category": child.category,
            "closed": child.closed,
            "current": child.round == next(iter(asked.get(child.link, ())), None),
            "data": child.data,
        }
        found.setdefault(child.link, []).append(row)
    return found
