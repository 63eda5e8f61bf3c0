"""The candidates of a ticket: names, one of which an actor must have for the right to a step of it now.

A name is a role (`cs-officer`), a role in a department (`dept-head@security`), a department (`@security`), a
person as assignee or named owner (`=<staff id>`), or a person as opener (`opener=<staff id>`). They follow
the rules of `permissions.has_any_role` and say nothing of guards, documents and separation of duties: whoever
has none of the names may take no step; whoever has one perhaps may.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from workflows.core.access.permissions import DEPARTMENT_HEAD, NON_PERSON_ROLES
from workflows.core.access.visibility import list_owner_names
from workflows.core.commands import Actor
from workflows.core.ticket import Ticket
from workflows.language.definition import TICKET_ROLES, Definition


def find_candidates(definition: Definition, ticket: Ticket) -> tuple[str, ...]:
    """The names, sorted. A ticket that has ended has none, though it may perhaps be reopened."""
    if ticket.category in ("closed", "cancelled"):
        return ()
    plain, bound = _list_roles(definition, ticket.state)
    if not bound:
        return plain
    return tuple(
        sorted({*plain, *(name for role in bound for name in _find_names(role, definition, ticket))})
    )


def collect_candidate_names(actor: Actor) -> frozenset[str]:
    """Every name that the actor has at their site."""
    posts = {f"{role}@{department}" for role in actor.roles for department in actor.departments}
    departments = {f"@{department}" for department in actor.departments}
    return frozenset({*actor.roles, *posts, *departments, f"={actor.person}", f"opener={actor.id}"})


@lru_cache(maxsize=8192)
def _list_roles(definition: Definition, state: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The roles of the transitions that people may fire from a state: posts, and those that depend on the
    ticket. Both are sorted."""
    roles = {
        role
        for transition in definition.transitions_by_source[state]
        if not transition.auto and not transition.barred
        for role in transition.roles
    }
    return tuple(sorted(roles - TICKET_ROLES)), tuple(sorted((roles & TICKET_ROLES) - NON_PERSON_ROLES))


def _find_names(role: str, definition: Definition, ticket: Ticket) -> Iterator[str]:
    """The names for one of `TICKET_ROLES`."""
    match role:
        case "assignee" if ticket.assignee:
            yield f"={ticket.assignee}"
        case "opener":
            yield f"opener={ticket.opener}"
        case "owner":
            owner = definition.states[ticket.state].owner
            yield from list_owner_names(owner, ticket) if owner else ()
        case "department" if ticket.department:
            yield f"@{ticket.department}"
        case "department-head" if ticket.department:
            yield f"{DEPARTMENT_HEAD}@{ticket.department}"
        case "guest":
            yield role
