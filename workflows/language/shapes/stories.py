"""The shapes of a scenario; its steps are judged by `building.stories`."""

from __future__ import annotations

from workflows.language.definition import Category
from workflows.language.shapes.fields import UNDERSCORES, Flag, Name, Shape, Text, Whole, Word
from workflows.language.shapes.groups import ByName, Inner, Plain, Rows
from workflows.language.shapes.phrases import names
from workflows.language.shapes.turns import BookShape


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
