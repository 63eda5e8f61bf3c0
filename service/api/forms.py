"""The form of a step as JSON Schema, with the people and departments that may be written into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from workflows.core.people import Directory
from workflows.language.definition import Definition, Transition
from workflows.language.forms.field import FieldType
from workflows.language.forms.form import Form

MOST_NAMED = 500  # of the staff, in a form


def step_form(
    definition: Definition, rows: Sequence[Transition], language: str, directory: Directory
) -> dict[str, Any]:
    """The form of a step that will be decided among `rows`: what fits it, fits whichever row is taken."""
    requires = _once(name for row in rows for name in row.requires)
    accepts = _once(name for row in rows for name in row.accepts if name not in requires)
    return form(definition, requires, accepts, language, directory)


def start_form(definition: Definition, language: str, directory: Directory | None) -> dict[str, Any]:
    """The form a ticket is opened with."""
    start = definition.start
    return form(definition, start.requires, start.accepts, language, directory)


def form(
    definition: Definition,
    requires: tuple[str, ...],
    accepts: tuple[str, ...],
    language: str,
    directory: Directory | None,
) -> dict[str, Any]:
    """The form of these fields."""
    schema = _schema(definition, requires, accepts, language)
    staffed = [n for n in (*requires, *accepts) if definition.fields[n].type is FieldType.STAFF]
    if not staffed or directory is None or len(directory.staff) > MOST_NAMED:
        return schema
    named = {name: _with_staff(schema["properties"][name], directory) for name in staffed}
    return {**schema, "properties": {**schema["properties"], **named}}


@lru_cache(maxsize=4096)
def _schema(
    definition: Definition, requires: tuple[str, ...], accepts: tuple[str, ...], language: str
) -> dict[str, Any]:
    return Form.of(definition.fields, requires, accepts).json_schema(language, definition.organisation)


def _with_staff(schema: dict[str, Any], directory: Directory) -> dict[str, Any]:
    members = sorted(directory.staff.values(), key=lambda member: member.name)
    options: list[dict[str, object]] = [{"const": each.id, "title": each.name} for each in members]
    values: list[str | None] = [each.id for each in members]
    if "null" in schema["type"]:
        options.append({"const": None, "title": ""})
        values.append(None)
    return {**schema, "enum": values, "oneOf": options}


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
