"""Papers: answers and items that apply only to some tickets, and which of them are still lacking."""

from __future__ import annotations

from typing import Any

from workflows.language.forms.field import Field, FieldType, Option
from workflows.language.forms.values import Values

PAPERED = (FieldType.CHOICES, FieldType.CHECKLIST)
"""The fields that a step may want complete."""
_DONE = ("pass", "not-applicable")


def applies(option: Option, values: Values) -> bool:
    """Whether the option means this ticket. A condition that cannot be answered counts as no."""
    return option.when is None or option.when.holds(values).holds


def lacking(field: Field, values: Values) -> tuple[Option, ...]:
    """The options that apply and have not been chosen; of a checklist, those items that did not pass."""
    done = _done(field, values.fields.get(field.name) or ())
    return tuple(
        option
        for option in (*field.options, *field.items)
        if option.value not in done and applies(option, values)
    )


def _done(field: Field, answers: Any) -> frozenset[str]:
    if field.type is FieldType.CHECKLIST:
        return frozenset(row["item"] for row in answers if row.get("result") in _DONE)
    return frozenset(answers)
