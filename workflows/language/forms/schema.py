"""A form as JSON Schema 2020-12, exact enough for a client to fill it in without any other knowledge.

The schema is never laxer than the form, except for check digits, days that a month does not have, and the
bounds of an amount. It is stricter where a field asks more of a telephone, an address or an identity number:
that is asked of the value as it is stored, so the schema takes it only so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from workflows.folding import VISIBLE
from workflows.language.forms.field import Field, FieldType, Option, Titles, localize
from workflows.language.forms.field_types import TRAITS, most_characters
from workflows.language.forms.organisation import Organisation
from workflows.language.forms.pattern import is_portable
from workflows.language.forms.value_fields import (
    CONTROLS,
    DATETIME,
    EMAIL,
    EXTENSION,
    MAX_EMAIL,
    MAX_NUMBER,
    MONEY,
)
from workflows.registry import complete

JsonObject = dict[str, Any]
SchemaBuilder = Callable[[Field, bool, str, Organisation | None], JsonObject]

_PHONE = rf"^ *\(?\+?([ ()-]*[0-9]){{5,20}}[ ()-]*({EXTENSION})? *$"
_ID_NUMBER = r"^([0-9]{17}[0-9Xx]|(?![0-9]{17}[0-9Xx]$)[A-Za-z0-9]{5,20})$"
_STORED: Mapping[str, tuple[str, ...]] = {
    _PHONE: (r"^\+?[0-9]{5,20}(;ext=[0-9]{1,8})?$",),
    f"^{EMAIL}$": (f"^{EMAIL}$", "@[^A-Z]*$"),
    _ID_NUMBER: (_ID_NUMBER, "^[^a-z]*$"),
}
"""Pattern of what may be sent -> patterns of what is stored of it."""
_NO_BLANK = r"^(?![\s\S]*\s)"  # also at the end, where some engines let `$` pass over a line feed
_DATE = r"^(19[0-9]{2}|2[01][0-9]{2}|2200)-[0-9]{2}-[0-9]{2}$"
_DATETIME = f"^(?=197[1-9]|19[89][0-9]|2[01][0-9]{{2}}){DATETIME}$"  # the outermost years hang on the offset
_FILE: JsonObject = {
    "type": "string",
    "format": "uuid",
    "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
    "description": "the id of a file that was uploaded to the ticket, or by you for one that is not open yet",
    "x-upload": "/api/attachments",
}
_EXAMPLES: Mapping[FieldType, Any] = {
    FieldType.PHONE: "+86 138 0013 8000",
    FieldType.EMAIL: "li.example@example.com",
    FieldType.ID_NUMBER: "11010519491231002X",
    FieldType.DATE: "2026-03-02",
    FieldType.DATETIME: "2026-03-02T09:00:00+08:00",
    FieldType.MONEY: "1280.50",
    FieldType.UNIT: "3-2-1201",
    FieldType.PERSON: "李明",
}


def json_schema(
    fields: Iterable[Field], requires: Sequence[str], language: str, organisation: Organisation | None = None
) -> JsonObject:
    """The JSON Schema of a form with these `fields`; titles in `language`, or in English if they lack it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {f.name: field_schema(f, f.name in requires, language, organisation) for f in fields},
        "required": list(requires),
        "additionalProperties": False,
    }


def field_schema(
    field: Field, required: bool, language: str, organisation: Organisation | None = None
) -> JsonObject:
    """The JSON Schema of one field. A value that is not required may be null."""
    schema: JsonObject = {"title": localize(field.title, language) or field.name}
    if field.help:
        schema["description"] = localize(field.help, language)
    schema |= _BUILDERS[field.type](field, required, language, organisation)
    if not required:
        _allow_null(schema)
    plain = field.register is None and (field.type is FieldType.MONEY or not _asks_more(field))
    if field.type in _EXAMPLES and plain:
        schema["examples"] = [_example(field)]
    if field.register is not None:
        schema["x-register"] = field.register
    return schema | {"x-type": field.type.value, "x-personal": field.personal}


def _example(field: Field) -> object:
    """An example of the type; of an amount, one within the bounds of the field."""
    example = _EXAMPLES[field.type]
    if field.type is not FieldType.MONEY:
        return example
    least, most = field.min, field.max
    if least is not None and Decimal(example) < least:
        return f"{least}.00"
    return f"{most}.00" if most is not None and Decimal(example) > most else example


def _allow_null(schema: JsonObject) -> None:
    types = schema["type"]
    schema["type"] = [*(types if isinstance(types, list) else [types]), "null"]
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
        schema["oneOf"] = [*schema["oneOf"], {"const": None, "title": ""}]


def _text(field: Field, required: bool, _language: str, _organisation: Organisation | None) -> JsonObject:
    schema: JsonObject = {"type": "string", "maxLength": _max_length(field)}
    controls = CONTROLS if field.multiline else CONTROLS + r"\r"
    patterns = [f"^[^{controls}]*$"]
    if field.min or required:
        schema["minLength"] = field.min or 1
        trimmed = field.min and field.min > 1 and not field.multiline  # blanks at the ends do not count
        patterns.append(rf"\S[\s\S]{{{(field.min or 2) - 2},}}\S" if trimmed else VISIBLE)
    if field.pattern and is_portable(field.pattern):
        patterns += (
            [f"^(?:{field.pattern})$"] if field.multiline else [f"^(?:{field.pattern})$", r"^\S([\s\S]*\S)?$"]
        )
    return schema | {"allOf": [{"pattern": pattern} for pattern in patterns]}


def _max_length(field: Field) -> int:
    return most_characters(field)


def _pattern_schema(pattern: str, **more: object) -> SchemaBuilder:
    def shape(
        field: Field, _required: bool, _language: str, _organisation: Organisation | None
    ) -> JsonObject:
        if pattern not in _STORED or not _asks_more(field):
            return {"type": "string", "minLength": 1, "pattern": pattern, **more}
        patterns = [_NO_BLANK, *_STORED[pattern]]
        if field.pattern and is_portable(field.pattern):
            patterns.append(f"^(?:{field.pattern})$")
        bounds = {"minLength": field.min or 1, "maxLength": most_characters(field)}
        return {"type": "string", **more, **bounds, "allOf": [{"pattern": each} for each in patterns]}

    return shape


def _asks_more(field: Field) -> bool:
    """Whether a field has a pattern or lengths of its own."""
    return bool(field.pattern) or field.min is not None or field.max is not None


def _number(field: Field, _required: bool, _language: str, _organisation: Organisation | None) -> JsonObject:
    return {"type": "number"} | _bounds(field, MAX_NUMBER)


def _money(field: Field, _required: bool, _language: str, _organisation: Organisation | None) -> JsonObject:
    sign = "" if field.min is not None and field.min >= 0 else "-?"
    return {"type": ["string", "integer"], "pattern": f"^{sign}{MONEY.removeprefix('-?')}$"} | _bounds(
        field, 10**12 - 1
    )


def _bounds(field: Field, largest: int) -> JsonObject:
    least = -largest if field.min is None else max(field.min, -largest)
    return {"minimum": least, "maximum": largest if field.max is None else min(field.max, largest)}


def _boolean(
    _field: Field, _required: bool, _language: str, _organisation: Organisation | None
) -> JsonObject:
    return {"type": "boolean"}


def _choice(field: Field, _required: bool, language: str, _organisation: Organisation | None) -> JsonObject:
    return {"type": "string"} | _one_of({option.value: option.title for option in field.options}, language)


def _department(field: Field, required: bool, language: str, organisation: Organisation | None) -> JsonObject:
    if organisation is None:
        return _text(field, required, language, organisation)
    return {"type": "string"} | _one_of(organisation.departments, language)


def _one_of(options: Mapping[str, Titles], language: str) -> JsonObject:
    shown = [
        {"const": value, "title": localize(title, language) or value} for value, title in options.items()
    ]
    return {"enum": list(options), "oneOf": shown}


def _choices(field: Field, required: bool, language: str, organisation: Organisation | None) -> JsonObject:
    return _list(field, required, _choice(field, True, language, organisation)) | {"uniqueItems": True}


def _files(field: Field, required: bool, _language: str, _organisation: Organisation | None) -> JsonObject:
    return _list(field, required, _FILE)


def _rows(field: Field, required: bool, language: str, organisation: Organisation | None) -> JsonObject:
    needed = ["item", "result"] if field.type is FieldType.CHECKLIST else []
    row = {
        "type": "object",
        "properties": {
            p.name: _part_schema(field, p, p.name in needed, language, organisation) for p in field.parts
        },
        "required": needed,
        "additionalProperties": False,
    }
    return _list(field, required, row)


def _part_schema(
    field: Field, part: Field, needed: bool, language: str, organisation: Organisation | None
) -> JsonObject:
    schema = field_schema(part, needed, language, organisation)
    if part.name not in field.attachment_parts or part.type is FieldType.ATTACHMENT:
        return schema
    own = {name: schema[name] for name in ("title", "x-personal")}  # a checklist's photo is one file
    return {**own, **_FILE, "type": ["string", "null"], "x-type": FieldType.ATTACHMENT.value}


def _checks(field: Field, required: bool, language: str, organisation: Organisation | None) -> JsonObject:
    schema = _rows(field, required, language, organisation)
    if field.items:
        schema["allOf"] = [_item_schema(item, required and item.when is None) for item in field.items]
    return schema


def _item_schema(item: Option, required: bool) -> JsonObject:
    row = {"type": "object", "properties": {"item": {"const": item.value}}, "required": ["item"]}
    return {"contains": row, "minContains": int(required), "maxContains": 1}


def _list(field: Field, required: bool, items: JsonObject) -> JsonObject:
    most = TRAITS[field.type].most
    limits = [limit for limit in (field.max, most) if limit is not None]
    schema: JsonObject = {"type": "array", "items": items}
    least = max(field.min or 0, int(required))
    if least and not required:  # an empty list counts as no answer
        schema["anyOf"] = [{"maxItems": 0}, {"minItems": least}]
    else:
        schema["minItems"] = least
    return schema | ({"maxItems": min(limits)} if limits else {})


_BUILDERS: Mapping[FieldType, SchemaBuilder] = complete(
    FieldType,
    {
        FieldType.TEXT: _text,
        FieldType.NUMBER: _number,
        FieldType.MONEY: _money,
        FieldType.DATE: _pattern_schema(_DATE, format="date"),
        FieldType.DATETIME: _pattern_schema(_DATETIME, format="date-time"),
        FieldType.BOOLEAN: _boolean,
        FieldType.CHOICE: _choice,
        FieldType.CHOICES: _choices,
        FieldType.PHONE: _pattern_schema(_PHONE, maxLength=40),
        FieldType.EMAIL: _pattern_schema(f"^{EMAIL}$", format="email", maxLength=MAX_EMAIL),
        FieldType.ID_NUMBER: _pattern_schema(_ID_NUMBER),
        FieldType.UNIT: _text,
        FieldType.PERSON: _text,
        FieldType.STAFF: _text,
        FieldType.DEPARTMENT: _department,
        FieldType.ATTACHMENT: _files,
        FieldType.TABLE: _rows,
        FieldType.CHECKLIST: _checks,
        FieldType.FIGURES: lambda *_: {"type": "object", "readOnly": True},
    },
    "forms.schema._SHAPES",
)
