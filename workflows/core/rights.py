"""Who may. Denied by default, and asked here whichever door the act came through."""

from __future__ import annotations

from collections.abc import Iterable

from workflows.core.commands import Actor
from workflows.core.people import Directory, Staff, superiors_of
from workflows.core.ticket import Situation, Ticket
from workflows.language.definition import CHILD, PARENT, TICKET_ROLES, Definition, Owner

STAND_IN = "stand-in"  # who holds this post may do what is otherwise kept apart, and history tells of it
_NOBODY = frozenset({"clock", PARENT, CHILD})  # who acts, and is no person
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
        return ticket.data.get(owner.staff) == actor.person
    if owner.role is not None and owner.role not in actor.roles:
        return False
    if owner.department is not None:
        return ticket.department in actor.departments
    return owner.role is not None


def permitted(roles: Iterable[str], actor: Actor, definition: Definition, ticket: Ticket | None) -> bool:
    """Whether one of `roles` is the actor's, read in the light of the ticket."""
    return any(
        _stands(role, actor, definition, ticket) if role in TICKET_ROLES else role in actor.roles
        for role in roles
    )


def _stands(role: str, actor: Actor, definition: Definition, ticket: Ticket | None) -> bool:
    """Whether the actor is `role` to the ticket. A post that is called like one gives no right to it."""
    match role:
        case "assignee":
            return ticket is not None and ticket.assignee == actor.person
        case "opener":
            return ticket is not None and ticket.opener == actor.id
        case "owner":
            return ticket is not None and owns(definition.states[ticket.state].owner, actor, ticket)
        case "department":
            return ticket is not None and ticket.department in actor.departments
        case "department-head":
            return ticket is not None and HEAD in actor.roles and ticket.department in actor.departments
    return role in actor.roles


def may_fire(definition: Definition, ticket: Ticket, trigger: str, actor: Actor) -> bool:
    """Whether the actor has the right to some row of `trigger` from where the ticket stands; with `open`, to
    open such a ticket. Guards and forms are not asked."""
    if trigger == "open":
        return permitted(definition.start.roles, actor, definition, None)
    return any(
        row.trigger == trigger and not row.auto and permitted(row.roles, actor, definition, ticket)
        for row in definition.by_source[ticket.state]
    )


def may_work_on(situation: Situation, actor: Actor) -> bool:
    """Whether the actor has, or may take, the next move: an owner, or one whom a row of the state admits."""
    ticket, definition = situation.ticket, situation.definition
    if ticket is None:
        return False
    rows = definition.by_source[ticket.state]
    return owns(definition.states[ticket.state].owner, actor, ticket) or any(
        permitted(row.roles, actor, definition, ticket) for row in rows
    )


def may_direct(situation: Situation, actor: Actor) -> bool:
    """Whether the actor may say who does it: one who works on it, or stands above those who do."""
    ticket = situation.ticket
    if ticket is None:
        return False
    return may_work_on(situation, actor) or any(
        role in actor.roles and (role != HEAD or ticket.department in (None, *actor.departments))
        for role in line_above(situation.definition, situation.directory, ticket)
    )


def line_above(definition: Definition, directory: Directory, ticket: Ticket) -> tuple[str, ...]:
    """The roles above whoever has the next move, the next one first. A department stands below its head."""
    role = _role_in_charge(definition, directory, ticket)
    if role is None:
        return HEAD, *superiors_of(HEAD, definition.organisation)
    return tuple(superiors_of(role, definition.organisation))


def _role_in_charge(definition: Definition, directory: Directory, ticket: Ticket) -> str | None:
    """The role that owns the ticket's state, or of the person who does; None when a department does."""
    owner = definition.states[ticket.state].owner
    if owner is None or owner.staff is None:
        return owner.role if owner else None
    member = directory.staff.get(ticket.assignee or "")
    return min(member.roles(ticket.site), default=None) if member else None


def roles_for(situation: Situation) -> tuple[str, ...]:
    """The roles that could work on the ticket as it stands, for saying who could."""
    ticket, definition = situation.ticket, situation.definition
    if ticket is None:
        return definition.start.roles
    owner = definition.states[ticket.state].owner
    named = {role for row in definition.by_source[ticket.state] for role in row.roles} - _NOBODY
    return tuple(sorted(named | ({owner.role} if owner and owner.role else set())))
