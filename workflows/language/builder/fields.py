"""Builds the fields of a process from `fields`, and checks each against its type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.language.builder.draft import WorkflowDraft
from workflows.language.expressions.names import RESERVED_NAMES
from workflows.language.findings import KeyPath
from workflows.language.forms.field import Field, FieldType, Option, Titles, own_titles
from workflows.language.forms.field_types import LIST_TYPES, NUMBER_TYPES, PERSONAL_TYPES, TEXT_TYPES
from workflows.language.forms.pattern import PatternError, check_pattern, is_matchable
from workflows.language.forms.required_documents import DOCUMENT_TYPES
from workflows.language.schemas.common import WHEN
from workflows.language.schemas.schema_values import pick_given
from workflows.sentence import Sentence, sentence_of

CHOICE_TYPES = (FieldType.CHOICE, FieldType.CHOICES)

REASON = Field(
    name="reason",
    type=FieldType.TEXT,
    title=own_titles("Reason", "原因", "原因", "Motivo"),
    multiline=True,
    max=2_000,
)
SATISFIED = Field(
    name="satisfied",
    type=FieldType.BOOLEAN,
    title=own_titles("Satisfied", "是否满意", "是否滿意", "Satisfecho"),
)
PREDECLARED = {each.name: each for each in (REASON, SATISFIED)}
"""The fields that a process may use without declaring them."""

# Keys that only some types may have; all others are for every type.
_ALLOWED_TYPES = {
    "multiline": (FieldType.TEXT,),
    "min": (*TEXT_TYPES, *LIST_TYPES, *NUMBER_TYPES),
    "max": (*TEXT_TYPES, *LIST_TYPES, *NUMBER_TYPES),
    "pattern": TEXT_TYPES,
    "register": (FieldType.TEXT, FieldType.UNIT),
    "options": CHOICE_TYPES,
    "columns": (FieldType.TABLE,),
    "items": (FieldType.CHECKLIST,),
    "roles": (FieldType.STAFF,),
}
_REQUIRED_KEYS = {
    FieldType.CHOICE: "options",
    FieldType.CHOICES: "options",
    FieldType.TABLE: "columns",
}


def read_fields(draft: WorkflowDraft) -> dict[str, Field]:
    """The declared fields, and the predeclared ones."""
    declared = draft.data.get("fields_") or {}
    fields = {name: read_field(draft, name, raw or {}, ("fields", name)) for name, raw in declared.items()}
    if "record" in fields and (naming := [name for name, field in fields.items() if field.register]):
        message = Sentence(
            "reserved-name",
            "the entry that {naming!r} names is called `record`; give the field another name",
            naming=naming[0],
        )
        draft.report_error(("fields", "record"), message, key=True)
    return PREDECLARED | fields


def read_field(draft: WorkflowDraft, name: str, raw: Mapping[str, Any], path: KeyPath) -> Field:
    """One field; whatever does not fit its type is reported. What depends on other fields is added by
    `conditions`, when they are known."""
    kind = FieldType(raw.get("type") or FieldType.TEXT)
    _check_conditional(draft, kind, raw, path)
    if name in RESERVED_NAMES:
        draft.report_error(
            path,
            Sentence(
                "reserved-name",
                "{name!r} is a word of the expressions; give the field another name",
                name=name,
            ),
            key=True,
        )
    _check_keys(draft, kind, raw, path)
    _check_bounds(draft, kind, raw, path)
    columns = _read_columns(draft, raw, path)
    return Field(
        name=name,
        type=kind,
        title=raw.get("title") or {},
        personal=_is_personal(draft, kind, raw, columns, path),
        **pick_given(raw, "help", "multiline", "min", "max"),
        pattern=_read_pattern(draft, raw, path),
        options=_read_options(raw.get("options")),
        columns=columns,
        items=_read_options(raw.get("items")),
        register=_find_register(draft, raw, path),
        roles=_read_roles(draft, raw, path),
    )


def _read_roles(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> tuple[str, ...]:
    """The roles of which a staff field takes somebody: of our own people, not of clients."""
    roles = draft.context.organisation.roles
    named = tuple(raw.get("roles") or ())
    for index, name in enumerate(named):
        if draft.check_role(name, (*path, "roles", index)) and roles[name].outside:
            draft.report_error(
                (*path, "roles", index),
                Sentence("no-right", "{name!r} is no role of our own staff", name=name),
            )
    return named


def _find_register(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> str | None:
    """The register whose keys are the values of the field."""
    name: str | None = raw.get("register")
    if name is None or not draft.check_known("register", name, draft.context.registers, (*path, "register")):
        return None
    draft.used_company_names.add(f"register:{name}")
    return name


def _check_keys(draft: WorkflowDraft, kind: FieldType, raw: Mapping[str, Any], path: KeyPath) -> None:
    for key, types in _ALLOWED_TYPES.items():
        if key in raw and kind not in types:
            draft.report_error(
                (*path, key),
                Sentence(
                    "field-key",
                    "a {kind} field has no {key}; only {types} has",
                    kind=kind,
                    key=key,
                    types=", ".join(types),
                ),
                key=True,
            )
    needed = _REQUIRED_KEYS.get(kind)
    if needed and not raw.get(needed):
        draft.report_error(
            (*path, needed),
            Sentence("field-key", "a {kind} field needs {needed}", kind=kind, needed=needed),
            key=True,
        )


def _check_bounds(draft: WorkflowDraft, kind: FieldType, raw: Mapping[str, Any], path: KeyPath) -> None:
    least, most = raw.get("min"), raw.get("max")
    if least is not None and most is not None and least > most:
        draft.report_error(
            (*path, "min"), Sentence("range", "min {least} is more than max {most}", least=least, most=most)
        )
    if kind in NUMBER_TYPES:
        return
    for key in ("min", "max"):
        if (raw.get(key) or 0) < 0:
            draft.report_error(
                (*path, key), Sentence("range", "{key} bounds a length here; it cannot be negative", key=key)
            )


def _read_columns(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> tuple[Field, ...]:
    columns = raw.get("columns") or {}
    places = {name: (*path, "columns", name) for name in columns}
    for name, each in columns.items():
        if (each or {}).get("type") in (FieldType.TABLE, FieldType.CHECKLIST):
            draft.report_error(
                (*places[name], "type"),
                Sentence("field-type", "a column holds one value, not a list of them"),
            )
    return tuple(read_field(draft, name, each or {}, places[name]) for name, each in columns.items())


def _is_personal(
    draft: WorkflowDraft, kind: FieldType, raw: Mapping[str, Any], columns: tuple[Field, ...], path: KeyPath
) -> bool:
    """Whether the field is personal: as the file says, else by its type; a table with a personal column is
    personal as a whole."""
    private = [column.name for column in columns if column.personal]
    declared = raw.get("personal")
    if private and declared is False:
        draft.report_error(
            (*path, "personal"),
            Sentence(
                "personal-leak", "the column {private!r} is personal, so the table is", private=private[0]
            ),
        )
    return kind in PERSONAL_TYPES or bool(private) if declared is None else bool(declared)


def _read_pattern(draft: WorkflowDraft, raw: Mapping[str, Any], path: KeyPath) -> str | None:
    pattern: str | None = raw.get("pattern")
    if draft.stored and is_matchable(pattern or ""):
        return pattern
    try:
        check_pattern(pattern or "")
    except PatternError as error:
        draft.report_error((*path, "pattern"), sentence_of(error, "pattern"), within=(1, error.column))
        return None
    return pattern


def _read_options(raw: Mapping[str, Titles | None] | None) -> tuple[Option, ...]:
    """The options with their titles; their conditions are added when all fields are known."""
    return tuple(
        Option(value, {language: text for language, text in (titles or {}).items() if language != WHEN})
        for value, titles in (raw or {}).items()
    )


def _check_conditional(draft: WorkflowDraft, kind: FieldType, raw: Mapping[str, Any], path: KeyPath) -> None:
    """Report conditions and computed values anywhere but in a process's own fields of a type that may have
    them."""
    own = path[0] == "fields" and len(path) == 2
    if "value" in raw and not own:
        draft.report_error(
            (*path, "value"),
            Sentence("computed-field", "only a field of the process itself is worked out"),
            key=True,
        )
    if kind in DOCUMENT_TYPES and own:
        return
    for key in ("options", "items"):
        for value, titles in (raw.get(key) or {}).items():
            if WHEN in (titles or {}):
                message = Sentence(
                    "field-type",
                    "only options of a `choices` field and items of a `checklist` apply sometimes",
                )
                draft.report_error((*path, key, value, WHEN), message, key=True)
