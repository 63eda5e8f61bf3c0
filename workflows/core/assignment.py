"""Who gets a ticket, and who is told about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from workflows.core.people import Directory, Staff, superiors_of
from workflows.core.rights import HEAD, line_above
from workflows.core.step import Message
from workflows.core.ticket import Situation, Ticket
from workflows.language.definition import Owner

NOBODY = "nobody"  # the recipient of a message that no member of staff can be found for


def placed(
    situation: Situation,
    state: str,
    data: Mapping[str, object],
    department: str | None,
    assignee: str | None,
) -> tuple[str | None, str | None]:
    """The department and the person that a ticket with this `data` belongs to when it comes to `state`.

    The department is the one its owner names, else as before. The person is whoever had it, if still an
    owner, or the only one who can be meant. Otherwise nobody: it waits to be claimed.
    """
    owner = situation.definition.states[state].owner
    if owner is None:
        return department, None
    named = data.get(owner.department) if owner.department else None
    department = named if isinstance(named, str) else department
    owners = _named(owner, situation.directory, data) or owners_of(owner, situation.directory, department)
    if any(member.id == assignee for member in owners):
        return department, assignee
    return department, owners[0].id if len(owners) == 1 else None


def _named(owner: Owner, directory: Directory, data: Mapping[str, object]) -> tuple[Staff, ...]:
    member = directory.staff.get(str(data.get(owner.staff))) if owner.staff else None
    return (member,) if member else ()


def owners_of(owner: Owner, directory: Directory, department: str | None) -> tuple[Staff, ...]:
    """The staff who have the next move by their posts, where the ticket is with `department`."""
    if owner.department is not None and department is None:
        return ()
    within = department if owner.department else None
    if owner.role is not None:
        return directory.holders(owner.role, within)
    return directory.members(within) if within else ()


def rehomed(situation: Situation, before: Ticket, after: Ticket) -> Ticket:
    """The ticket given to whom its state's owner names now, if the field that says so was rewritten."""
    owner = situation.definition.states[after.state].owner
    field = (owner.department or owner.staff) if owner else None
    if field is None or before.data.get(field) == after.data.get(field):
        return after
    department, assignee = placed(situation, after.state, after.data, after.department, after.assignee)
    return after._replace(department=department, assignee=assignee)


def messages(
    recipients: Iterable[str], situation: Situation, ticket: Ticket, template: Message
) -> tuple[Message, ...]:
    """One message a person, however many of the `recipients` they are; of somebody away, also the substitute.

    The ticket may have been read narrowly: nothing here looks at its data.
    """
    named = tuple(recipients)
    people = [pair for recipient in named for pair in _people(recipient, situation, ticket)]
    if named and not people and template.kind == "escalation":  # somebody must hear
        people = list(_above(situation, ticket, 1))
    roles: dict[str, str] = {}
    for person, role in people:
        roles.setdefault(person, role)
    if situation.directory.absences:
        for person, role in tuple(roles.items()):
            for substitute in situation.directory.substitutes(person, ticket.changed_at):
                roles.setdefault(substitute, role)
    return tuple(template._replace(recipient=person, role=role) for person, role in roles.items())


def _people(recipient: str, situation: Situation, ticket: Ticket) -> Iterator[tuple[str, str]]:
    """Pairs of staff id and the role in which they hear."""
    directory, organisation = situation.directory, situation.definition.organisation
    match recipient:
        case "client":
            yield "client", "client"
        case "assignee" | "owner":
            yield from _owners(recipient, situation, ticket)
        case "opener":
            yield (ticket.opener if ticket.opener in directory.staff else NOBODY), "opener"
        case "superior" | "next-superior":
            yield from _above(situation, ticket, 1 if recipient == "superior" else 2)
        case "department" | "department-head" if ticket.department is None:
            return  # as long as no department has the ticket, nobody is meant
        case "department":
            yield from _as(directory.members(ticket.department or ""), "department")
        case "department-head":
            yield from _as(directory.holders(HEAD, ticket.department), HEAD)
        case field if field in situation.definition.fields and field not in organisation.roles:
            named = directory.staff.get(str(ticket.data.get(field)))
            yield from _as((named,) if named else (), field)
        case role:
            line = (role, *superiors_of(role, organisation))
            yield from _held(line, situation, ticket, 1, role)


def _as(members: Iterable[Staff], role: str) -> Iterator[tuple[str, str]]:
    anybody = False
    for member in members:
        anybody = True
        yield member.id, role
    if not anybody:
        yield NOBODY, role


def _owners(recipient: str, situation: Situation, ticket: Ticket) -> Iterator[tuple[str, str]]:
    """The assignee, who is also the owner where a person is named; without one, all who could take it.

    Somebody must hear: when nobody could, it is those above.
    """
    directory, owner = situation.directory, situation.definition.states[ticket.state].owner
    personal = recipient == "assignee" or (owner is not None and owner.staff is not None)
    if personal and ticket.assignee in directory.staff:
        yield str(ticket.assignee), recipient
        return
    members = owners_of(owner, directory, ticket.department) if owner else ()
    if members:
        yield from _as(members, "owner")
    else:
        yield from _above(situation, ticket, 1)


def _above(situation: Situation, ticket: Ticket, steps: int) -> Iterator[tuple[str, str]]:
    line = line_above(situation.definition, situation.directory, ticket)
    yield from _held(line, situation, ticket, steps, "superior")


def _held(
    line: Iterable[str], situation: Situation, ticket: Ticket, steps: int, meant: str
) -> Iterator[tuple[str, str]]:
    """The holders of the post that is `steps` along a line of posts, or of the last one.

    A post that nobody holds is passed over: somebody must hear. Of a post that several departments have, the
    ticket's department's holders are meant.
    """
    held = [(role, found) for role in line if (found := _holders(role, situation.directory, ticket))]
    if not held:
        yield NOBODY, meant
        return
    role, members = held[min(steps, len(held)) - 1]
    yield from _as(members, role)


def _holders(role: str, directory: Directory, ticket: Ticket) -> tuple[Staff, ...]:
    if role == HEAD and ticket.department:  # another department's head is no superior
        return directory.holders(HEAD, ticket.department)
    return directory.nearest(role, ticket.department)
