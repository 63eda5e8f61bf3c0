"""The marshmallow schemas of rosters, of marks in them, and of their steps in scenarios."""

from __future__ import annotations

from typing import Any

from workflows.language.forms.field import LANGUAGES
from workflows.language.reception_rulebooks import (
    LEAVE_KINDS,
    READING_CHOICES,
    ROSTER_REPORTS,
    RULEBOOKS,
    STRATEGIES,
)
from workflows.language.schemas.containers import ListField, MappingField
from workflows.language.schemas.fields import (
    OPTION_NAMES,
    UNDERSCORES,
    ExpressionField,
    FlagField,
    IntegerField,
    NameField,
    StrictSchema,
    TextField,
    WordField,
)


def _names(**kwargs: Any) -> ListField:
    return ListField(NameField(), **kwargs)


class AssignByRosterSchema(StrictSchema):
    """The strategy by which somebody is chosen."""

    to = NameField(required=True)
    by = WordField(STRATEGIES, required=True)
    roster = NameField()
    occasion = NameField(OPTION_NAMES)
    named = NameField(UNDERSCORES)
    designated = NameField(UNDERSCORES)
    partners = ListField(NameField(UNDERSCORES))
    into = NameField(UNDERSCORES)
    belongs_to = NameField(UNDERSCORES)


class RosterSchema(StrictSchema):
    """A roster, and the readings of its rulebook."""

    title = MappingField(WordField(LANGUAGES), TextField())
    members = NameField(required=True)
    kept_by = _names()
    led_by = _names()
    rulebook = WordField(tuple(RULEBOOKS))
    readings = MappingField(WordField(tuple(READING_CHOICES)), ExpressionField())


class RosterStateSchema(StrictSchema):
    """The state in which a scenario expects a roster."""

    name = NameField(required=True)
    round = IntegerField()
    turns = MappingField(NameField(), IntegerField())
    make_ups = _names()
    suspended = _names()


class RosterStepSchema(StrictSchema):
    """What somebody reports to a roster in a scenario; about themselves, unless `person` names another."""

    name = NameField(required=True)
    mark = WordField(ROSTER_REPORTS, required=True)
    person = _names(single=True)
    leave = WordField(LEAVE_KINDS)
    substitute = NameField()
    ability = IntegerField()
    rests = ListField(IntegerField())
    off_shift = FlagField()
