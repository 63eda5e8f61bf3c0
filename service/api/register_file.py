"""The entries of a register as a file."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse
from service.api.http.time_parameters import site_zone
from service.api.list_files import FileColumn, file_response, format_local_minute, list_text
from service.prints.values import ValueFormatter
from service.texts import localize
from workflows.language.forms.field import Field
from workflows.language.forms.register import Register
from workflows.storage.registers.results import RegisterEntry


def file_of_entries(
    request: ApiRequest,
    ending: str,
    register: Register,
    entries: Sequence[RegisterEntry],
    following: str | None,
) -> ApiResponse:
    """The entries with all columns of the register, personal ones masked, and when each was changed."""
    language, sites = request.language, {each.site for each in entries}
    zones = {site: site_zone(request, site) for site in sites}
    columns = [
        FileColumn(
            localize(field.title, language) or name,
            [_cell(request, register, field, each, zones[each.site]) for each in entries],
        )
        for name, field in register.fields.items()
    ]
    for key in ("changed_at", "struck_at"):
        cells = [format_local_minute(getattr(each, key), zones[each.site]) for each in entries]
        columns.append(FileColumn(list_text(language, key), cells))
    title = localize(register.title, language)
    return file_response(request, ending, register.name, title, columns, following)


def _cell(request: ApiRequest, register: Register, field: Field, entry: RegisterEntry, zone: ZoneInfo) -> str:
    if field.name == register.key:
        return entry.key
    value = {**entry.data, **entry.personal}.get(field.name)
    formatter = ValueFormatter(
        language=request.language,
        zone=zone,
        organisation=request.desk.definitions.organisation,
        directory=request.desk.people.directory(entry.site),
        clear=False,
    )
    return formatter.format_value(field, value)
