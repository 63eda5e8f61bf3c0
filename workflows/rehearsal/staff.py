"""The fictional staff of a rehearsal: one person for every role; for a department's roles, one in each
department."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.core.access.permissions import DEPARTMENT_HEAD, build_actor
from workflows.core.commands import CLOCK, Actor
from workflows.core.people import Membership, Staff, superior_of
from workflows.core.ticket import Ticket
from workflows.language.definition import Definition
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.organisation import Organisation

SITE = "rehearsal"
SURFACE = "rehearsal"


def sample_staff(organisation: Organisation, site: str = SITE) -> list[Staff]:
    """One fictional person for every role inside the company.

    The role of a head of department, and every role below one, has a holder in each department; any other
    role has one holder, in no department. Ids and accounts are made of both: `foreman`, `dept-head@security`.
    """
    return [
        _build_member(role, department, site)
        for role in organisation.roles
        if not organisation.roles[role].outside
        for department in _departments(role, organisation)
    ]


def _departments(role: str, organisation: Organisation) -> tuple[str | None, ...]:
    divided = is_department_post(role, organisation) and organisation.departments
    return tuple(organisation.departments) if divided else (None,)


def is_department_post(role: str, organisation: Organisation) -> bool:
    """Whether the role is one of a department: its head, or a role whose superiors lead to the head."""
    above, seen = role, set[str]()
    while above != DEPARTMENT_HEAD and above not in seen:
        seen.add(above)
        above = superior_of(above, organisation) or above
    return above == DEPARTMENT_HEAD


def _build_member(role: str, department: str | None, site: str) -> Staff:
    name = f"{role}@{department}" if department else role
    return Staff(
        id=name, account=name, name=name, language="en", memberships=(Membership(site, role, department),)
    )


def find_actor(
    role: str,
    staff: Mapping[str, Staff],
    definition: Definition,
    ticket: Ticket | None,
    data: Mapping[str, object],
) -> Actor:
    """The actor for `as: role` in a scenario.

    The assignee, if that person has the role; for a department's role, the holder in the ticket's department
    or in one that the form names. A role outside the company acts as itself, and `clock` is the desk's own.
    """
    if role in CLOCK.roles:
        return CLOCK
    holders = _holders_of(role, staff)
    if not holders:
        return Actor(id=role, name=role, roles=frozenset({role}), surface=SURFACE)
    member = _choose_holder(holders, definition, ticket, data)
    actor = build_actor(member, member.memberships[0].site, SURFACE)
    if actor.departments or ticket is None or ticket.department is None:
        return actor
    # The organisation does not say where a role outside the departments belongs: it may act for the ticket's.
    return Actor(
        id=actor.id,
        name=actor.name,
        roles=actor.roles,
        departments=frozenset({ticket.department}),
        surface=SURFACE,
    )


def fill_staff_fields(
    data: Mapping[str, object], staff: Mapping[str, Staff], definition: Definition, ticket: Ticket | None
) -> dict[str, object]:
    """The form, with the id of a staff member in every staff field that names a role, also in tables."""

    def filled(field: Field | None, value: object) -> object:
        if field is None:
            return value
        if field.columns and isinstance(value, list):
            columns = {column.name: column for column in field.columns}
            return [
                {name: filled(columns.get(name), cell) for name, cell in row.items()}
                if isinstance(row, dict)
                else row
                for row in value
            ]
        holders = _holders_of(value, staff) if field.type is FieldType.STAFF else ()
        return _choose_holder(holders, definition, ticket, data).id if holders else value

    return {name: filled(definition.fields.get(name), value) for name, value in data.items()}


def find_staff_id(
    role: str, staff: Mapping[str, Staff], definition: Definition, ticket: Ticket | None
) -> str:
    """The id of the person that a scenario means by `role`; `role` itself if nobody has it."""
    holders = _holders_of(role, staff)
    return _choose_holder(holders, definition, ticket, {}).id if holders else role


def find_holder_id(role: object, staff: Mapping[str, Staff]) -> object:
    """The id of the first holder of a role; `role` itself if nobody has it."""
    holders = _holders_of(role, staff)
    return holders[0].id if holders else role


def _holders_of(role: object, staff: Mapping[str, Staff]) -> tuple[Staff, ...]:
    named = tuple(member for member in staff.values() if member.name == role)
    return named or tuple(member for member in staff.values() if member.memberships[0].role == role)


def _choose_holder(
    holders: tuple[Staff, ...], definition: Definition, ticket: Ticket | None, data: Mapping[str, object]
) -> Staff:
    """One of the holders: the assignee, else one in the likeliest department, else the first."""
    for member in holders:
        if ticket is not None and member.id == ticket.assignee:
            return member
    for department in _likely_departments(definition, ticket, data):
        for member in holders:
            if member.memberships[0].department == department:
                return member
    return holders[0]


def _likely_departments(
    definition: Definition, ticket: Ticket | None, data: Mapping[str, object]
) -> Iterator[object]:
    """The departments that a step may be about, the likeliest first."""
    if ticket is not None:
        yield ticket.department
    for values in (data, ticket.data if ticket else {}):
        for name, value in values.items():
            field = definition.fields.get(name)
            if field is not None and field.type is FieldType.DEPARTMENT:
                yield value
