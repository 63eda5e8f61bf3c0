"""The marshmallow schemas of effects."""

from __future__ import annotations

from workflows.language.reception_rulebooks import ROSTER_MARKS
from workflows.language.schemas.common import formulas, titles
from workflows.language.schemas.containers import (
    KeyedField,
    ListField,
    NestedField,
    RawMappingField,
    UnionField,
)
from workflows.language.schemas.fields import (
    OPTION_NAMES,
    UNDERSCORES,
    ExpressionField,
    FlagField,
    NameField,
    PeriodField,
    StrictSchema,
    WordField,
)
from workflows.language.schemas.rosters import AssignByRosterSchema


class EffectSchema(StrictSchema):
    """The keys that every effect may have."""

    when = ExpressionField()


class AssignSchema(EffectSchema):
    assign = UnionField(
        NameField(UNDERSCORES),
        NestedField(AssignByRosterSchema),
        choose=lambda value: isinstance(value, dict),
        required=True,
    )


class MarkSchema(EffectSchema):
    """A mark in a roster."""

    roster = NameField(required=True)
    mark = WordField(ROSTER_MARKS, required=True)
    person = NameField(UNDERSCORES, required=True)
    other = NameField(UNDERSCORES)
    free = ExpressionField(literal=True)
    days = ExpressionField(literal=True)
    resting = ExpressionField()
    into = NameField(UNDERSCORES)


class NotifySchema(EffectSchema):
    """Tells people; `text` may name open fields (`{appointment}`), and clauses for them (`[ at {place}]`)."""

    notify = ListField(NameField(OPTION_NAMES), single=True, required=True)
    text = titles()
    urgent = FlagField()


class OpenChildSchema(EffectSchema):
    open = NameField(required=True)
    each = ExpressionField()
    rows = ListField(RawMappingField())
    order = WordField(("sequence", "parallel"), data_key="in")
    values = formulas(data_key="with")
    link = NameField(UNDERSCORES, data_key="as")


class ConvertSchema(EffectSchema):
    convert = NameField(required=True)
    values = formulas(data_key="with")


class SetSchema(EffectSchema):
    field = NameField(UNDERSCORES, data_key="set", required=True)
    value = ExpressionField(literal=True, required=True)


class FireSchema(EffectSchema):
    fire = NameField(required=True)
    on = NameField(UNDERSCORES, required=True)
    values = formulas(data_key="with")


class AmendSchema(EffectSchema):
    amend = NameField(UNDERSCORES, required=True)
    values = formulas(data_key="with", required=True)


class RaiseSchema(EffectSchema):
    raised = WordField(("priority",), data_key="raise", required=True)


class LowerSchema(EffectSchema):
    lowered = WordField(("priority",), data_key="lower", required=True)


class FiguresSchema(EffectSchema):
    """The figures of a report, stored in a field."""

    figures = NameField(required=True)
    period = PeriodField(required=True)
    into = NameField(UNDERSCORES, required=True)


class RecordSchema(EffectSchema):
    record = NameField(required=True)
    key = ExpressionField(literal=True, required=True)
    each = ExpressionField()
    values = formulas(data_key="with")


class StrikeSchema(EffectSchema):
    strike = NameField(required=True)
    key = ExpressionField(literal=True, required=True)
    each = ExpressionField()


EFFECTS = {
    "assign": AssignSchema,
    "notify": NotifySchema,
    "open": OpenChildSchema,
    "convert": ConvertSchema,
    "set": SetSchema,
    "fire": FireSchema,
    "amend": AmendSchema,
    "raise": RaiseSchema,
    "lower": LowerSchema,
    "roster": MarkSchema,
    "figures": FiguresSchema,
    "record": RecordSchema,
    "strike": StrikeSchema,
}


def effects() -> ListField:
    """The list of the effects of a step."""
    return ListField(KeyedField("effect", EFFECTS))
