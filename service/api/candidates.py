"""Who may be chosen for a staff field, with what each has to do already."""

from __future__ import annotations

from typing import Any

from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, json_response
from service.api.http.route import Routes
from service.api.tickets.collection import choose_site
from service.api.tickets.forms import eligible_staff
from service.api.workflows import find_definition
from service.refusals import reason
from service.schemas import queries
from workflows.core.people import Staff
from workflows.errors import NotFound
from workflows.language.definition import Definition
from workflows.language.forms.field import Field, FieldType

routes = Routes("workflows")


@routes.get(
    "/api/workflows/{name}/candidates",
    "See who may be chosen for a staff field",
    "CandidateList",
    query=queries.CandidatesQuery(),
    refuses=(404, 422),
)
def list_candidates(request: ApiRequest, name: str) -> ApiResponse:
    """The staff of the site who hold a role that the field names, with their open tickets: those with the
    fewest first, those who are away last. Tickets that are kept from others are not counted."""
    site = choose_site(request, request.query.get("site"))
    field = _find_field(find_definition(request, name), request.query["field"])
    directory = request.desk.people.directory(site)
    people = eligible_staff(field, directory)
    counts = request.desk.counts.count_open_by_assignee(site, [person.id for person in people])
    shown = [_render(request, site, person, counts.get(person.id, 0)) for person in people]
    shown.sort(key=lambda each: (each["away"], each["open_tickets"], each["name"], each["id"]))
    return json_response({"items": shown}, 200, request.response_headers)


def _find_field(definition: Definition, named: str) -> Field:
    """The staff field, or the column of a table as `table.column`; NotFound if there is none."""
    name, _, column = named.partition(".")
    field: Field | None = definition.fields.get(name)
    if field is not None and column:
        field = next((each for each in field.columns if each.name == column), None)
    if field is None or field.type is not FieldType.STAFF:
        raise NotFound(reason("unknown-field", f"there is no staff field {named!r}", field=named))
    return field


def _render(request: ApiRequest, site: str, person: Staff, open_tickets: int) -> dict[str, Any]:
    return {
        "id": person.id,
        "account": person.account,
        "name": person.name,
        "roles": sorted(person.roles(site)),
        "departments": sorted(person.departments(site)),
        "away": request.desk.people.directory(site).absence(person.id, request.now) is not None,
        "open_tickets": open_tickets,
    }
