"""Who has the next move on a ticket: the owners of its state, else whoever may take a step from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from workflows.core.access.assignment import find_named_owner, find_owners
from workflows.core.access.permissions import DEPARTMENT_HEAD, NON_PERSON_ROLES
from workflows.core.people import Directory, Staff
from workflows.core.ticket import Ticket
from workflows.language.definition import Definition, Owner
from workflows.timing.instants import Instant


class NextOwners(NamedTuple):
    """The roles and the department that have the next move, the staff of the site who hold them, the
    assignee if there is one, and since when (the present state was entered)."""

    roles: tuple[str, ...]
    department: str | None
    people: tuple[Staff, ...]
    assignee: str | None
    since: Instant


def find_next_owners(definition: Definition, directory: Directory, ticket: Ticket) -> NextOwners | None:
    """Who has the next move; None for a ticket that has ended, or whose state is unknown to its version.

    If the owner is nobody, as after the worker whom the ticket names has left, it is whoever may take a step.
    Nobody may be named even so: the ticket then waits for its children or for its clocks.
    """
    state = definition.states.get(ticket.state)
    if state is None or state.category.ended:
        return None
    owner, roles, people = state.owner, tuple[str, ...](), tuple[Staff, ...]()
    if owner is not None:
        roles = (owner.role,) if owner.role else ()
        people = find_named_owner(owner, directory, ticket.data) or find_owners(
            owner, directory, ticket.department
        )
    if not people:
        roles = _list_roles(definition, ticket.state)
        found = {each.id: each for role in roles for each in _find_holders(role, directory, ticket)}
        people = tuple(found.values())
    department = ticket.department if owner is not None and owner.department else None
    return NextOwners(roles, department, people, ticket.assignee, ticket.entered_at)


def _list_roles(definition: Definition, state: str) -> tuple[str, ...]:
    named = {
        role
        for transition in definition.transitions_by_source[state]
        if not transition.auto
        for role in transition.roles
    }
    return tuple(sorted(named - NON_PERSON_ROLES))


def _find_holders(role: str, directory: Directory, ticket: Ticket) -> Iterator[Staff]:
    """The staff who have a role of a transition on this ticket."""
    match role:
        case "assignee" | "opener":
            member = directory.staff.get(str(getattr(ticket, role)))
            yield from (member,) if member else ()
        case "department":
            yield from directory.members(ticket.department) if ticket.department else ()
        case "department-head":
            yield from directory.holders(DEPARTMENT_HEAD, ticket.department) if ticket.department else ()
        case _:
            yield from find_owners(Owner(role=role), directory, None)
