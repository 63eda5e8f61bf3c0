"""The marshmallow schemas of promises and clocks."""

from __future__ import annotations

from typing import Any

from workflows.language.schemas.common import INHERITED, names, titles
from workflows.language.schemas.containers import MappingField, NestedField, UnionField
from workflows.language.schemas.fields import (
    OPTION_NAMES,
    UNDERSCORES,
    DurationField,
    FlagField,
    NameField,
    OptionalDurationField,
    StrictSchema,
    TextField,
    WordField,
)


def within(**kwargs: Any) -> UnionField:
    """A duration, or one for each option of a choice field."""
    by_answer = MappingField(NameField(OPTION_NAMES), OptionalDurationField())
    return UnionField(DurationField(), by_answer, choose=lambda value: isinstance(value, dict), **kwargs)


def due(**kwargs: Any) -> UnionField:
    """A duration, or a mapping with more."""
    return UnionField(
        DurationField(), NestedField(DueSchema), choose=lambda value: isinstance(value, dict), **kwargs
    )


class DueSchema(StrictSchema):
    """When something is due. `by` is a field beside `within`; beside `before` it is a duration, or one for
    each answer of the field `per`."""

    grace = within()  # called before `within` below hides the function
    within = within()
    by = UnionField(
        TextField(),
        MappingField(NameField(OPTION_NAMES), OptionalDurationField()),
        choose=lambda value: isinstance(value, dict),
    )
    at = NameField(UNDERSCORES)
    before = NameField(UNDERSCORES)
    per = NameField(UNDERSCORES)


class ClockSchema(StrictSchema):
    """A clock that spans states."""

    title = titles()
    starts = names(single=True, required=True, metadata=INHERITED)
    stops = names(single=True)
    within = within()
    by = NameField(UNDERSCORES)
    due = due()
    pauses = FlagField()
    on_reopen = WordField(("continue", "restart"))
    restarts = names(single=True)
    escalation = NameField()
