"""The invented staff of a rehearsal: one for every post; below a head of department, one in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.core.commands import CLOCK, Actor
from workflows.core.people import Membership, Staff, superior_of
from workflows.core.rights import HEAD, actor_of
from workflows.core.ticket import Ticket
from workflows.language.definition import Definition
from workflows.language.forms.field import FieldType
from workflows.language.forms.organisation import Organisation

SITE = "rehearsal"
SURFACE = "rehearsal"


def troupe(organisation: Organisation, site: str = SITE) -> list[Staff]:
    """Somebody for every role inside the company.

    A head of department and every post below one is held by somebody else in each department; any other post
    is held by one person, of no department. Ids and accounts say who it is: `foreman`, `dept-head@security`.
    """
    return [
        _member(role, department, site)
        for role in organisation.roles
        if not organisation.roles[role].outside
        for department in _departments(role, organisation)
    ]


def _departments(role: str, organisation: Organisation) -> tuple[str | None, ...]:
    divided = in_departments(role, organisation) and organisation.departments
    return tuple(organisation.departments) if divided else (None,)


def in_departments(role: str, organisation: Organisation) -> bool:
    """Whether the post is a department's: its head, or one whose line of superiors leads to the head."""
    above, seen = role, set[str]()
    while above != HEAD and above not in seen:
        seen.add(above)
        above = superior_of(above, organisation) or above
    return above == HEAD


def _member(role: str, department: str | None, site: str) -> Staff:
    name = f"{role}@{department}" if department else role
    return Staff(
        id=name, account=name, name=name, language="en", memberships=(Membership(site, role, department),)
    )


def speaker(
    role: str,
    staff: Mapping[str, Staff],
    definition: Definition,
    ticket: Ticket | None,
    data: Mapping[str, object],
) -> Actor:
    """Who speaks when a story says `as: role`.

    Whoever has the ticket, if of that post; of a department's post, the holder in the ticket's department or
    in one the form names. A role outside the company speaks for itself, and the clock is the desk's own.
    """
    if role in CLOCK.roles:
        return CLOCK
    held = _holders(role, staff)
    if not held:
        return Actor(id=role, name=role, roles=frozenset({role}), surface=SURFACE)
    member = _meant(held, definition, ticket, data)
    actor = actor_of(member, member.memberships[0].site, SURFACE)
    if actor.departments or ticket is None or ticket.department is None:
        return actor
    # A post of no department speaks for the ticket's: who belongs where, the organisation does not say.
    return Actor(
        id=actor.id,
        name=actor.name,
        roles=actor.roles,
        departments=frozenset({ticket.department}),
        surface=SURFACE,
    )


def cast(
    data: Mapping[str, object], staff: Mapping[str, Staff], definition: Definition, ticket: Ticket | None
) -> dict[str, object]:
    """The form with a member of the troupe wherever a staff field names a role."""
    return {name: _cast(name, value, staff, definition, ticket, data) for name, value in data.items()}


def meant(role: str, staff: Mapping[str, Staff], definition: Definition, ticket: Ticket | None) -> str:
    """The id of whoever a story means by `role`; the word itself where nobody has such a post."""
    held = _holders(role, staff)
    return _meant(held, definition, ticket, {}).id if held else role


def holder(role: object, staff: Mapping[str, Staff]) -> object:
    """The id of who holds a post; the word itself where nobody does."""
    held = _holders(role, staff)
    return held[0].id if held else role


def _cast(
    name: str,
    value: object,
    staff: Mapping[str, Staff],
    definition: Definition,
    ticket: Ticket | None,
    data: Mapping[str, object],
) -> object:
    field = definition.fields.get(name)
    held = _holders(value, staff) if field and field.type is FieldType.STAFF else ()
    return _meant(held, definition, ticket, data).id if held else value


def _holders(role: object, staff: Mapping[str, Staff]) -> tuple[Staff, ...]:
    named = tuple(member for member in staff.values() if member.name == role)
    return named or tuple(member for member in staff.values() if member.memberships[0].role == role)


def _meant(
    held: tuple[Staff, ...], definition: Definition, ticket: Ticket | None, data: Mapping[str, object]
) -> Staff:
    """Which of those who hold a post."""
    for member in held:
        if ticket is not None and member.id == ticket.assignee:
            return member
    for department in _named(definition, ticket, data):
        for member in held:
            if member.memberships[0].department == department:
                return member
    return held[0]


def _named(definition: Definition, ticket: Ticket | None, data: Mapping[str, object]) -> Iterator[object]:
    """The departments a step may be about, the likeliest first."""
    if ticket is not None:
        yield ticket.department
    for values in (data, ticket.data if ticket else {}):
        for name, value in values.items():
            field = definition.fields.get(name)
            if field is not None and field.type is FieldType.DEPARTMENT:
                yield value
