"""Personal answers for those who may not read them: enough to tell two apart, not enough to use."""

from __future__ import annotations

from workflows.language.forms.field import Field, FieldType

HIDDEN = "***"


def mask(field: Field, value: object) -> str:
    """What is shown instead of `value`: `138****0000`, `李*`, `l***@e***`, `3************X`; else `***`."""
    if value is None or value == "":
        return ""
    if not isinstance(value, str):
        return HIDDEN
    if field.type is FieldType.PERSON:
        return f"{value[0]}*"
    if field.type is FieldType.PHONE:
        return _mask_phone(value)
    if field.type is FieldType.EMAIL:
        return _mask_email(value)
    if field.type is FieldType.ID_NUMBER:
        return f"{value[0]}{'*' * (len(value) - 2)}{value[-1]}"
    return HIDDEN


def mask_address(address: str) -> str:
    """What is shown of the address of a letter: `138****0000`, `l***@e***`, and of a URL its scheme only,
    since the rest is a secret of its service."""
    scheme, rest, _ = address.partition("://")
    if rest:
        return f"{scheme}://{HIDDEN}"
    if not address:
        return ""
    return _mask_email(address) if "@" in address else _mask_phone(address)


def _mask_phone(number: str) -> str:
    number = number.partition(";")[0]  # an extension would stand where the last digits are shown
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 11 else f"{HIDDEN}{number[-2:]}"


def _mask_email(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain[:1]}***"
