"""Values of staff fields: an id or an account of somebody at the site, stored as the id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.core.ticket import StepContext
from workflows.errors import Reason
from workflows.language.forms.field import Field, FieldType


def resolve_staff(
    context: StepContext, values: Mapping[str, object]
) -> tuple[dict[str, object], list[Reason]]:
    """The values with staff as ids, also in tables; and a reason for each who does not work at the site, or
    holds none of the roles that the field names. The values of those are left as they came."""
    found, reasons = dict(values), list[Reason]()
    for name, value in values.items():
        field = context.definition.fields[name]
        if field.type is FieldType.STAFF:
            found[name], why = _resolve(context, field, name, value)
            reasons += why
        elif isinstance(value, list) and any(each.type is FieldType.STAFF for each in field.columns):
            found[name], why = _resolve_rows(context, field, value)
            reasons += why
    return found, reasons


def _resolve_rows(context: StepContext, field: Field, rows: list[Any]) -> tuple[list[Any], list[Reason]]:
    columns = [each for each in field.columns if each.type is FieldType.STAFF]
    resolved, reasons = [], list[Reason]()
    for index, row in enumerate(rows):
        cells = dict(row)
        for column in columns:
            if column.name in cells:
                place = f"{field.name}[{index}].{column.name}"
                cells[column.name], why = _resolve(context, column, place, cells[column.name])
                reasons += why
        resolved.append(cells)
    return resolved, reasons


def _resolve(context: StepContext, field: Field, place: str, value: object) -> tuple[object, list[Reason]]:
    if value is None:
        return None, []
    person = context.directory.find(str(value))
    saw = None if field.personal else value
    if person is None:
        message = f"{place}: nobody of that id or account works at this site"
        return value, [Reason("bad-value", message, field=place, saw=saw)]
    if field.roles and not person.roles(context.directory.site) & set(field.roles):
        facts = {"roles": ", ".join(field.roles)}
        message = f"{place}: has to be one of: {facts['roles']}"
        return value, [Reason("wrong-role", message, field=place, saw=saw, who=field.roles, facts=facts)]
    return person.id, []
