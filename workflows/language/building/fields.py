"""Reads `fields`: each fits its type, and what a type needs is there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from workflows.language.building.draft import Draft
from workflows.language.expressions.names import RESERVED_NAMES
from workflows.language.forms.field import LISTS, Field, FieldType, Option, Titles
from workflows.language.forms.papers import PAPERED
from workflows.language.problems import Path
from workflows.language.shapes.phrases import WHEN

TEXTS = (FieldType.TEXT, FieldType.PHONE, FieldType.ID_NUMBER, FieldType.UNIT, FieldType.PERSON)
NUMBERS = (FieldType.NUMBER, FieldType.MONEY)
PERSONAL = (FieldType.PHONE, FieldType.ID_NUMBER, FieldType.PERSON)
CHOICES = (FieldType.CHOICE, FieldType.CHOICES)

REASON = Field(
    name="reason",
    type=FieldType.TEXT,
    title={"en": "Reason", "zh-Hans": "原因", "zh-Hant": "原因", "es": "Motivo"},
    multiline=True,
    max=2_000,
)
SATISFIED = Field(
    name="satisfied",
    type=FieldType.BOOLEAN,
    title={"en": "Satisfied", "zh-Hans": "是否满意", "zh-Hant": "是否滿意", "es": "Satisfecho"},
)
PREDECLARED = {each.name: each for each in (REASON, SATISFIED)}
"""Fields that need not be declared."""

# Which types may have a key; the others have all of them.
_ONLY = {
    "multiline": (FieldType.TEXT,),
    "min": (*TEXTS, *LISTS, *NUMBERS),
    "max": (*TEXTS, *LISTS, *NUMBERS),
    "pattern": TEXTS,
    "register": (FieldType.TEXT, FieldType.UNIT),
    "options": CHOICES,
    "columns": (FieldType.TABLE,),
    "items": (FieldType.CHECKLIST,),
}
_NEEDED = {
    FieldType.CHOICE: "options",
    FieldType.CHOICES: "options",
    FieldType.TABLE: "columns",
}


def read_fields(draft: Draft) -> dict[str, Field]:
    """The fields that are declared, and the predeclared ones."""
    declared = draft.said.get("fields_") or {}
    found = {name: read_field(draft, name, raw or {}, ("fields", name)) for name, raw in declared.items()}
    if "record" in found and (naming := [name for name, field in found.items() if field.register]):
        message = f"the entry that {naming[0]!r} names is called `record`; give the field another name"
        draft.wrong(("fields", "record"), message, key=True)
    return PREDECLARED | found


def read_field(draft: Draft, name: str, raw: Mapping[str, Any], path: Path) -> Field:
    """One field, with a complaint for all of it that does not fit its type. What of it hangs on other fields
    is read by `conditions`, when they are known."""
    kind = FieldType(raw.get("type") or FieldType.TEXT)
    _check_hanging(draft, kind, raw, path)
    if name in RESERVED_NAMES:
        draft.wrong(path, f"{name!r} is a word of the expressions; give the field another name", key=True)
    _check_keys(draft, kind, raw, path)
    _check_bounds(draft, kind, raw, path)
    columns = _columns(draft, raw, path)
    return Field(
        name=name,
        type=kind,
        title=raw.get("title") or {},
        help=raw.get("help") or {},
        personal=_personal(draft, kind, raw, columns, path),
        multiline=raw.get("multiline") or False,
        min=raw.get("min"),
        max=raw.get("max"),
        pattern=_pattern(draft, raw, path),
        options=_options(raw.get("options")),
        columns=columns,
        items=_options(raw.get("items")),
        register=_register(draft, raw, path),
    )


def _register(draft: Draft, raw: Mapping[str, Any], path: Path) -> str | None:
    """The register whose keys the field takes."""
    name: str | None = raw.get("register")
    if name is None or not draft.knows("register", name, draft.context.registers, (*path, "register")):
        return None
    draft.spoken.add(f"register:{name}")
    return name


def _check_keys(draft: Draft, kind: FieldType, raw: Mapping[str, Any], path: Path) -> None:
    for key, types in _ONLY.items():
        if key in raw and kind not in types:
            draft.wrong((*path, key), f"a {kind} field has no {key}; only {', '.join(types)} has", key=True)
    needed = _NEEDED.get(kind)
    if needed and not raw.get(needed):
        draft.wrong((*path, needed), f"a {kind} field needs {needed}", key=True)


def _check_bounds(draft: Draft, kind: FieldType, raw: Mapping[str, Any], path: Path) -> None:
    least, most = raw.get("min"), raw.get("max")
    if least is not None and most is not None and least > most:
        draft.wrong((*path, "min"), f"min {least} is more than max {most}")
    if kind in NUMBERS:
        return
    for key in ("min", "max"):
        if (raw.get(key) or 0) < 0:
            draft.wrong((*path, key), f"{key} bounds a length here; it cannot be negative")


def _columns(draft: Draft, raw: Mapping[str, Any], path: Path) -> tuple[Field, ...]:
    columns = raw.get("columns") or {}
    places = {name: (*path, "columns", name) for name in columns}
    for name, each in columns.items():
        if (each or {}).get("type") in (FieldType.TABLE, FieldType.CHECKLIST):
            draft.wrong((*places[name], "type"), "a column holds one value, not a list of them")
    return tuple(read_field(draft, name, each or {}, places[name]) for name, each in columns.items())


def _personal(
    draft: Draft, kind: FieldType, raw: Mapping[str, Any], columns: tuple[Field, ...], path: Path
) -> bool:
    """As it is said; else by the type, and a table with a personal column is personal as a whole."""
    private = [column.name for column in columns if column.personal]
    said = raw.get("personal")
    if private and said is False:
        draft.wrong((*path, "personal"), f"the column {private[0]!r} is personal, so the table is")
    return kind in PERSONAL or bool(private) if said is None else bool(said)


def _pattern(draft: Draft, raw: Mapping[str, Any], path: Path) -> str | None:
    pattern: str | None = raw.get("pattern")
    try:
        re.compile(pattern or "")
    except (re.error, OverflowError, RecursionError) as error:
        draft.wrong((*path, "pattern"), f"no regular expression: {error}")
        return None
    return pattern


def _options(raw: Mapping[str, Titles | None] | None) -> tuple[Option, ...]:
    """The answers with their titles; when they apply is read when all fields are known."""
    return tuple(
        Option(value, {language: text for language, text in (said or {}).items() if language != WHEN})
        for value, said in (raw or {}).items()
    )


def _check_hanging(draft: Draft, kind: FieldType, raw: Mapping[str, Any], path: Path) -> None:
    """Whether conditions and computed values stand only in a process's own fields, and where they mean
    something."""
    own = path[0] == "fields" and len(path) == 2
    if "value" in raw and not own:
        draft.wrong((*path, "value"), "only a field of the process itself is worked out", key=True)
    if kind in PAPERED and own:
        return
    for key in ("options", "items"):
        for value, said in (raw.get(key) or {}).items():
            if WHEN in (said or {}):
                message = "only options of a `choices` field and items of a `checklist` apply sometimes"
                draft.wrong((*path, key, value, WHEN), message, key=True)
