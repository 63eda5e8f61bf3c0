"""The checklists that steps ask for, item by item: they can be answered on a walk, as an inspection."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from workflows.core.ticket import Ticket
from workflows.language.definition import Definition, Transition
from workflows.language.forms.field import Field, FieldType


def is_inspected(field: Field) -> bool:
    """Whether it is a checklist whose items the process names."""
    return field.type is FieldType.CHECKLIST and bool(field.items)


def find_checklists(definition: Definition, transitions: Iterable[Transition]) -> tuple[str, ...]:
    """The names of such fields on the forms of these transitions, in order."""
    names = (name for transition in transitions for name in transition.fields)
    return tuple(name for name in dict.fromkeys(names) if is_inspected(definition.fields[name]))


def inspection_path(ticket: Ticket, checklist: str) -> str:
    """The address of the inspection by a checklist, whoever follows it."""
    number = quote(ticket.number, safe="")
    return f"/tickets/{number}/inspection/{quote(checklist)}?site={quote(ticket.site)}"
