"""What the files may say of rosters: the keys and the kinds of their values."""

from __future__ import annotations

from typing import Any

from workflows.language.forms.field import LANGUAGES
from workflows.language.rulebooks import CHOICES, LEAVES, REPORTS, RULEBOOKS, STRATEGIES
from workflows.language.shapes.fields import (
    ANSWER,
    UNDERSCORES,
    Flag,
    Formula,
    Name,
    Shape,
    Text,
    Whole,
    Word,
)
from workflows.language.shapes.groups import ByName, Rows


def _names(**kwargs: Any) -> Rows:
    return Rows(Name(), **kwargs)


class AllotShape(Shape):
    """By which strategy somebody is chosen."""

    to = Name(required=True)
    by = Word(STRATEGIES, required=True)
    roster = Name()
    occasion = Name(ANSWER)
    named = Name(UNDERSCORES)
    designated = Name(UNDERSCORES)
    partners = Rows(Name(UNDERSCORES))
    into = Name(UNDERSCORES)
    belongs_to = Name(UNDERSCORES)


class RosterShape(Shape):
    """A roster, and how its rulebook is read."""

    title = ByName(Word(LANGUAGES), Text())
    members = Name(required=True)
    kept_by = _names()
    led_by = _names()
    rulebook = Word(tuple(RULEBOOKS))
    readings = ByName(Word(tuple(CHOICES)), Formula())


class BookShape(Shape):
    """What a story expects a roster to be."""

    name = Name(required=True)
    round = Whole()
    turns = ByName(Name(), Whole())
    make_ups = _names()
    suspended = _names()


class RosterStepShape(Shape):
    """What somebody reports to a roster in a story; of himself, unless it is about `person`."""

    name = Name(required=True)
    mark = Word(REPORTS, required=True)
    person = _names(single=True)
    leave = Word(LEAVES)
    substitute = Name()
    ability = Whole()
    rests = Rows(Whole())
    off_shift = Flag()
