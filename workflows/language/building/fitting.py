"""Whether what an expression answers may fill a field."""

from __future__ import annotations

from workflows.language.expressions.expression import Expression
from workflows.language.forms.field import LISTS, Field, FieldType

# What an expression must come to, to fill a field; texts for all other types.
_KINDS = {
    FieldType.NUMBER: "number",
    FieldType.MONEY: "number",
    FieldType.BOOLEAN: "boolean",
    FieldType.DATETIME: "instant",
}


def fits(value: Expression, field: Field) -> bool:
    """Whether an expression may fill a field, as far as can be told before it is worked out."""
    wanted = "list" if field.type in LISTS else _KINDS.get(field.type, "text")
    dated = field.type is FieldType.DATE and value.kind == "instant"  # the day it falls on
    return dated or value.kind in ("any", "null", wanted)
