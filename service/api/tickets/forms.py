"""Forms as JSON Schema, with the staff that can be chosen and examples of today."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from workflows.core import step_form
from workflows.core.commands import Actor
from workflows.core.handlers.available import TriggerOption
from workflows.core.input.evaluation_context import build_values
from workflows.core.people import Directory, Staff
from workflows.core.ticket import StepContext
from workflows.language.definition import Definition
from workflows.language.forms.examples import with_coming_examples
from workflows.language.forms.field import Field, FieldType
from workflows.timing.instants import Instant, to_datetime

MAX_LISTED_STAFF = 500  # of the staff, in a form


def build_step_form(
    context: StepContext, option: TriggerOption, actor: Actor, now: Instant, language: str
) -> dict[str, Any]:
    """The form of a step, as the ticket stands: what is valid for it, the step takes."""
    definition = context.definition
    values = build_values(context, context.ticket, actor, now)
    own = option.on_behalf is None
    schema = step_form.build_step_form(definition, option.transitions, values, language, actor_known=own)
    return complete_form(schema, definition, context.directory, now, context.calendar.zone)


def build_guest_form(
    context: StepContext, option: TriggerOption, actor: Actor, now: Instant, language: str
) -> dict[str, Any]:
    """The form of a step for a resident: the same, but nobody of the staff is named."""
    values = build_values(context, context.ticket, actor, now)
    schema = step_form.build_step_form(context.definition, option.transitions, values, language)
    return complete_form(schema, context.definition, None, now, context.calendar.zone)


def build_start_form(
    definition: Definition, language: str, directory: Directory | None, now: Instant, zone: ZoneInfo
) -> dict[str, Any]:
    """The form that opens a ticket. Without a `directory`, people are not listed."""
    return complete_form(step_form.build_start_form(definition, language), definition, directory, now, zone)


def build_guest_start_form(
    definition: Definition, language: str, now: Instant, zone: ZoneInfo
) -> dict[str, Any]:
    """The form that opens a ticket, for a resident: nobody of the staff is named, and what the process fixes
    for residents is not asked."""
    return complete_form(step_form.build_guest_start_form(definition, language), definition, None, now, zone)


def complete_form(
    schema: dict[str, Any], definition: Definition, directory: Directory | None, now: Instant, zone: ZoneInfo
) -> dict[str, Any]:
    """The form with what is of this site and day: its staff, and examples that lie ahead."""
    schema = with_coming_examples(schema, to_datetime(now, zone))
    if directory is None or len(directory.staff) > MAX_LISTED_STAFF:
        return schema
    named = {
        name: _list_staff(shape, definition.fields[name], directory)
        for name, shape in schema["properties"].items()
        if _asks_for_staff(definition.fields[name])
    }
    return {**schema, "properties": {**schema["properties"], **named}} if named else schema


def _asks_for_staff(field: Field) -> bool:
    return any(each.type is FieldType.STAFF for each in (field, *field.columns))


def _list_staff(shape: dict[str, Any], field: Field, directory: Directory) -> dict[str, Any]:
    """The schema of a staff field, or of a table with staff columns, with the people who can be chosen."""
    if field.type is FieldType.STAFF:
        return _with_staff(shape, eligible_staff(field, directory))
    row = shape["items"]
    columns = {
        column.name: _list_staff(row["properties"][column.name], column, directory)
        for column in field.columns
        if column.type is FieldType.STAFF and column.name in row["properties"]
    }
    return {**shape, "items": {**row, "properties": {**row["properties"], **columns}}}


def eligible_staff(field: Field, directory: Directory) -> tuple[Staff, ...]:
    """Who at the site may be chosen for a staff field, by name."""
    wanted = set(field.roles)
    everybody = sorted(directory.staff.values(), key=lambda member: member.name)
    return tuple(each for each in everybody if not wanted or each.roles(directory.site) & wanted)


def _with_staff(schema: dict[str, Any], members: Sequence[Staff]) -> dict[str, Any]:
    options: list[dict[str, object]] = [{"const": each.id, "title": each.name} for each in members]
    values: list[str | None] = [each.id for each in members]
    if "null" in schema["type"]:
        options.append({"const": None, "title": ""})
        values.append(None)
    return {**schema, "enum": values, "oneOf": options}
