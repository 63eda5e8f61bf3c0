"""What a condition wants of one value, as JSON Schema of that value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from workflows.folding import VISIBLE
from workflows.language.conditions.condition import JsonSchema
from workflows.language.forms.field import Field, FieldType, Option
from workflows.language.forms.field_types import LIST_TYPES
from workflows.language.forms.required_documents import PROVIDED

NULL: JsonSchema = {"type": "null"}
_FREE_TEXTS = (FieldType.TEXT, FieldType.UNIT, FieldType.PERSON)
# Values of these types are stored as they are sent, so that a constant is one value.
_EXACT = (
    FieldType.BOOLEAN,
    FieldType.CHOICE,
    FieldType.NUMBER,
    FieldType.STAFF,
    FieldType.DEPARTMENT,
)
_BOUNDS = {"_<_": "exclusiveMaximum", "_<=_": "maximum", "_>_": "exclusiveMinimum", "_>=_": "minimum"}
OPPOSITE = {"_<_": "_>=_", "_<=_": "_>_", "_>_": "_<=_", "_>=_": "_<_"}
MIRRORED = {"_<_": "_>_", "_<=_": "_>=_", "_>_": "_<_", "_>=_": "_<=_"}


def filled_schema(field: Field) -> JsonSchema:
    """The value is not empty."""
    if field.type in LIST_TYPES:
        return {"type": "array", "minItems": 1}
    if field.type in _FREE_TEXTS:
        return {"type": "string", "pattern": VISIBLE}
    return {"not": NULL}


def empty_schema(field: Field) -> JsonSchema:
    """The value is empty: the opposite of `filled_schema`."""
    return {"not": filled_schema(field)} if field.type in (*_FREE_TEXTS, *LIST_TYPES) else NULL


def constant_schema(field: Field, value: object) -> JsonSchema | None:
    """The value equals `value`, which is not null; None if JSON Schema cannot say so."""
    shown = _json_value(value)
    return {"const": shown} if field.type in _EXACT and shown is not None else None


def options_schema(field: Field, values: list[Any]) -> JsonSchema | None:
    """The value is one of `values`; None if JSON Schema cannot say so."""
    shown = [_json_value(value) for value in values]
    return {"enum": shown} if field.type in _EXACT and None not in shown else None


def bound_schema(field: Field, sign: str, limit: object) -> JsonSchema | None:
    """The value stands in the relation `sign` to `limit`; None if JSON Schema cannot say so: amounts, days
    and instants are texts."""
    shown = _json_value(limit)
    if field.type is not FieldType.NUMBER or isinstance(shown, bool | str) or shown is None:
        return None
    return {"type": "number", _BOUNDS[sign]: shown}


def provided_schema(field: Field, option: Option) -> JsonSchema:
    """The option is chosen, or the item of a checklist passed or not applicable."""
    if field.type is FieldType.CHOICES:
        return {"type": "array", "contains": {"const": option.value}}
    return _with_row({"item": {"const": option.value}, "result": {"enum": list(PROVIDED)}})


def listed_schema(option: Option) -> JsonSchema:
    """The item of a checklist was looked at, whatever the result."""
    return _with_row({"item": {"const": option.value}})


def _with_row(cells: Mapping[str, JsonSchema]) -> JsonSchema:
    row = {"type": "object", "properties": dict(cells), "required": list(cells)}
    return {"type": "array", "contains": row}


def _json_value(value: object) -> object:
    """The value as a form sends it; None if it has no such form."""
    match value:
        case bool() | str():
            return value
        case int():
            return value
        case Decimal() | Fraction():
            return int(value) if value == int(value) else float(value)
        case datetime():
            return None
    return None
