"""Who gets a ticket, and who is told about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workflows.core.people import Directory, Staff, superior_of
from workflows.core.rights import HEAD
from workflows.core.step import Message
from workflows.core.ticket import Situation, Ticket
from workflows.language.definition import Definition, Owner

NOBODY = "nobody"  # the recipient of a message that no member of staff can be found for


def department_of(definition: Definition, ticket: Ticket) -> str | None:
    """The department that has the ticket once its state is entered: the one the state's owner names, else as before."""
    owner = definition.states[ticket.state].owner
    if owner is None or owner.department is None:
        return ticket.department
    named = ticket.data.get(owner.department)
    return named if isinstance(named, str) else ticket.department


def assignee_on_entry(definition: Definition, directory: Directory, ticket: Ticket) -> str | None:
    """Who has the ticket when its state is entered: the named person, whoever had it if still an owner, or the
    only one who can be meant. Otherwise nobody: it waits to be claimed."""
    owner = definition.states[ticket.state].owner
    if owner is None:
        return None
    owners = owners_of(owner, directory, ticket)
    if ticket.assignee is not None and any(member.id == ticket.assignee for member in owners):
        return ticket.assignee
    return owners[0].id if len(owners) == 1 else None


def owners_of(owner: Owner, directory: Directory, ticket: Ticket) -> tuple[Staff, ...]:
    """The staff who have the next move. A ticket read without its data is taken at what it was when it came here."""
    if owner.staff is not None:
        named = directory.staff.get(str(ticket.data.get(owner.staff, ticket.assignee)))
        return (named,) if named else ()
    department = ticket.data.get(owner.department, ticket.department) if owner.department else None
    within = department if isinstance(department, str) else None
    if owner.role is not None:
        return directory.holders(owner.role, within)
    return directory.members(within) if within else ()


def messages(
    recipients: Iterable[str], situation: Situation, ticket: Ticket, template: Message
) -> tuple[Message, ...]:
    """One message a person, however many of the `recipients` they are."""
    found: dict[str, Message] = {}
    for recipient in recipients:
        for person, role in _people(recipient, situation, ticket):
            found.setdefault(
                person,
                Message(
                    kind=template.kind,
                    recipient=person,
                    role=role,
                    text=template.text,
                    clock=template.clock,
                    level=template.level,
                    urgent=template.urgent,
                ),
            )
    return tuple(found.values())


def _people(recipient: str, situation: Situation, ticket: Ticket) -> Iterator[tuple[str, str]]:
    """Pairs of staff id and the role in which they hear."""
    directory = situation.directory
    match recipient:
        case "client":
            yield "client", "client"
        case "assignee" | "owner":
            yield from _owners(recipient, situation, ticket)
        case "opener":
            yield (ticket.opener if ticket.opener in directory.staff else NOBODY), "opener"
        case "superior" | "next-superior":
            yield from _above(situation, ticket, 1 if recipient == "superior" else 2)
        case "department":
            yield from _as(directory.members(ticket.department or ""), "department")
        case "department-head":
            yield from _as(_heads(directory, ticket), HEAD)
        case role:
            yield from _holders(role, situation)


def _as(members: Iterable[Staff], role: str) -> Iterator[tuple[str, str]]:
    anybody = False
    for member in members:
        anybody = True
        yield member.id, role
    if not anybody:
        yield NOBODY, role


def _owners(recipient: str, situation: Situation, ticket: Ticket) -> Iterator[tuple[str, str]]:
    """The assignee; while there is none, everybody who could take it."""
    if recipient == "assignee" and ticket.assignee is not None:
        yield ticket.assignee, "assignee"
        return
    owner = situation.definition.states[ticket.state].owner
    members = owners_of(owner, situation.directory, ticket) if owner else ()
    if members:
        yield from _as(members, "owner")
    else:
        yield from _above(situation, ticket, 1)


def _heads(directory: Directory, ticket: Ticket) -> tuple[Staff, ...]:
    return directory.holders(HEAD, ticket.department) if ticket.department else ()


def _role_in_charge(situation: Situation, ticket: Ticket) -> str | None:
    """The role whose superior is meant: the state's owner role, or the head for a department's state."""
    owner = situation.definition.states[ticket.state].owner
    if owner is not None and owner.role is not None:
        return owner.role
    member = situation.directory.staff.get(ticket.assignee or "")
    if member is not None and owner is not None and owner.staff is not None:
        return next(iter(sorted(member.roles(ticket.site))), None)
    return None


def _above(situation: Situation, ticket: Ticket, steps: int) -> Iterator[tuple[str, str]]:
    """Those `steps` up the line. A post nobody holds is passed over: somebody must hear."""
    organisation = situation.definition.organisation
    role = _role_in_charge(situation, ticket)
    if role is None:  # a department's own state: its head, and then the head's superiors
        heads = _heads(situation.directory, ticket)
        if steps == 1 and heads:
            yield from _as(heads, HEAD)
            return
        role, steps = HEAD, steps - 1 if heads else steps
    for _ in range(max(steps, 1)):
        role = superior_of(role, organisation) if role else None
    while role is not None and not situation.directory.holders(role):
        role = superior_of(role, organisation)
    if role is None:
        yield NOBODY, "superior"
    else:
        yield from _as(situation.directory.holders(role), role)


def _holders(role: str, situation: Situation) -> Iterator[tuple[str, str]]:
    """Holders of `role`; while the post is empty, those above it."""
    named: str | None = role
    while named is not None and not situation.directory.holders(named):
        named = superior_of(named, situation.definition.organisation)
    yield from _as(situation.directory.holders(named) if named else (), named or role)
