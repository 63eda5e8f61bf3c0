"""Personal answers for those who may not read them: enough to tell two apart, not enough to use."""

from __future__ import annotations

from workflows.language.forms.field import Field, FieldType

HIDDEN = "***"


def mask(field: Field, value: object) -> str:
    """What is shown instead of `value`: `138****0000`, `李*`, `3****************X`; else `***`."""
    if value is None or value == "":
        return ""
    if not isinstance(value, str):
        return HIDDEN
    if field.type is FieldType.PERSON:
        return f"{value[0]}*"
    if field.type is FieldType.PHONE:
        return f"{value[:3]}****{value[-4:]}" if len(value) >= 11 else f"{HIDDEN}{value[-2:]}"
    if field.type is FieldType.ID_NUMBER:
        return f"{value[0]}{'*' * (len(value) - 2)}{value[-1]}"
    return HIDDEN
