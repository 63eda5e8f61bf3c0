"""What the files may say: the keys of a definition and the kinds of their values, declared once.

`reading` loads by these shapes and `schema` makes the editors' JSON Schema from them, so the two cannot
differ. What names refer to is judged afterwards.
"""

from __future__ import annotations

from workflows.language.definition import Category
from workflows.language.shapes.effects import effects
from workflows.language.shapes.fields import (
    PRINTED,
    UNDERSCORES,
    Flag,
    Formula,
    Length,
    Name,
    Shape,
    Text,
    Word,
)
from workflows.language.shapes.forms import FieldShape
from workflows.language.shapes.groups import ByName, Inner, Leading, Rows
from workflows.language.shapes.phrases import INHERITED, field_names, names, titles
from workflows.language.shapes.promises import ClockShape, due
from workflows.language.shapes.stories import ScenarioShape
from workflows.language.shapes.turns import RosterShape


class OwnerShape(Shape):
    """Who has the next move."""

    role = Name()
    department = Name(UNDERSCORES)
    staff = Name(UNDERSCORES)


class StateShape(Shape):
    """Where a ticket can stand."""

    title = titles()
    category = Word(tuple(Category))
    owner = Inner(OwnerShape)
    due = due()
    escalation = Name()


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


class PassesShape(Shape):
    passes = Name(required=True)
    before = Name(required=True)


class SeparateShape(Shape):
    separate = names(required=True)


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
