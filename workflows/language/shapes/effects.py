"""The shapes of what a step brings about."""

from __future__ import annotations

from workflows.language.rulebooks import MARKS
from workflows.language.shapes.fields import (
    ANSWER,
    UNDERSCORES,
    Flag,
    Formula,
    Name,
    PeriodWords,
    Shape,
    Word,
)
from workflows.language.shapes.groups import Either, Inner, Leading, Plain, Rows
from workflows.language.shapes.phrases import formulas, titles
from workflows.language.shapes.turns import AllotShape


class EffectShape(Shape):
    """What every effect may carry."""

    when = Formula()


class AssignShape(EffectShape):
    assign = Either(
        Name(UNDERSCORES),
        Inner(AllotShape),
        choose=lambda value: isinstance(value, dict),
        required=True,
    )


class MarkShape(EffectShape):
    """What a roster is told."""

    roster = Name(required=True)
    mark = Word(MARKS, required=True)
    person = Name(UNDERSCORES, required=True)
    other = Name(UNDERSCORES)
    free = Formula(literal=True)
    days = Formula(literal=True)
    resting = Formula()
    into = Name(UNDERSCORES)


class NotifyShape(EffectShape):
    notify = Rows(Name(ANSWER), single=True, required=True)
    text = titles()
    urgent = Flag()


class OpenShape(EffectShape):
    open = Name(required=True)
    each = Formula()
    rows = Rows(Plain())
    order = Word(("sequence", "parallel"), data_key="in")
    values = formulas(data_key="with")
    link = Name(UNDERSCORES, data_key="as")


class ConvertShape(EffectShape):
    convert = Name(required=True)
    values = formulas(data_key="with")


class SetShape(EffectShape):
    field = Name(UNDERSCORES, data_key="set", required=True)
    value = Formula(literal=True, required=True)


class FireShape(EffectShape):
    fire = Name(required=True)
    on = Name(UNDERSCORES, required=True)
    values = formulas(data_key="with")


class AmendShape(EffectShape):
    amend = Name(UNDERSCORES, required=True)
    values = formulas(data_key="with", required=True)


class RaiseShape(EffectShape):
    what = Word(("priority",), data_key="raise", required=True)


class FiguresShape(EffectShape):
    """The figures of a report, kept in a field."""

    figures = Name(required=True)
    period = PeriodWords(required=True)
    into = Name(UNDERSCORES, required=True)


class RecordShape(EffectShape):
    record = Name(required=True)
    key = Formula(literal=True, required=True)
    each = Formula()
    values = formulas(data_key="with")


class StrikeShape(EffectShape):
    strike = Name(required=True)
    key = Formula(literal=True, required=True)
    each = Formula()


EFFECTS = {
    "assign": AssignShape,
    "notify": NotifyShape,
    "open": OpenShape,
    "convert": ConvertShape,
    "set": SetShape,
    "fire": FireShape,
    "amend": AmendShape,
    "raise": RaiseShape,
    "roster": MarkShape,
    "figures": FiguresShape,
    "record": RecordShape,
    "strike": StrikeShape,
}


def effects() -> Rows:
    """What a step brings about."""
    return Rows(Leading("effect", EFFECTS))
