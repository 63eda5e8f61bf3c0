"""Options and items that apply only to some tickets, and which of them are still missing."""

from __future__ import annotations

from typing import Any

from workflows.language.forms.field import Field, FieldType, Option
from workflows.language.forms.values import Values

DOCUMENT_TYPES = (FieldType.CHOICES, FieldType.CHECKLIST)
"""The types that `complete` may name: their applicable options must all be provided."""
PROVIDED = ("pass", "not-applicable")
"""The results by which an item of a checklist is provided."""


def applies(option: Option, values: Values) -> bool:
    """Whether the option applies to the ticket. A condition that cannot be evaluated counts as no."""
    return option.when is None or option.when.holds(values).holds


def find_missing_documents(field: Field, values: Values) -> tuple[Option, ...]:
    """The applicable options that have not been chosen; of a checklist, the applicable items that did not
    pass."""
    done = provided_documents(field, values.fields.get(field.name) or ())
    return tuple(
        option
        for option in (*field.options, *field.items)
        if option.value not in done and applies(option, values)
    )


def provided_documents(field: Field, answers: Any) -> frozenset[str]:
    """The options that `answers`, in stored form, choose; of a checklist, the items that did not fail."""
    if field.type is FieldType.CHECKLIST:
        return frozenset(row["item"] for row in answers if row.get("result") in PROVIDED)
    return frozenset(answers)
