"""The shapes of what is promised: when something is due, and the clocks."""

from __future__ import annotations

from typing import Any

from workflows.language.shapes.fields import (
    ANSWER,
    UNDERSCORES,
    Flag,
    Length,
    LengthOrNone,
    Name,
    Shape,
    Text,
    Word,
)
from workflows.language.shapes.groups import ByName, Either, Inner
from workflows.language.shapes.phrases import INHERITED, names, titles


def within(**kwargs: Any) -> Either:
    """A duration, or one for each answer of a choice."""
    by_answer = ByName(Name(ANSWER), LengthOrNone())
    return Either(Length(), by_answer, choose=lambda value: isinstance(value, dict), **kwargs)


def due(**kwargs: Any) -> Either:
    """A duration, or a mapping that says more."""
    return Either(Length(), Inner(DueShape), choose=lambda value: isinstance(value, dict), **kwargs)


class DueShape(Shape):
    """When something is due. `by` is a field beside `within`, a duration (one for each answer of the field
    `per`) beside `before`."""

    grace = within()  # the function: before the name means the key
    within = within()
    by = Either(Text(), ByName(Name(ANSWER), LengthOrNone()), choose=lambda value: isinstance(value, dict))
    at = Name(UNDERSCORES)
    before = Name(UNDERSCORES)
    per = Name(UNDERSCORES)


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
