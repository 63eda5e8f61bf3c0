"""Reads registers.yaml: what a site keeps entries of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from workflows.language.building.context import Context
from workflows.language.building.draft import Draft
from workflows.language.building.fields import read_field
from workflows.language.building.wording import unworded_fields, unworded_title
from workflows.language.files.composing import kind
from workflows.language.files.source import Source
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.organisation import Organisation
from workflows.language.forms.register import Register
from workflows.language.problems import Path, Report
from workflows.language.shapes.fields import Name
from workflows.language.shapes.forms import RegisterShape
from workflows.language.shapes.shaping import fitted, is_about_key
from workflows.timing.durations import Duration, Unit

KEYS = (FieldType.TEXT, FieldType.UNIT)
"""What an entry may be named by."""
_NO_COLUMN = (FieldType.TABLE, FieldType.CHECKLIST, FieldType.ATTACHMENT)
_SHAPE, _NAME = RegisterShape(), Name()


def read_registers(organisation: Organisation, source: Source, report: Report) -> dict[str, Register]:
    """The registers by name. What is wrong goes to the report, and is left out."""
    if source.data is None:
        return {}
    if not isinstance(source.data, dict):
        report.add((), f"{kind(source.data)} where a mapping of names belongs")
        return {}
    found = {name: _register(name, raw, organisation, source, report) for name, raw in source.data.items()}
    return {name: register for name, register in found.items() if register is not None}


def _register(
    name: str, raw: object, organisation: Organisation, source: Source, report: Report
) -> Register | None:
    path: Path = (name,)
    shape = source.report()
    said, complaints = fitted(raw, _SHAPE, path)
    for place, message in (*_misnamed(name, path), *complaints):
        shape.add(place, message, key=is_about_key(message))
    draft = Draft({}, shape, report, Context(organisation=organisation))
    columns = said.get("fields_") or {}
    fields = {
        each: read_field(draft, each, spec or {}, (*path, "fields", each)) for each, spec in columns.items()
    }
    _check_columns(draft, fields, path)
    key = _key(draft, said.get("key"), fields, path)
    _check_roles(draft, said, fields, path)
    _check_retention(draft, said.get("retention"), fields, path)
    report.take(shape)
    _check_words(said, fields, path, report)
    if key is None:
        return None
    return Register(
        name=name,
        title=said.get("title") or {},
        key=key,
        fields=fields,
        readers=frozenset(role for role in said.get("readers") or () if role),
        writers=frozenset(role for role in said.get("writers") or () if role),
        retention=said.get("retention"),
    )


def _misnamed(name: str, path: Path) -> list[tuple[Path, str]]:
    try:
        _NAME.read(name)
    except ValidationError as error:
        return [(path, str(message)) for message in error.messages]
    return []


def _check_columns(draft: Draft, fields: Mapping[str, Field], path: Path) -> None:
    for name, field in fields.items():
        if field.type in _NO_COLUMN:
            draft.wrong(
                (*path, "fields", name, "type"), f"a column of a register holds one value, not a {field.type}"
            )


def _key(draft: Draft, name: str | None, fields: Mapping[str, Field], path: Path) -> str | None:
    """The column that names an entry: a short open text, for it stands in addresses and histories."""
    if not name or not draft.knows("column", name, fields, (*path, "key")):
        return None
    field = fields[name]
    if field.type not in KEYS or field.multiline:
        draft.wrong((*path, "key"), f"a key is one line of text; {name!r} is a {field.type} field")
        return None
    if field.personal:
        draft.wrong((*path, "key"), f"{name!r} is personal; a key is shown to everybody")
        return None
    return name


def _check_roles(draft: Draft, said: Mapping[str, Any], fields: Mapping[str, Field], path: Path) -> None:
    for key in ("readers", "writers"):
        for index, role in enumerate(said.get(key) or ()):
            if role:
                draft.knows_role(role, (*path, key, index))
    personal = [name for name, field in fields.items() if field.personal]
    if personal and not said.get("readers"):
        message = f"who may read the personal column {personal[0]!r}? Say `readers`"
        draft.wrong((*path, "fields", personal[0]), message, key=True)


def _check_retention(draft: Draft, said: Duration | None, fields: Mapping[str, Field], path: Path) -> None:
    if said is None:
        return
    if said.unit not in (Unit.DAYS, Unit.WEEKS):
        draft.wrong(
            (*path, "retention"), f"{said} is no time to keep papers; write days or weeks: `365 days`"
        )
    if not any(field.personal for field in fields.values()):
        draft.wrong((*path, "retention"), "there is no personal column to be erased", key=True)


def _check_words(said: Mapping[str, Any], fields: Mapping[str, Field], path: Path, report: Report) -> None:
    for place, message in (
        *unworded_title(said.get("title") or {}, path),
        *unworded_fields(fields, (*path, "fields")),
    ):
        report.add(place, message, key=True)
