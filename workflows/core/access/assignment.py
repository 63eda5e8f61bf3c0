"""Assignment of tickets, and the recipients of messages about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from workflows.core.access.permissions import DEPARTMENT_HEAD, list_roles_above
from workflows.core.people import Directory, Staff, superiors_of
from workflows.core.step import ESCALATION, Message
from workflows.core.ticket import StepContext, Ticket
from workflows.language.definition import Owner

NOBODY = "nobody"  # the recipient where no member of staff is found


def find_department_and_assignee(
    context: StepContext,
    state: str,
    data: Mapping[str, object],
    department: str | None,
    assignee: str | None,
) -> tuple[str | None, str | None]:
    """The department and the assignee (staff id) of a ticket with this `data` on entering `state`.

    The department is the one that the state's owner names in a field, else unchanged. The assignee stays if
    still an owner; else it is the only possible owner; else None, and the ticket waits to be claimed.
    """
    owner = context.definition.states[state].owner
    if owner is None:
        return department, None
    named = data.get(owner.department) if owner.department else None
    department = named if isinstance(named, str) else department
    owners = find_named_owner(owner, context.directory, data) or find_owners(
        owner, context.directory, department
    )
    if any(member.id == assignee for member in owners):
        return department, assignee
    return department, owners[0].id if len(owners) == 1 else None


def find_named_owner(owner: Owner, directory: Directory, data: Mapping[str, object]) -> tuple[Staff, ...]:
    """The member of staff whom the owner's field names; empty without one."""
    member = directory.staff.get(str(data.get(owner.staff))) if owner.staff else None
    return (member,) if member else ()


def find_owners(owner: Owner, directory: Directory, department: str | None) -> tuple[Staff, ...]:
    """The staff who own a state by their posts, while the ticket is with `department`."""
    if owner.department is not None and department is None:
        return ()
    within = department if owner.department else None
    if owner.role is not None:
        return directory.holders(owner.role, within)
    return directory.members(within) if within else ()


def reassign(context: StepContext, before: Ticket, after: Ticket) -> Ticket:
    """Assign the ticket to the owner that its fields name now, if that field has changed."""
    owner = context.definition.states[after.state].owner
    field = (owner.department or owner.staff) if owner else None
    if field is None or before.data.get(field) == after.data.get(field):
        return after
    department, assignee = find_department_and_assignee(
        context, after.state, after.data, after.department, after.assignee
    )
    return after._replace(department=department, assignee=assignee)


def build_messages(
    recipients: Iterable[str], context: StepContext, ticket: Ticket, template: Message
) -> tuple[Message, ...]:
    """One message per person that `recipients` mean, and one for the substitute of each absentee.

    The ticket's data is read only for a recipient that names a field: it may be loaded without.
    """
    named = tuple(recipients)
    escalating = template.kind == ESCALATION
    people = [
        pair for recipient in named for pair in _find_recipients(recipient, context, ticket, escalating)
    ]
    if named and not people and escalating:  # an escalation must reach a person
        people = list(_find_superiors(context, ticket, 1))
    roles: dict[str, str] = {}
    for person, role in people:
        roles.setdefault(person, role)
    if context.directory.absences:
        for person, role in tuple(roles.items()):
            for substitute in context.directory.substitutes(person, ticket.changed_at):
                roles.setdefault(substitute, role)
    return tuple(template._replace(recipient=person, role=role) for person, role in roles.items())


def _find_recipients(
    recipient: str, context: StepContext, ticket: Ticket, escalating: bool
) -> Iterator[tuple[str, str]]:
    """Pairs of (staff id, role in which they are addressed).

    An escalation to a post excludes the person who has the ticket: they would be escalated to themselves.
    """
    directory, organisation = context.directory, context.definition.organisation
    match recipient:
        case "client":
            yield "client", "client"
        case "assignee" | "owner":
            yield from _find_owner_recipients(recipient, context, ticket)
        case "opener":
            yield (ticket.opener if ticket.opener in directory.staff else NOBODY), "opener"
        case "superior" | "next-superior":
            yield from _find_superiors(context, ticket, 1 if recipient == "superior" else 2)
        case "department" | "department-head" if ticket.department is None:
            return  # as long as no department has the ticket, nobody is meant
        case "department":
            yield from _pair_with_role(directory.members(ticket.department or ""), "department")
        case "department-head" if escalating and directory.holders(DEPARTMENT_HEAD, ticket.department):
            yield from _find_holders_in_line(
                (DEPARTMENT_HEAD, *superiors_of(DEPARTMENT_HEAD, organisation)),
                context,
                ticket,
                1,
                DEPARTMENT_HEAD,
                exclude_involved=True,
            )
        case "department-head":
            yield from _pair_with_role(directory.holders(DEPARTMENT_HEAD, ticket.department), DEPARTMENT_HEAD)
        case field if field in context.definition.fields and field not in organisation.roles:
            named = directory.staff.get(str(ticket.data.get(field)))
            yield from _pair_with_role((named,) if named else (), field)
        case role:
            line = (role, *superiors_of(role, organisation))
            yield from _find_holders_in_line(line, context, ticket, 1, role, exclude_involved=escalating)


def _pair_with_role(members: Iterable[Staff], role: str) -> Iterator[tuple[str, str]]:
    """(staff id, role) of each member; (`NOBODY`, role) if there is none."""
    anybody = False
    for member in members:
        anybody = True
        yield member.id, role
    if not anybody:
        yield NOBODY, role


def _find_owner_recipients(recipient: str, context: StepContext, ticket: Ticket) -> Iterator[tuple[str, str]]:
    """The assignee; without one, all owners who could take the ticket; without any, their superiors.

    The same holds for `owner` where the state's owner is a named person.
    """
    directory, owner = context.directory, context.definition.states[ticket.state].owner
    personal = recipient == "assignee" or (owner is not None and owner.staff is not None)
    if personal and ticket.assignee in directory.staff:
        yield str(ticket.assignee), recipient
        return
    members = find_owners(owner, directory, ticket.department) if owner else ()
    if members:
        yield from _pair_with_role(members, "owner")
    else:
        yield from _find_superiors(context, ticket, 1)


def _find_superiors(context: StepContext, ticket: Ticket, steps: int) -> Iterator[tuple[str, str]]:
    line = list_roles_above(context.definition, context.directory, ticket)
    yield from _find_holders_in_line(line, context, ticket, steps, "superior", exclude_involved=True)


def _find_holders_in_line(
    line: Iterable[str],
    context: StepContext,
    ticket: Ticket,
    steps: int,
    role_meant: str,
    *,
    exclude_involved: bool,
) -> Iterator[tuple[str, str]]:
    """The holders of the post at position `steps` (from 1) of a line of posts, or of its last one.

    Posts without holders are skipped. Of a post that exists in several departments, the holders in the
    ticket's department are meant. With `exclude_involved`, people who have the ticket or hold an earlier post
    of the line are left out, as long as anybody else remains.
    """
    holders = [
        (role, members) for role in line if (members := _find_holders(role, context.directory, ticket))
    ]
    holders = (list(_exclude_involved(holders, context, ticket)) if exclude_involved else []) or holders
    if not holders:
        yield NOBODY, role_meant
        return
    role, members = holders[min(steps, len(holders)) - 1]
    yield from _pair_with_role(members, role)


def _exclude_involved(
    holders: Iterable[tuple[str, tuple[Staff, ...]]], context: StepContext, ticket: Ticket
) -> Iterator[tuple[str, tuple[Staff, ...]]]:
    """The posts without the people who have the ticket, or who were reached by an earlier post of the line.

    For an absentee the substitute is the one reached.
    """
    directory, involved = context.directory, _find_current_holders(context, ticket)
    for role, members in holders:
        reached = {each.id: directory.substitute(each.id, ticket.changed_at) or each.id for each in members}
        remaining = tuple(each for each in members if not {each.id, reached[each.id]} & involved)
        if remaining:
            yield role, remaining
        involved = involved | {each.id for each in remaining}


def _find_current_holders(context: StepContext, ticket: Ticket) -> frozenset[str]:
    """The assignee, or the only owner of the state; empty if there are several."""
    if ticket.assignee in context.directory.staff:
        return frozenset({str(ticket.assignee)})
    owner = context.definition.states[ticket.state].owner
    owners = find_owners(owner, context.directory, ticket.department) if owner else ()
    return frozenset(each.id for each in owners) if len(owners) == 1 else frozenset()


def _find_holders(role: str, directory: Directory, ticket: Ticket) -> tuple[Staff, ...]:
    if role == DEPARTMENT_HEAD and ticket.department:  # another department's head is no superior
        return directory.holders(DEPARTMENT_HEAD, ticket.department)
    return directory.nearest_holders(role, ticket.department)
