"""The marshmallow schemas of scenarios; their steps are checked by `builder.scenarios`."""

from __future__ import annotations

from workflows.language.definition import Category
from workflows.language.schemas.common import names
from workflows.language.schemas.containers import ListField, MappingField, NestedField, RawMappingField
from workflows.language.schemas.fields import (
    UNDERSCORES,
    FlagField,
    IntegerField,
    NameField,
    StrictSchema,
    TextField,
    WordField,
)
from workflows.language.schemas.rosters import RosterStateSchema


class ScenarioSchema(StrictSchema):
    """A scenario; its steps are checked by `builder.scenarios`."""

    name = TextField(required=True)
    at = TextField(required=True)
    settings = RawMappingField()
    staff = MappingField(NameField(), NameField())
    registers = MappingField(NameField(), ListField(RawMappingField()))
    steps = ListField(RawMappingField(), required=True)


class ExpectSchema(StrictSchema):
    """What a scenario expects at a point."""

    state = NameField()
    category = WordField(tuple(Category))
    priority = NameField()
    blocked = names()
    escalated_to = names()
    told = names()
    words = MappingField(NameField(), ListField(TextField(), single=True))
    data = RawMappingField()
    overdue = FlagField()
    children = IntegerField()
    visits = MappingField(NameField(), IntegerField())
    converted = NameField()
    may = MappingField(NameField(), names())
    assignee = NameField()
    roster = NestedField(RosterStateSchema)
    registers = MappingField(NameField(), RawMappingField())


class ChildSchema(StrictSchema):
    """The child that a scenario continues with."""

    link = NameField(UNDERSCORES, required=True)
    index = IntegerField()
