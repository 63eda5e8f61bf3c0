"""The schema of an import map: keys and types."""

from __future__ import annotations

from typing import Any

from service.imports.cells.numbers import DECIMAL_MARKS
from workflows.language.schemas.containers import KeyedField, ListField, MappingField, NestedField, UnionField
from workflows.language.schemas.fields import (
    UNDERSCORES,
    FlagField,
    NameField,
    StrictSchema,
    TextField,
    ValueField,
    WordField,
)

DAY_FIRST, MONTH_FIRST = "day-first", "month-first"
IGNORE = "ignore"  # an activity that brings no step about


class Scalar(ValueField):
    """A text, a number, true or false."""

    wanted = "a text, a number, true or false"

    def read(self, value: Any) -> str | int | float | bool:
        if not isinstance(value, str | int | float | bool):
            raise self.wrong_kind(value)
        return value


class LineNumber(ValueField):
    """A line number, from 1."""

    wanted = "the number of a line"

    def read(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self.wrong_kind(value)
        return value


def _is_mapping(value: Any) -> bool:
    return isinstance(value, dict)


def condition_field(**kwargs: Any) -> UnionField:
    """A column that must be filled in, or a mapping with a condition."""
    shapes: dict[str, Any] = {
        "all": lambda: AllConditionsSchema(),
        "any": lambda: AnyConditionSchema(),
        "not": lambda: NotConditionSchema(),
        "column": lambda: ColumnConditionSchema(),
    }
    return UnionField(TextField(), KeyedField("condition", shapes), choose=_is_mapping, **kwargs)


class ColumnSourceSchema(StrictSchema):
    """The source of a field's value."""

    column = TextField()
    join = ListField(TextField())
    first = ListField(TextField())
    empty = ListField(Scalar(), single=True)
    separator = Scalar()
    value = Scalar()
    times = ListField(TextField(), single=True)
    map = MappingField(TextField(), Scalar())
    otherwise = Scalar()
    unmapped = WordField(("refuse", "keep"))
    slug = FlagField()
    default = Scalar()
    unlisted = WordField(("refuse", "empty"))
    after_step = FlagField()


def sources_field(**kwargs: Any) -> MappingField:
    """Fields, each with its column or a mapping with details."""
    return MappingField(
        NameField(UNDERSCORES),
        UnionField(TextField(), NestedField(ColumnSourceSchema), choose=_is_mapping),
        **kwargs,
    )


class ColumnConditionSchema(StrictSchema):
    """A condition on a column: it says one of a few words; without `equals`, it is filled in."""

    column = TextField(required=True)
    equals = ListField(Scalar(), single=True)


class AllConditionsSchema(StrictSchema):
    """All of several conditions hold."""

    all = ListField(condition_field(), required=True)


class AnyConditionSchema(StrictSchema):
    """At least one of several conditions holds."""

    any = ListField(condition_field(), required=True)


class NotConditionSchema(StrictSchema):
    """A condition does not hold."""

    not_ = condition_field(data_key="not", required=True)


class ActorColumnSchema(StrictSchema):
    """The actor is named in a column by account."""

    column = TextField(required=True)


class ActorAccountSchema(StrictSchema):
    """The actor is always this member of staff."""

    account = TextField(required=True)


def actor_field(**kwargs: Any) -> UnionField:
    """The actor: a column with names, or a mapping with details."""
    shapes: dict[str, Any] = {"column": ActorColumnSchema, "account": ActorAccountSchema}
    return UnionField(TextField(), KeyedField("way to say who acted", shapes), choose=_is_mapping, **kwargs)


class ImportOpeningSchema(StrictSchema):
    """When tickets were opened, in which role and by whom."""

    at = TextField(required=True)
    role = NameField(required=True, data_key="as")
    by = actor_field()
    note = TextField()


class ImportStepSchema(StrictSchema):
    """A step that a row describes."""

    trigger = NameField(required=True)
    at = TextField(required=True)
    role = NameField(data_key="as")
    by = actor_field()
    when = condition_field()
    fields_ = sources_field(data_key="fields")
    note = TextField()


class ImportEventSchema(StrictSchema):
    """The step for an activity of an event log."""

    trigger = NameField(required=True)
    role = NameField(data_key="as")
    by = actor_field()
    fields_ = sources_field(data_key="fields")
    note = TextField()


class ChildrenShape(StrictSchema):
    """The further rows of a key: children of the first one's ticket, each identified by more columns."""

    link = NameField(UNDERSCORES, required=True)
    workflow = NameField(required=True)
    key = ListField(TextField(), single=True, required=True)
    open = NestedField(ImportOpeningSchema, required=True)
    fields_ = sources_field(data_key="fields")
    steps = ListField(NestedField(ImportStepSchema))


class ImportMapSchema(StrictSchema):
    """A map of an import: which column of a list becomes what on a ticket."""

    name = NameField(required=True)
    workflow = NameField(required=True)
    key = ListField(TextField(), single=True)
    case = ListField(TextField(), single=True)
    order = TextField()
    activity = ListField(TextField(), single=True)
    encoding = TextField()
    delimiter = TextField()
    sheet = TextField()
    header = LineNumber()
    decimal = WordField(DECIMAL_MARKS)
    dates = WordField((DAY_FIRST, MONTH_FIRST))
    empty = ListField(Scalar(), single=True)
    update = FlagField()
    separation_waived = TextField()
    zone = TextField()
    times = ListField(TextField(), single=True)
    backwards = WordField(("refuse", "hold"))
    open = NestedField(ImportOpeningSchema, required=True)
    fields_ = sources_field(data_key="fields")
    steps = ListField(NestedField(ImportStepSchema))
    children = NestedField(ChildrenShape)
    events = MappingField(
        TextField(), UnionField(NameField(), NestedField(ImportEventSchema), choose=_is_mapping)
    )
