"""Beside the people who can be chosen in a form: how many open tickets each has, and who is away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from service.console.http.console_request import ConsoleRequest
from workflows.core.people import Directory
from workflows.language.forms.field import Field, FieldType

Schema = Mapping[str, Any]


def show_open_work(
    call: ConsoleRequest, directory: Directory, schema: Schema, fields: Mapping[str, Field]
) -> Schema:
    """The form with the open work of its people: those with the least first, those who are away last."""
    shapes = schema["properties"]
    people = {id for name, shape in shapes.items() for id in _list_people(shape, fields[name])}
    if not people:
        return schema
    counts = call.desk.counts.count_open_by_assignee(directory.site, sorted(people))
    options = describe_people(call, directory, people, counts)
    return {
        **schema,
        "properties": {name: _replace(shape, fields[name], options) for name, shape in shapes.items()},
    }


def describe_people(
    call: ConsoleRequest, directory: Directory, people: set[str], counts: Mapping[str, int]
) -> dict[str, str]:
    """Staff id → name with open work, in the order in which they are proposed."""
    away = {id for id in people if directory.absence(id, call.now) is not None}
    named = {id: directory.staff[id].name for id in people if id in directory.staff}
    order = sorted(named, key=lambda id: (id in away, counts.get(id, 0), named[id], id))
    return {
        id: call.text("forms", "open-work-away", name=named[id], count=counts.get(id, 0))
        if id in away
        else call.text("forms", "open-work", name=named[id], count=counts.get(id, 0))
        for id in order
    }


def _list_people(shape: Schema, field: Field) -> Iterator[str]:
    if field.type is FieldType.STAFF:
        yield from (each["const"] for each in shape.get("oneOf", ()) if each["const"] is not None)
    for column in field.columns:
        if column.name in shape["items"]["properties"]:
            yield from _list_people(shape["items"]["properties"][column.name], column)


def _replace(shape: Schema, field: Field, options: Mapping[str, str]) -> Schema:
    """The shape of a staff field, or of a table with such columns, with these options."""
    if field.type is FieldType.STAFF and "oneOf" in shape:
        known = {each["const"] for each in shape["oneOf"]}
        titles = [{"const": id, "title": title} for id, title in options.items() if id in known]
        return {**shape, "oneOf": titles}
    if not field.columns:
        return shape
    row = shape["items"]
    columns = {
        column.name: _replace(row["properties"][column.name], column, options)
        for column in field.columns
        if column.name in row["properties"]
    }
    return {**shape, "items": {**row, "properties": {**row["properties"], **columns}}}
