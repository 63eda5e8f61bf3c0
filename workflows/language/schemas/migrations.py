"""The marshmallow schemas of a migration plan."""

from __future__ import annotations

from typing import Any

from workflows.language.migration_plan import CLOCK_POLICIES, CONVERSIONS, DROP
from workflows.language.schemas.containers import ListField, MappingField, NestedField, UnionField
from workflows.language.schemas.fields import (
    OPTION_NAMES,
    UNDERSCORES,
    IntegerField,
    NameField,
    StrictSchema,
    TextField,
    WordField,
)

ANY, LATEST = "any", "latest"


def _is_text(value: Any) -> int:
    return 0 if isinstance(value, str) else 1


def _options(**kwargs: Any) -> MappingField:
    return MappingField(NameField(OPTION_NAMES), NameField(OPTION_NAMES), **kwargs)


class FieldMoveSchema(StrictSchema):
    """A field that goes on under a name, converted to another type or with other options."""

    to = NameField(UNDERSCORES)
    convert = WordField(CONVERSIONS)
    options = _options()


class ProcessMoveSchema(StrictSchema):
    """How the tickets of one process move to another version."""

    process = NameField(required=True)
    from_ = UnionField(
        WordField((ANY,)),
        ListField(IntegerField(least=1), single=True),
        choose=_is_text,
        data_key="from",
        required=True,
    )
    to = UnionField(WordField((LATEST,)), IntegerField(least=1), choose=_is_text, required=True)
    states = MappingField(NameField(), NameField())
    fields_ = MappingField(
        NameField(UNDERSCORES),
        UnionField(
            NameField((f"{DROP}|{UNDERSCORES[0]}", UNDERSCORES[1])),
            NestedField(FieldMoveSchema),
            choose=_is_text,
        ),
        data_key="fields",
    )
    options = MappingField(NameField(UNDERSCORES), _options())
    clocks = MappingField(TextField(), WordField(CLOCK_POLICIES))
    roles = MappingField(NameField(), NameField())


class MigrationSchema(ProcessMoveSchema):
    """A plan by which open tickets move to another version of their process."""

    because = TextField(required=True)
    also = ListField(NestedField(ProcessMoveSchema))
