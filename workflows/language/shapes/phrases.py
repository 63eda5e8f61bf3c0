"""What recurs in the shapes: titles, answers, names, formulas."""

from __future__ import annotations

from typing import Any

from workflows.language.forms.field import LANGUAGES
from workflows.language.shapes.fields import ANSWER, UNDERSCORES, Formula, Name, Text, Word
from workflows.language.shapes.groups import ByName, Rows

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
