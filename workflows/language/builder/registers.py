"""Builds the registers of a company from registers.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from workflows.language.builder.context import CompanyContext
from workflows.language.builder.draft import WorkflowDraft
from workflows.language.builder.fields import read_field
from workflows.language.builder.translations import find_untranslated_fields, find_untranslated_title
from workflows.language.files.source import SourceFile
from workflows.language.files.yaml_parser import kind
from workflows.language.findings import Findings, KeyPath
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.field_types import TRAITS
from workflows.language.forms.organisation import Organisation
from workflows.language.forms.register import Register
from workflows.language.schemas.forms import RegisterSchema
from workflows.language.schemas.load import load_entry
from workflows.language.schemas.schema_values import list_items, locate_items, pick_given
from workflows.sentence import Sentence
from workflows.timing.durations import Duration, Unit

KEY_TYPES = (FieldType.TEXT, FieldType.UNIT)
"""The types that a key column may have."""
_REGISTER_SCHEMA = RegisterSchema()


def read_registers(
    organisation: Organisation, languages: tuple[str, ...], source: SourceFile, findings: Findings
) -> dict[str, Register]:
    """The registers by name. Those with errors are reported and left out; titles are asked for in the
    `languages`."""
    if source.data is None:
        return {}
    if not isinstance(source.data, dict):
        findings.add(
            (), Sentence("wrong-kind", "{kind} where a mapping of names belongs", kind=kind(source.data))
        )
        return {}
    context = CompanyContext(organisation=organisation, languages=languages)
    registers = {
        name: _read_register(name, raw, context, source, findings) for name, raw in source.data.items()
    }
    return {name: register for name, register in registers.items() if register is not None}


def _read_register(
    name: str, raw: object, context: CompanyContext, source: SourceFile, findings: Findings
) -> Register | None:
    path: KeyPath = (name,)
    schema_findings = source.new_findings()
    data = load_entry(raw, _REGISTER_SCHEMA, path, schema_findings)
    draft = WorkflowDraft({}, schema_findings, findings, context)
    columns = data.get("fields_") or {}
    fields = {
        each: read_field(draft, each, spec or {}, (*path, "fields", each)) for each, spec in columns.items()
    }
    _check_columns(draft, fields, path)
    key = _read_key(draft, data.get("key"), fields, path)
    _check_roles(draft, data, fields, path)
    _check_retention(draft, data.get("retention"), fields, path)
    findings.merge(schema_findings)
    _check_titles(data, fields, path, findings, context.languages)
    if key is None:
        return None
    fields[key] = replace(fields[key], key=True)
    return Register(
        name=name,
        title=data.get("title") or {},
        key=key,
        fields=fields,
        readers=frozenset(list_items(data, "readers")),
        writers=frozenset(list_items(data, "writers")),
        **pick_given(data, "retention"),
    )


def _check_columns(draft: WorkflowDraft, fields: Mapping[str, Field], path: KeyPath) -> None:
    for name, field in fields.items():
        if not TRAITS[field.type].column:
            draft.report_error(
                (*path, "fields", name, "type"),
                Sentence(
                    "field-type", "a column of a register holds one value, not a {type}", type=field.type
                ),
            )


def _read_key(
    draft: WorkflowDraft, name: str | None, fields: Mapping[str, Field], path: KeyPath
) -> str | None:
    """The key column: a short text that is not personal, since it is shown in addresses and histories."""
    if not name or not draft.check_known("column", name, fields, (*path, "key")):
        return None
    field = fields[name]
    if field.type not in KEY_TYPES or field.multiline:
        draft.report_error(
            (*path, "key"),
            Sentence(
                "type", "a key is one line of text; {name!r} is a {type} field", name=name, type=field.type
            ),
        )
        return None
    if field.personal:
        draft.report_error(
            (*path, "key"),
            Sentence("personal-leak", "{name!r} is personal; a key is shown to everybody", name=name),
        )
        return None
    return name


def _check_roles(
    draft: WorkflowDraft, data: Mapping[str, Any], fields: Mapping[str, Field], path: KeyPath
) -> None:
    for key in ("readers", "writers"):
        for place, role in locate_items(data, key, path):
            draft.check_role(role, place)
    personal = [name for name, field in fields.items() if field.personal]
    if personal and not data.get("readers"):
        message = Sentence(
            "personal-leak",
            "who may read the personal column {personal!r}? Say `readers`",
            personal=personal[0],
        )
        draft.report_error((*path, "fields", personal[0]), message, key=True)


def _check_retention(
    draft: WorkflowDraft, retention: Duration | None, fields: Mapping[str, Field], path: KeyPath
) -> None:
    if retention is None:
        return
    if retention.unit not in (Unit.DAYS, Unit.WEEKS):
        draft.report_error(
            (*path, "retention"),
            Sentence(
                "duration",
                "{retention} is no time to keep papers; write days or weeks: `365 days`",
                retention=retention,
            ),
        )
    if not any(field.personal for field in fields.values()):
        draft.report_error(
            (*path, "retention"),
            Sentence("misplaced-key", "there is no personal column to be erased"),
            key=True,
        )


def _check_titles(
    data: Mapping[str, Any],
    fields: Mapping[str, Field],
    path: KeyPath,
    findings: Findings,
    languages: Sequence[str],
) -> None:
    for place, message in (
        *find_untranslated_title(data.get("title") or {}, path, languages),
        *find_untranslated_fields(fields, (*path, "fields"), languages),
    ):
        findings.add(place, message, key=True)
