"""What a map may say: its keys and the kinds of their values."""

from __future__ import annotations

from typing import Any

from workflows.language.shapes.fields import UNDERSCORES, Flag, Name, Piece, Shape, Text, Word
from workflows.language.shapes.groups import ByName, Either, Inner, Rows

IGNORE = "ignore"  # an activity that brings no step about


class Scalar(Piece):
    """A text, a number, true or false."""

    wanted = "a text, a number, true or false"

    def read(self, value: Any) -> str | int | float | bool:
        if not isinstance(value, str | int | float | bool):
            raise self.refuse(value)
        return value


def _mapping(value: Any) -> bool:
    return isinstance(value, dict)


class SourceShape(Shape):
    """Where the value of a field comes from."""

    column = Text()
    join = Rows(Text())
    separator = Scalar()
    value = Scalar()
    times = Rows(Text(), single=True)
    map = ByName(Text(), Scalar())
    otherwise = Scalar()
    slug = Flag()
    default = Scalar()
    unlisted = Word(("refuse", "empty"))


def sources(**kwargs: Any) -> ByName:
    """Fields, each with its column or a mapping that says more."""
    return ByName(Name(UNDERSCORES), Either(Text(), Inner(SourceShape), choose=_mapping), **kwargs)


class WhenShape(Shape):
    """When a step was taken: a column is filled in, or says one of a few words."""

    column = Text(required=True)
    equals = Rows(Scalar(), single=True)


class OpenShape(Shape):
    """When, in which role and by whom tickets were opened."""

    at = Text(required=True)
    role = Name(required=True, data_key="as")
    by = Text()
    note = Text()


class StepShape(Shape):
    """A step that a row tells of."""

    trigger = Name(required=True)
    at = Text(required=True)
    role = Name(data_key="as")
    by = Text()
    when = Either(Text(), Inner(WhenShape), choose=_mapping)
    fields_ = sources(data_key="fields")
    note = Text()


class EventShape(Shape):
    """The step that an activity stands for."""

    trigger = Name(required=True)
    role = Name(data_key="as")
    by = Text()
    fields_ = sources(data_key="fields")
    note = Text()


class MapShape(Shape):
    """A whole map."""

    name = Name(required=True)
    workflow = Name(required=True)
    key = Text()
    case = Text()
    order = Text()
    activity = Text()
    encoding = Text()
    delimiter = Text()
    zone = Text()
    times = Rows(Text(), single=True)
    backwards = Word(("refuse", "hold"))
    open = Inner(OpenShape, required=True)
    fields_ = sources(data_key="fields")
    steps = Rows(Inner(StepShape))
    events = ByName(Text(), Either(Name(), Inner(EventShape), choose=_mapping))
