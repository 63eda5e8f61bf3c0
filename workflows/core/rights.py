"""Who may. Denied by default, and asked here whichever door the act came through."""

from __future__ import annotations

from collections.abc import Iterable

from workflows.core.commands import Actor
from workflows.core.people import Staff, superior_of
from workflows.core.ticket import Situation, Ticket
from workflows.language.definition import Definition, Owner, Transition

HEAD = "dept-head"  # the role that `department-head` means, in the ticket's department


def actor_of(member: Staff, site: str, surface: str = "api") -> Actor:
    """A member of staff as an actor at `site`."""
    return Actor(
        id=member.id,
        name=member.name,
        roles=member.roles(site),
        departments=member.departments(site),
        surface=surface,
    )


def owns(owner: Owner | None, actor: Actor, ticket: Ticket) -> bool:
    """Whether `actor` is one of those who have the next move."""
    if owner is None:
        return False
    if owner.staff is not None:
        return ticket.data.get(owner.staff) == actor.id
    if owner.role is not None and owner.role not in actor.roles:
        return False
    return owner.department is None or ticket.data.get(owner.department) in actor.departments


def permitted(roles: Iterable[str], actor: Actor, definition: Definition, ticket: Ticket | None) -> bool:
    """Whether one of `roles` is the actor's, read in the light of the ticket."""
    return any(role in actor.roles or _by_ticket(role, actor, definition, ticket) for role in roles)


def _by_ticket(role: str, actor: Actor, definition: Definition, ticket: Ticket | None) -> bool:
    if ticket is None:
        return False
    match role:
        case "assignee":
            return ticket.assignee == actor.id
        case "opener":
            return ticket.opener == actor.id
        case "owner":
            return owns(definition.states[ticket.state].owner, actor, ticket)
        case "department":
            return ticket.department in actor.departments
        case "department-head":
            return HEAD in actor.roles and ticket.department in actor.departments
    return False


def may_work_on(situation: Situation, actor: Actor) -> bool:
    """Whether the actor has, or may take, the next move: an owner, or one whom some row of the state admits."""
    ticket, definition = situation.ticket, situation.definition
    if ticket is None:
        return False
    rows: tuple[Transition, ...] = definition.by_source[ticket.state]
    return owns(definition.states[ticket.state].owner, actor, ticket) or any(
        permitted(row.roles, actor, definition, ticket) for row in rows if not row.auto
    )


def may_direct(situation: Situation, actor: Actor) -> bool:
    """Whether the actor may say who does it: one who works on it, or stands above those who do."""
    return may_work_on(situation, actor) or bool(actor.roles & _superiors(situation))


def _superiors(situation: Situation) -> set[str]:
    ticket, definition = situation.ticket, situation.definition
    if ticket is None:
        return set()
    owner = definition.states[ticket.state].owner
    found: set[str] = set()
    role = owner.role if owner else None
    while role is not None and (role := superior_of(role, definition.organisation)) and role not in found:
        found.add(role)
    return found


def roles_for(situation: Situation) -> tuple[str, ...]:
    """The roles that could work on the ticket as it stands, for saying who could."""
    ticket, definition = situation.ticket, situation.definition
    if ticket is None:
        return definition.start.roles
    owner = definition.states[ticket.state].owner
    named = {role for row in definition.by_source[ticket.state] if not row.auto for role in row.roles}
    return tuple(sorted(named | ({owner.role} if owner and owner.role else set())))
