"""Builds the settings of a company from settings.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workflows.language.builder.context import EMPTY_CONTEXT
from workflows.language.builder.draft import WorkflowDraft
from workflows.language.builder.fields import read_field
from workflows.language.builder.translations import find_untranslated_fields
from workflows.language.files.source import SourceFile
from workflows.language.files.yaml_parser import kind
from workflows.language.findings import Findings, KeyPath
from workflows.language.forms.field_types import SETTING_TYPES
from workflows.language.forms.setting import Setting
from workflows.language.schemas.fields import UNDERSCORES, NameField
from workflows.language.schemas.forms import SettingSchema
from workflows.language.schemas.load import load_entry
from workflows.sentence import Sentence, sentence_of

_SETTING_SCHEMA, _NAME = SettingSchema(), NameField(UNDERSCORES)


def read_settings(languages: Sequence[str], source: SourceFile, findings: Findings) -> dict[str, Setting]:
    """The settings by name. Those with errors are reported and left out; titles are asked for in the
    `languages`."""
    if source.data is None:
        return {}
    if not isinstance(source.data, dict):
        findings.add(
            (), Sentence("wrong-kind", "{kind} where a mapping of names belongs", kind=kind(source.data))
        )
        return {}
    settings = {
        name: _read_setting(name, raw, source, findings, languages) for name, raw in source.data.items()
    }
    return {name: setting for name, setting in settings.items() if setting is not None}


def _read_setting(
    name: str, raw: object, source: SourceFile, findings: Findings, languages: Sequence[str]
) -> Setting | None:
    path: KeyPath = (name,)
    schema_findings = source.new_findings()
    data = load_entry(raw, _SETTING_SCHEMA, path, schema_findings, _NAME)
    field = read_field(WorkflowDraft({}, schema_findings, findings, EMPTY_CONTEXT), name, data, path)
    findings.merge(schema_findings)
    for place, message in find_untranslated_fields({name: field}, (), languages):
        findings.add(place, message, key=True)
    if field.type not in SETTING_TYPES or field.personal:
        findings.add(
            (*path, "type"),
            Sentence(
                "field-type",
                "a setting is no {type} field; one of {setting_types} is needed",
                type=field.type,
                setting_types=", ".join(SETTING_TYPES),
            ),
        )
        return None
    return _build_setting(Setting(field=field, default=None), data, path, findings)


def _build_setting(
    setting: Setting, data: Mapping[str, Any], path: KeyPath, findings: Findings
) -> Setting | None:
    if "default" not in data:
        return None
    try:
        return Setting(field=setting.field, default=setting.parse(data["default"]))
    except ValueError as error:
        findings.add((*path, "default"), sentence_of(error, "type"))
        return None
