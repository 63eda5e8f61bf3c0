"""A list of tickets as the columns of a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from service.api.http.request import ApiRequest
from service.api.http.time_parameters import site_zone
from service.api.list_files import FileColumn, format_local_minute, list_text
from service.api.tickets.view import staff_name
from service.prints.values import ValueFormatter
from service.texts import localize
from workflows.core.ticket import PRIORITIES, Ticket
from workflows.language.forms.field import Field, FieldType

_NOT_IN_A_CELL = frozenset({FieldType.TABLE, FieldType.CHECKLIST, FieldType.FIGURES})


def build_ticket_columns(request: ApiRequest, tickets: Sequence[Ticket]) -> list[FileColumn]:
    """What every ticket has; and the open fields, if the list is of one process."""
    return [
        FileColumn(list_text(request.language, key), [_cell(request, key, each) for each in tickets])
        for key in _COLUMNS
    ] + list(_field_columns(request, tickets))


_COLUMNS = (
    *("number", "title", "workflow", "state", "category", "priority", "site", "department", "assignee"),
    *("opener", "opened_at", "changed_at", "closed_at", "due_at", "overdue"),
)


def _cell(request: ApiRequest, key: str, ticket: Ticket) -> str:
    language = request.language
    definition = request.desk.definitions.get(ticket.workflow, ticket.version)
    directory = request.desk.people.directory(ticket.site)
    match key:
        case "workflow":
            return localize(definition.title, language)
        case "state":
            state = definition.states.get(ticket.state)
            return localize(state.title, language) if state else ticket.state
        case "category":
            return list_text(language, ticket.category)
        case "priority":
            return list_text(language, PRIORITIES[ticket.priority])
        case "department":
            titles = definition.organisation.departments.get(ticket.department or "", {})
            return localize(titles, language) or ticket.department or ""
        case "assignee" | "opener":
            person: str | None = getattr(ticket, key)
            return staff_name(person, directory) or person or ""
        case "overdue":
            late = ticket.due_at is not None and ticket.due_at < request.now
            return list_text(language, "yes" if late else "no")
        case "opened_at" | "changed_at" | "closed_at" | "due_at":
            return format_local_minute(getattr(ticket, key), _zone(request, ticket.site))
    return str(getattr(ticket, key))


def _zone(request: ApiRequest, site: str) -> ZoneInfo:
    return ZoneInfo(request.desk.people.directory(site).zone or site_zone(request, site).key)


def _field_columns(request: ApiRequest, tickets: Sequence[Ticket]) -> Iterator[FileColumn]:
    """The fields that are not personal, if the query names the process: those of its version in force."""
    name = request.query.get("workflow")
    if name is None or name not in request.desk.definitions.names():
        return
    for field in request.desk.definitions.latest(name).fields.values():
        if not field.personal and field.type not in _NOT_IN_A_CELL:
            head = localize(field.title, request.language) or field.name
            yield FileColumn(head, [_field_cell(request, field, each) for each in tickets])


def _field_cell(request: ApiRequest, field: Field, ticket: Ticket) -> str:
    formatter = ValueFormatter(
        language=request.language,
        zone=_zone(request, ticket.site),
        organisation=request.desk.definitions.organisation,
        directory=request.desk.people.directory(ticket.site),
        clear=False,
    )
    value = ticket.data.get(field.name)
    own = request.desk.definitions.get(ticket.workflow, ticket.version).fields.get(field.name)
    return formatter.format_value(own if own and own.type is field.type else field, value)
