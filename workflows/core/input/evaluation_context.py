"""What guards and other expressions see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workflows.core.commands import Actor
from workflows.core.input import computed_fields
from workflows.core.ticket import PRIORITIES, Child, StepContext, Ticket
from workflows.language.forms.values import Values
from workflows.timing.instants import Instant


def build_values(
    context: StepContext,
    ticket: Ticket,
    actor: Actor,
    now: Instant,
    submitted: Mapping[str, object] | None = None,
) -> Values:
    """The ticket with the `submitted` values merged in, and its actor, children, settings and registers."""
    values = Values(
        fields={**ticket.data, **ticket.personal, **(submitted or {})},
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
        children=_group_by_link(context.children, ticket.trail.asked),
        visits=ticket.trail.visits,
        site=ticket.site,
        now=now,
        settings=context.directory.settings,
        records=context.registers.find,
        zone=context.calendar.zone.key,
        is_open=context.calendar.is_open,
    )
    return (
        computed_fields.add_computed_fields(context, values) if context.definition.computed_fields else values
    )


def _group_by_link(
    children: tuple[Child, ...], newest_rounds: Mapping[str, Sequence[int]]
) -> dict[str, list[dict[str, object]]]:
    """Link → the children as expressions see them, given each link's newest round (see `Trail`).

    A converted child is listed as ended, next to the ticket that continues it.
    """
    by_link: dict[str, list[dict[str, object]]] = {}
    for child in children:
        row: dict[str, object] = {
            "number": child.number,
            "workflow": child.workflow,
            "state": child.state,
            "category": child.category,
            "closed": child.closed,
            "current": child.round == next(iter(newest_rounds.get(child.link, ())), None),
            "data": child.data,
        }
        by_link.setdefault(child.link, []).append(row)
    return by_link
