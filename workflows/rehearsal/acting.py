"""What a step of a story asks of the desk: a command, spoken by one of the troupe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.core.commands import Actor, Amend, Assign, Command, Fire, Note, Open
from workflows.core.ticket import Ticket
from workflows.core.turns.happenings import Happening
from workflows.language.building.stories import NOBODY, beside
from workflows.language.definition import Definition
from workflows.rehearsal.stage import Stage
from workflows.rehearsal.troupe import cast, meant, speaker
from workflows.rostering import Report


class Unsayable(Exception):  # noqa: N818 - what the step is
    """The step is no command."""


def command_of(
    stage: Stage, definition: Definition, ticket: Ticket | None, role: str, verb: str, said: object
) -> Command:
    """What `role` asks for with `verb`. `Unsayable` if it cannot be understood."""
    aside = beside(verb, said, definition.triggers)
    if not isinstance(said, Mapping) and (verb == "amend" or not aside):
        raise Unsayable(f"{verb}: the form's fields belong here; {{}} if there are none")
    form = said if isinstance(said, Mapping) else {}
    actor = speaker(role, stage.staff, definition, ticket, form)
    data = cast(form, stage.staff, definition, ticket)
    if verb == "open":
        return Open(site=stage.site, id=stage.new_id(), workflow=definition.name, actor=actor, data=data)
    if ticket is None:
        raise Unsayable(f"{verb}: no ticket has been opened yet")
    if aside:
        return _beside(stage, definition, ticket, actor, verb, said, data)
    return Fire(site=stage.site, ticket=ticket.id, actor=actor, trigger=verb, data=data)


def _beside(
    stage: Stage,
    definition: Definition,
    ticket: Ticket,
    actor: Actor,
    verb: str,
    said: object,
    data: Mapping[str, Any],
) -> Command:
    """A note, an assignment or an amendment."""
    if verb == "amend":
        return Amend(site=stage.site, ticket=ticket.id, actor=actor, data=data)
    text = str(said)
    if verb == "note":
        return Note(site=stage.site, ticket=ticket.id, actor=actor, note=text)
    to = None if text == NOBODY else meant(text, stage.staff, definition, ticket)
    return Assign(site=stage.site, ticket=ticket.id, actor=actor, to=to)


def reports_of(stage: Stage, definition: Definition, role: str, said: Mapping[str, Any]) -> Iterator[Report]:
    """What `role` reports to a roster: of each person named, or of himself."""
    staff = stage.staff
    actor = speaker(role, staff, definition, None, {})
    people = said.get("person") or (role,)
    substitute, rests = said.get("substitute"), said.get("rests")
    for person in (people,) if isinstance(people, str) else people:
        what = Happening(
            kind=said["mark"],
            person=meant(person, staff, definition, None),
            leave=said.get("leave", "private"),
            substitute=meant(substitute, staff, definition, None) if substitute else None,
            ability=said.get("ability"),
            rests=frozenset(rests) if rests is not None else None,
            off_shift=said.get("off_shift", False),
        )
        yield Report(site=stage.site, roster=said["name"], actor=actor, what=what)
