"""A form as JSON Schema 2020-12: what it takes, so exactly that a client needs nothing else to fill it in.

What it says is never laxer than the form itself, but for check digits, days that the month does not have, and
the bounds of an amount.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from workflows.language.forms.answers import (
    CONTROLS,
    LARGEST,
    LENGTHS,
    LONG_TEXT,
    MOMENT,
    MONEY,
    MOST,
    REFERENCE,
)
from workflows.language.forms.field import Field, FieldType, Option, Titles
from workflows.language.forms.organisation import Organisation

Json = dict[str, Any]
Shape = Callable[[Field, bool, str, Organisation | None], Json]

_PHONE = r"^ *\(?\+?([ ()-]*[0-9]){5,20}[ ()-]*$"
_ID_NUMBER = r"^([0-9]{17}[0-9Xx]|(?![0-9]{17}[0-9Xx]$)[A-Za-z0-9]{5,20})$"
_YEARS = r"^(19[0-9]{2}|2[01][0-9]{2}|2200)-[0-9]{2}-[0-9]{2}$"
_MOMENT = f"^(?=197[1-9]|19[89][0-9]|2[01][0-9]{{2}}){MOMENT}$"  # the outermost years hang on the offset
_EXAMPLES: Mapping[FieldType, Any] = {
    FieldType.PHONE: "+86 138 0013 8000",
    FieldType.ID_NUMBER: "11010519491231002X",
    FieldType.DATE: "2026-03-02",
    FieldType.DATETIME: "2026-03-02T09:00:00+08:00",
    FieldType.MONEY: "1280.50",
    FieldType.UNIT: "3-2-1201",
    FieldType.PERSON: "李明",
}


def json_schema(
    fields: Iterable[Field], requires: Sequence[str], language: str, organisation: Organisation | None = None
) -> Json:
    """The schema of a form of `fields`, titles in `language` (English where it lacks)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {f.name: field_schema(f, f.name in requires, language, organisation) for f in fields},
        "required": list(requires),
        "additionalProperties": False,
    }


def field_schema(
    field: Field, required: bool, language: str, organisation: Organisation | None = None
) -> Json:
    """The schema of one field. What is not required may be null."""
    schema: Json = {"title": spoken(field.title, language) or field.name}
    if field.help:
        schema["description"] = spoken(field.help, language)
    schema |= _SHAPES[field.type](field, required, language, organisation)
    if not required:
        _allow_null(schema)
    if field.type in _EXAMPLES and not field.pattern:
        schema["examples"] = [_EXAMPLES[field.type]]
    if field.register is not None:
        schema["x-register"] = field.register
    return schema | {"x-type": field.type.value, "x-personal": field.personal}


def spoken(titles: Titles, language: str) -> str:
    """The text in `language`, else in English, else in any."""
    return titles.get(language) or titles.get("en") or next(iter(titles.values()), "")


def _allow_null(schema: Json) -> None:
    types = schema["type"]
    schema["type"] = [*(types if isinstance(types, list) else [types]), "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
        schema["oneOf"] = [*schema["oneOf"], {"const": None, "title": ""}]


def _text(field: Field, required: bool, _language: str, _organisation: Organisation | None) -> Json:
    schema: Json = {"type": "string", "maxLength": _longest(field)}
    controls = CONTROLS if field.multiline else CONTROLS + r"\r"
    patterns = [f"^[^{controls}]*$"]
    if field.min or required:
        schema["minLength"] = field.min or 1
        trimmed = field.min and field.min > 1 and not field.multiline  # blanks at the ends do not count
        patterns.append(rf"\S[\s\S]{{{(field.min or 2) - 2},}}\S" if trimmed else r"\S")
    if field.pattern:
        patterns += (
            [f"^(?:{field.pattern})$"] if field.multiline else [f"^(?:{field.pattern})$", r"^\S([\s\S]*\S)?$"]
        )
    return schema | {"allOf": [{"pattern": pattern} for pattern in patterns]}


def _longest(field: Field) -> int:
    return field.max or (LONG_TEXT if field.multiline else LENGTHS[field.type])


def _patterned(pattern: str, **more: object) -> Shape:
    def shape(_field: Field, _required: bool, _language: str, _organisation: Organisation | None) -> Json:
        return {"type": "string", "minLength": 1, "pattern": pattern, **more}

    return shape


def _number(field: Field, _required: bool, _language: str, _organisation: Organisation | None) -> Json:
    return {"type": "number"} | _bounds(field, LARGEST)


def _money(field: Field, _required: bool, _language: str, _organisation: Organisation | None) -> Json:
    sign = "" if field.min is not None and field.min >= 0 else "-?"
    return {"type": ["string", "integer"], "pattern": f"^{sign}{MONEY.removeprefix('-?')}$"} | _bounds(
        field, 10**12 - 1
    )


def _bounds(field: Field, largest: int) -> Json:
    least = -largest if field.min is None else max(field.min, -largest)
    return {"minimum": least, "maximum": largest if field.max is None else min(field.max, largest)}


def _boolean(_field: Field, _required: bool, _language: str, _organisation: Organisation | None) -> Json:
    return {"type": "boolean"}


def _choice(field: Field, _required: bool, language: str, _organisation: Organisation | None) -> Json:
    return {"type": "string"} | _one_of({option.value: option.title for option in field.options}, language)


def _department(field: Field, required: bool, language: str, organisation: Organisation | None) -> Json:
    if organisation is None:
        return _text(field, required, language, organisation)
    return {"type": "string"} | _one_of(organisation.departments, language)


def _one_of(options: Mapping[str, Titles], language: str) -> Json:
    shown = [{"const": value, "title": spoken(title, language) or value} for value, title in options.items()]
    return {"enum": list(options), "oneOf": shown}


def _choices(field: Field, required: bool, language: str, organisation: Organisation | None) -> Json:
    return _list(field, required, _choice(field, True, language, organisation)) | {"uniqueItems": True}


def _files(field: Field, required: bool, _language: str, _organisation: Organisation | None) -> Json:
    reference = Field(name="file", type=FieldType.TEXT, title={}, max=REFERENCE)
    return _list(field, required, _text(reference, True, "", None))


def _rows(field: Field, required: bool, language: str, organisation: Organisation | None) -> Json:
    needed = ["item", "result"] if field.type is FieldType.CHECKLIST else []
    row = {
        "type": "object",
        "properties": {
            p.name: field_schema(p, p.name in needed, language, organisation) for p in field.parts
        },
        "required": needed,
        "additionalProperties": False,
    }
    return _list(field, required, row)


def _checks(field: Field, required: bool, language: str, organisation: Organisation | None) -> Json:
    schema = _rows(field, required, language, organisation)
    if field.items:
        schema["allOf"] = [_once(item, required and item.when is None) for item in field.items]
    return schema


def _once(item: Option, required: bool) -> Json:
    row = {"type": "object", "properties": {"item": {"const": item.value}}, "required": ["item"]}
    return {"contains": row, "minContains": int(required), "maxContains": 1}


def _list(field: Field, required: bool, items: Json) -> Json:
    most = MOST.get(field.type)
    limits = [limit for limit in (field.max, most) if limit is not None]
    schema: Json = {"type": "array", "items": items, "minItems": max(field.min or 0, int(required))}
    return schema | ({"maxItems": min(limits)} if limits else {})


_SHAPES: Mapping[FieldType, Shape] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.MONEY: _money,
    FieldType.DATE: _patterned(_YEARS, format="date"),
    FieldType.DATETIME: _patterned(_MOMENT, format="date-time"),
    FieldType.BOOLEAN: _boolean,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.PHONE: _patterned(_PHONE, maxLength=40),
    FieldType.ID_NUMBER: _patterned(_ID_NUMBER),
    FieldType.UNIT: _text,
    FieldType.PERSON: _text,
    FieldType.STAFF: _text,
    FieldType.DEPARTMENT: _department,
    FieldType.ATTACHMENT: _files,
    FieldType.TABLE: _rows,
    FieldType.CHECKLIST: _checks,
    FieldType.FIGURES: lambda *_: {"type": "object", "readOnly": True},
}
