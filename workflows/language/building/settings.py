"""Reads settings.yaml: what each site may decide for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from workflows.language.building.context import NOTHING
from workflows.language.building.draft import Draft
from workflows.language.building.fields import read_field
from workflows.language.building.wording import unworded_fields
from workflows.language.files.composing import kind
from workflows.language.files.source import Source
from workflows.language.forms.field import FieldType
from workflows.language.forms.setting import Setting
from workflows.language.problems import Path, Report
from workflows.language.shapes.fields import UNDERSCORES, Name
from workflows.language.shapes.forms import SettingShape
from workflows.language.shapes.shaping import fitted, is_about_key

TYPES = (
    FieldType.TEXT,
    FieldType.NUMBER,
    FieldType.MONEY,
    FieldType.DATE,
    FieldType.DATETIME,
    FieldType.BOOLEAN,
    FieldType.CHOICE,
    FieldType.CHOICES,
)
"""What a setting may hold: nothing about a person, and nothing that only one site could have as a default."""

_SHAPE, _NAME = SettingShape(), Name(UNDERSCORES)


def read_settings(source: Source, report: Report) -> dict[str, Setting]:
    """The settings by name. What is wrong goes to the report, and is left out."""
    if source.data is None:
        return {}
    if not isinstance(source.data, dict):
        report.add((), f"{kind(source.data)} where a mapping of names belongs")
        return {}
    found = {name: _setting(name, raw, source, report) for name, raw in source.data.items()}
    return {name: setting for name, setting in found.items() if setting is not None}


def _setting(name: str, raw: object, source: Source, report: Report) -> Setting | None:
    path: Path = (name,)
    shape = source.report()
    said, complaints = fitted(raw, _SHAPE, path)
    for place, message in (*_misnamed(name, path), *complaints):
        shape.add(place, message, key=is_about_key(message))
    field = read_field(Draft({}, shape, report, NOTHING), name, said, path)
    report.take(shape)
    for place, message in unworded_fields({name: field}, ()):
        report.add(place, message, key=True)
    if field.type not in TYPES or field.personal:
        report.add(
            (*path, "type"), f"a setting is no {field.type} field; one of {', '.join(TYPES)} is needed"
        )
        return None
    return _with_default(Setting(field=field, default=None), said, path, report)


def _misnamed(name: str, path: Path) -> list[tuple[Path, str]]:
    try:
        _NAME.read(name)
    except ValidationError as error:
        return [(path, str(message)) for message in error.messages]
    return []


def _with_default(setting: Setting, said: Mapping[str, Any], path: Path, report: Report) -> Setting | None:
    if "default" not in said:
        return None
    try:
        return Setting(field=setting.field, default=setting.read(said["default"]))
    except ValueError as error:
        report.add((*path, "default"), str(error))
        return None
