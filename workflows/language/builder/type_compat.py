"""Whether the value of an expression may fill a field."""

from __future__ import annotations

from workflows.language.expressions.expression import Expression
from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.field_types import TRAITS


def is_compatible(value: Expression, field: Field) -> bool:
    """Whether an expression may fill a field, as far as its type tells."""
    dated = field.type is FieldType.DATE and value.kind == "instant"  # the local day of the instant is stored
    return dated or value.kind in ("any", "null", TRAITS[field.type].kind)
