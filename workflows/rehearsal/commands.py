"""Builds the command that a step of a scenario describes, for one of the sample staff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.core.commands import Actor, Amend, Assign, Command, Fire, Note, Open, Urge
from workflows.core.ticket import Ticket
from workflows.core.turns.events import RosterEvent
from workflows.language.builder.scenarios import NOBODY, is_side_command
from workflows.language.definition import Definition
from workflows.rehearsal.staff import fill_staff_fields, find_actor, find_staff_id
from workflows.rehearsal.virtual_desk import VirtualDesk
from workflows.rosters import RosterCommand


class InvalidStep(Exception):  # noqa: N818 - the name states what the step is
    """The step does not describe a command."""


def build_command(
    desk: VirtualDesk, definition: Definition, ticket: Ticket | None, role: str, verb: str, value: object
) -> Command:
    """The command of a step by `role` with `verb`. Raises InvalidStep if the step does not describe one."""
    aside = is_side_command(verb, value, definition.triggers)
    if not isinstance(value, Mapping) and (verb == "amend" or not aside):
        raise InvalidStep(f"{verb}: the form's fields belong here; {{}} if there are none")
    form = value if isinstance(value, Mapping) else {}
    actor = find_actor(role, desk.staff, definition, ticket, form)
    data = fill_staff_fields(form, desk.staff, definition, ticket)
    if verb == "open":
        return Open(site=desk.site, id=desk.new_id(), workflow=definition.name, actor=actor, data=data)
    if ticket is None:
        raise InvalidStep(f"{verb}: no ticket has been opened yet")
    if aside:
        return _build_side_command(desk, definition, ticket, actor, verb, value, data)
    return Fire(site=desk.site, ticket=ticket.id, actor=actor, trigger=verb, data=data)


def _build_side_command(
    desk: VirtualDesk,
    definition: Definition,
    ticket: Ticket,
    actor: Actor,
    verb: str,
    value: object,
    data: Mapping[str, Any],
) -> Command:
    """A note, a further call, an assignment or an amendment."""
    if verb == "amend":
        return Amend(site=desk.site, ticket=ticket.id, actor=actor, data=data)
    text = str(value)
    if verb == "note":
        return Note(site=desk.site, ticket=ticket.id, actor=actor, note=text)
    if verb == "urge":
        return Urge(site=desk.site, ticket=ticket.id, actor=actor, note=text)
    to = None if text == NOBODY else find_staff_id(text, desk.staff, definition, ticket)
    return Assign(site=desk.site, ticket=ticket.id, actor=actor, to=to)


def build_reports(
    desk: VirtualDesk, definition: Definition, role: str, data: Mapping[str, Any]
) -> Iterator[RosterCommand]:
    """The roster commands of a step by `role`: one for each person named, or one about the reporter."""
    staff = desk.staff
    actor = find_actor(role, staff, definition, None, {})
    people = data.get("person") or (role,)
    substitute, rests = data.get("substitute"), data.get("rests")
    for person in (people,) if isinstance(people, str) else people:
        what = RosterEvent(
            kind=data["mark"],
            person=find_staff_id(person, staff, definition, None),
            leave=data.get("leave", "private"),
            substitute=find_staff_id(substitute, staff, definition, None) if substitute else None,
            ability=data.get("ability"),
            rests=frozenset(rests) if rests is not None else None,
            off_shift=data.get("off_shift", False),
        )
        yield RosterCommand(site=desk.site, roster=data["name"], actor=actor, event=what)
