"""The rights of an actor on a ticket, by role, department and ownership. The default is denial."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from workflows.core.commands import Actor
from workflows.core.people import Directory, Staff, superiors_of
from workflows.core.ticket import StepContext, Ticket
from workflows.language.definition import CHILD, PARENT, TICKET_ROLES, Definition, Owner

SEPARATION_EXEMPT_POST = "stand-in"  # exempt from separation of duties; the history shows its use
NON_PERSON_ROLES = frozenset({"clock", PARENT, CHILD})  # roles of actors that are no people
DEPARTMENT_HEAD = "dept-head"  # the role that `department-head` means, in the ticket's department


def build_actor(member: Staff, site: str, surface: str = "api") -> Actor:
    """The actor for a member of staff at `site`; `surface` says where the command comes from."""
    return Actor(
        id=member.id,
        name=member.name,
        roles=member.roles(site),
        departments=member.departments(site),
        surface=surface,
    )


def is_owner(owner: Owner | None, actor: Actor, ticket: Ticket) -> bool:
    """Whether the actor is among the owners: the named person, the role, or the department."""
    if owner is None:
        return False
    if owner.staff is not None:
        return ticket.data.get(owner.staff) == actor.person
    if owner.role is not None and owner.role not in actor.roles:
        return False
    if owner.department is not None:
        return ticket.department in actor.departments
    return owner.role is not None


def has_any_role(roles: Iterable[str], actor: Actor, definition: Definition, ticket: Ticket | None) -> bool:
    """Whether the actor has one of `roles`; those in `TICKET_ROLES` depend on the ticket."""
    return any(
        _has_ticket_role(role, actor, definition, ticket) if role in TICKET_ROLES else role in actor.roles
        for role in roles
    )


def _has_ticket_role(role: str, actor: Actor, definition: Definition, ticket: Ticket | None) -> bool:
    """Whether the actor is, say, `assignee` or `opener` of the ticket; a post of that name does not count."""
    match role:
        case "assignee":
            return ticket is not None and ticket.assignee == actor.person
        case "opener":
            return ticket is not None and ticket.opener == actor.id
        case "owner":
            return ticket is not None and is_owner(definition.states[ticket.state].owner, actor, ticket)
        case "department":
            return ticket is not None and ticket.department in actor.departments
        case "department-head":
            return (
                ticket is not None
                and DEPARTMENT_HEAD in actor.roles
                and ticket.department in actor.departments
            )
    return role in actor.roles


def may_fire(definition: Definition, ticket: Ticket, trigger: str, actor: Actor) -> bool:
    """Whether the actor has a role for a transition of `trigger` from the ticket's state.

    Guards and forms are not checked. The trigger `open` stands for opening a ticket of this definition.
    """
    if trigger == "open":
        return has_any_role(definition.start.roles, actor, definition, None)
    return any(
        transition.trigger == trigger
        and not transition.auto
        and has_any_role(transition.roles, actor, definition, ticket)
        for transition in definition.transitions_by_source[ticket.state]
    )


def may_work_on(context: StepContext, actor: Actor) -> bool:
    """Whether the actor owns the ticket's state, or has a role for one of its transitions."""
    ticket, definition = context.ticket, context.definition
    transitions = definition.transitions_by_source[ticket.state]
    return is_owner(definition.states[ticket.state].owner, actor, ticket) or any(
        has_any_role(transition.roles, actor, definition, ticket) for transition in transitions
    )


def takes_part(context: StepContext, actor: Actor) -> bool:
    """Whether the actor takes part in the ticket: as opener or assignee, in its department, by a role that
    the definition names, or above its owner. Seeing it is not enough."""
    ticket, definition = context.ticket, context.definition
    transitions = definition.transitions
    named = {
        *definition.start.roles,
        *definition.readers,
        *(role for transition in transitions for role in transition.roles),
    }
    named |= {state.owner.role for state in definition.states.values() if state.owner and state.owner.role}
    return (
        ticket.opener == actor.id
        or ticket.assignee == actor.person
        or ticket.department in actor.departments
        or has_any_role(named, actor, definition, ticket)
        or may_direct(context, actor)
    )


def may_direct(context: StepContext, actor: Actor) -> bool:
    """Whether the actor may assign the ticket: works on it, or stands above those who do."""
    return may_work_on(context, actor) or stands_above(
        context.definition, context.directory, context.ticket, actor
    )


class Charge(Protocol):
    """What says who has a ticket now: the ticket itself, or several for which that is the same."""

    @property
    def site(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def department(self) -> str | None: ...
    @property
    def assignee(self) -> str | None: ...


def stands_above(definition: Definition, directory: Directory, ticket: Charge, actor: Actor) -> bool:
    """Whether the actor has a role above those who work on the ticket."""
    return any(
        role in actor.roles and (role != DEPARTMENT_HEAD or ticket.department in (None, *actor.departments))
        for role in list_roles_above(definition, directory, ticket)
    )


def list_roles_above(definition: Definition, directory: Directory, ticket: Charge) -> tuple[str, ...]:
    """The roles above the owner of the ticket's state, nearest first; a department's is its head."""
    role = _role_in_charge(definition, directory, ticket)
    if role is None:
        return DEPARTMENT_HEAD, *superiors_of(DEPARTMENT_HEAD, definition.organisation)
    return tuple(superiors_of(role, definition.organisation))


def _role_in_charge(definition: Definition, directory: Directory, ticket: Charge) -> str | None:
    """The role that owns the ticket's state, or a role of its assignee; None for a department."""
    owner = definition.states[ticket.state].owner
    if owner is None or owner.staff is None:
        return owner.role if owner else None
    member = directory.staff.get(ticket.assignee or "")
    return min(member.roles(ticket.site), default=None) if member else None


def list_roles_in_charge(context: StepContext) -> tuple[str, ...]:
    """The roles that could work on the ticket in its state, sorted; for "who could" in a refusal."""
    ticket, definition = context.ticket, context.definition
    owner = definition.states[ticket.state].owner
    named = {
        role for transition in definition.transitions_by_source[ticket.state] for role in transition.roles
    } - NON_PERSON_ROLES
    return tuple(sorted(named | ({owner.role} if owner and owner.role else set())))
