"""What the files may say: the keys of a definition and the kinds of their values, declared once.

`reading` loads by these shapes and `schema` makes the editors' JSON Schema from them, so the two cannot
differ. What names refer to is judged afterwards.
"""

from __future__ import annotations

from typing import Any

from workflows.language.definition import Category
from workflows.language.forms.field import LANGUAGES, FieldType
from workflows.language.rulebooks import MARKS
from workflows.language.shapes.fields import (
    ANSWER,
    PRINTED,
    UNDERSCORES,
    Flag,
    Formula,
    Length,
    LengthOrNone,
    Literal,
    Name,
    PeriodWords,
    Shape,
    Text,
    Whole,
    Word,
)
from workflows.language.shapes.groups import ByName, Either, Inner, Leading, Plain, Rows
from workflows.language.shapes.turns import AllotShape, BookShape, RosterShape

WHEN = "when"  # beside an option's titles
INHERITED = {"inherited": True}  # what is needed, but may come from a shape: editors see one file only


def titles(**kwargs: Any) -> ByName:
    """A text in the four languages."""
    return ByName(Word(LANGUAGES), Text(), **kwargs)


def answers(**kwargs: Any) -> ByName:
    """The options of a choice, the items of a checklist: titles, and perhaps when they apply."""
    return ByName(Name(ANSWER), ByName(Word((*LANGUAGES, WHEN)), Text()), **kwargs)


def names(**kwargs: Any) -> Rows:
    """A list of names."""
    return Rows(Name(), **kwargs)


def field_names(**kwargs: Any) -> Rows:
    """A list of names of fields."""
    return Rows(Name(UNDERSCORES), **kwargs)


def formulas(**kwargs: Any) -> ByName:
    """Fields and the expressions that fill them."""
    return ByName(Name(UNDERSCORES), Formula(literal=True), **kwargs)


def within(**kwargs: Any) -> Either:
    """A duration, or one for each answer of a choice."""
    by_answer = ByName(Name(ANSWER), LengthOrNone())
    return Either(Length(), by_answer, choose=lambda value: isinstance(value, dict), **kwargs)


def due(**kwargs: Any) -> Either:
    """A duration, or a mapping that says more."""
    return Either(Length(), Inner(DueShape), choose=lambda value: isinstance(value, dict), **kwargs)


class FieldShape(Shape):
    """A field of the forms."""

    type = Word(tuple(FieldType), required=True, metadata=INHERITED)
    title = titles()
    help = titles()
    personal = Flag()
    multiline = Flag()
    min = Whole()
    max = Whole()
    pattern = Text()
    options = answers()
    columns = ByName(Name(UNDERSCORES), Inner(lambda: FieldShape()))
    items = answers()
    value = Formula(literal=True)
    register = Name()


class ColumnShape(Shape):
    """A column of a register."""

    type = Word(tuple(FieldType), required=True)
    title = titles(required=True)
    help = titles()
    personal = Flag()
    multiline = Flag()
    min = Whole()
    max = Whole()
    pattern = Text()
    options = answers()


class RegisterShape(Shape):
    """What a site keeps entries of."""

    title = titles(required=True)
    key = Name(UNDERSCORES, required=True)
    fields_ = ByName(Name(UNDERSCORES), Inner(ColumnShape), data_key="fields", required=True)
    readers = names()
    writers = names()


class SettingShape(Shape):
    """What each site may decide for itself."""

    type = Word(tuple(FieldType), required=True)
    title = titles(required=True)
    help = titles()
    multiline = Flag()
    min = Whole()
    max = Whole()
    pattern = Text()
    options = answers()
    default = Literal(required=True)


class OwnerShape(Shape):
    """Who has the next move."""

    role = Name()
    department = Name(UNDERSCORES)
    staff = Name(UNDERSCORES)


class DueShape(Shape):
    """When something is due. `by` is a field beside `within`, a duration (one for each answer of the field
    `per`) beside `before`."""

    grace = within()  # the function: before the name means the key
    within = within()
    by = Either(Text(), ByName(Name(ANSWER), LengthOrNone()), choose=lambda value: isinstance(value, dict))
    at = Name(UNDERSCORES)
    before = Name(UNDERSCORES)
    per = Name(UNDERSCORES)


class StateShape(Shape):
    """Where a ticket can stand."""

    title = titles()
    category = Word(tuple(Category))
    owner = Inner(OwnerShape)
    due = due()
    escalation = Name()


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


class StartShape(Shape):
    """How a ticket comes to be."""

    state = Name(required=True, metadata=INHERITED)
    roles = names()
    requires = field_names()
    accepts = field_names()
    complete = field_names()
    guard = Formula()
    effects = effects()


class RowShape(Shape):
    """One row of the table of transitions."""

    trigger = Name(required=True)
    title = titles()
    sources = names(single=True, data_key="from", required=True)
    to = Name()
    roles = names()
    requires = field_names()
    accepts = field_names()
    complete = field_names()
    guard = Formula()
    effects = effects()
    auto = Flag()


class ClockShape(Shape):
    """A promise that spans states."""

    title = titles()
    starts = names(single=True, required=True, metadata=INHERITED)
    stops = names(single=True)
    within = within()
    by = Name(UNDERSCORES)
    due = due()
    pauses = Flag()
    on_reopen = Word(("continue", "restart"))
    restarts = names(single=True)
    escalation = Name()


class PassesShape(Shape):
    passes = Name(required=True)
    before = Name(required=True)


class SeparateShape(Shape):
    separate = names(required=True)


class ScenarioShape(Shape):
    """A story; its steps are judged by `stories`."""

    name = Text(required=True)
    at = Text(required=True)
    settings = Plain()
    staff = ByName(Name(), Name())
    registers = ByName(Name(), Rows(Plain()))
    steps = Rows(Plain(), required=True)


class ExpectShape(Shape):
    """What a story expects to find."""

    state = Name()
    category = Word(tuple(Category))
    blocked = names()
    escalated_to = names()
    told = names()
    data = Plain()
    overdue = Flag()
    children = Whole()
    visits = ByName(Name(), Whole())
    converted = Name()
    may = ByName(Name(), names())
    assignee = Name()
    roster = Inner(BookShape)
    registers = ByName(Name(), Plain())


class ChildShape(Shape):
    """Which child a story goes on with."""

    link = Name(UNDERSCORES, required=True)
    index = Whole()


class ClientShape(Shape):
    """The fields that tell whom to notify outside the company."""

    name = Name(UNDERSCORES)
    contact = Name(UNDERSCORES)


class PrintShape(Shape):
    """A paper that a ticket can be printed as."""

    title = titles(required=True)
    size = Word(("a4", "a5"))
    fields_ = Rows(Name(PRINTED), data_key="fields")
    each = Name(UNDERSCORES)
    children = ByName(Name(UNDERSCORES), field_names())
    signatures = Rows(titles())
    note = titles()
    when = Formula()


class VisibleShape(Shape):
    """Whom tickets exist for."""

    to = names(required=True)
    when = Formula()


class WorkflowShape(Shape):
    """A whole file: one process."""

    workflow = Name(required=True)
    like = names(single=True)
    title = titles(required=True)
    purpose = Text(required=True)
    covers = Rows(Text(longest=20))
    numbering = Text(longest=60, required=True)
    calendar = Name(required=True, metadata=INHERITED)
    summary = Name(UNDERSCORES)
    client = Inner(ClientShape)
    readers = names()
    prints = ByName(Name(), Inner(PrintShape))
    visible = Inner(VisibleShape)
    retention = Length()
    fields_ = ByName(Name(UNDERSCORES), Inner(FieldShape), data_key="fields")
    start = Inner(StartShape, required=True, metadata=INHERITED)
    states = ByName(Name(), Inner(StateShape), required=True, metadata=INHERITED)
    transitions = Rows(Inner(RowShape), required=True, metadata=INHERITED)
    clocks = ByName(Name(), Inner(ClockShape))
    rosters = ByName(Name(), Inner(RosterShape))
    children = field_names()
    invariants = Rows(Leading("invariant", {"passes": PassesShape, "separate": SeparateShape}))
    scenarios = Rows(Inner(ScenarioShape))


class PartsShape(WorkflowShape):
    """An entry of shapes.yaml: any part of a process but what makes it this one."""

    class Meta(WorkflowShape.Meta):
        exclude = ("workflow", "like", "title", "purpose", "covers", "numbering", "rosters", "scenarios")


class RoleShape(Shape):
    """A post of the organisation."""

    title = titles(required=True)
    superior = Name()
    outside = Flag()


class TitledShape(Shape):
    """What calendars and escalations have in common; the rest of them `timing` reads."""

    title = titles(required=True)


class OrganisationShape(Shape):
    """organisation.yaml."""

    roles = ByName(Name(), Inner(RoleShape), required=True)
    departments = ByName(Name(), titles(), required=True)
