"""The marshmallow schemas of a process file: its keys and the kinds of their values, declared once.

`builder` loads by these schemas and `editor_schema` writes the editors' JSON Schema from them, so the two
cannot differ. The names that they refer to are checked afterwards.
"""

from __future__ import annotations

from workflows.language.definition import Category
from workflows.language.schemas.clocks import ClockSchema, due
from workflows.language.schemas.common import INHERITED, field_names, names, titles
from workflows.language.schemas.containers import KeyedField, ListField, MappingField, NestedField
from workflows.language.schemas.effects import effects
from workflows.language.schemas.fields import (
    PRINT_NAMES,
    UNDERSCORES,
    DurationField,
    ExpressionField,
    FlagField,
    IntegerField,
    LiteralField,
    NameField,
    StrictSchema,
    TextField,
    WordField,
)
from workflows.language.schemas.forms import FieldSchema
from workflows.language.schemas.rosters import RosterSchema
from workflows.language.schemas.scenarios import ScenarioSchema


class OwnerSchema(StrictSchema):
    """Who has the next move."""

    role = NameField()
    department = NameField(UNDERSCORES)
    staff = NameField(UNDERSCORES)


class StateSchema(StrictSchema):
    """A state in which a ticket may stand."""

    title = titles()
    category = WordField(tuple(Category))
    owner = NestedField(OwnerSchema)
    due = due()
    escalation = NameField()


class StepSchema(StrictSchema):
    """What a transition and an opening have in common."""

    roles = names()
    requires = field_names()
    accepts = field_names()
    complete = field_names()
    guard = ExpressionField()
    because = titles()
    effects = effects()


class StartSchema(StepSchema):
    """How a ticket is opened."""

    state = NameField(required=True, metadata=INHERITED)
    guest = MappingField(NameField(UNDERSCORES), LiteralField())


class TransitionSchema(StepSchema):
    """One row of the transition table."""

    trigger = NameField(required=True)
    title = titles()
    sources = names(single=True, data_key="from", required=True)
    to = NameField()
    auto = FlagField()


class PassesSchema(StrictSchema):
    passes = NameField(required=True)
    before = NameField(required=True)


class SeparateSchema(StrictSchema):
    separate = names(required=True)
    because = titles()


class ClientSchema(StrictSchema):
    """The fields that say whom to notify outside the company."""

    name = NameField(UNDERSCORES)
    contact = NameField(UNDERSCORES)


class PrintSchema(StrictSchema):
    """A paper on which a ticket can be printed."""

    title = titles(required=True)
    size = WordField(("a4", "a5"))
    fields_ = ListField(NameField(PRINT_NAMES), data_key="fields")
    each = NameField(UNDERSCORES)
    children = MappingField(NameField(UNDERSCORES), field_names())
    signatures = ListField(titles())
    note = titles()
    when = ExpressionField()
    because = titles()


class VisibleSchema(StrictSchema):
    """For whom the tickets exist."""

    to = names(required=True)
    when = ExpressionField()


class DuplicatesSchema(StrictSchema):
    """Which open tickets are likely the same matter."""

    same = NameField(UNDERSCORES, required=True)
    opening = WordField(("show", "refuse"))


class UrgeSchema(StrictSchema):
    """What a further call about a ticket does."""

    roles = names()
    notify = names(single=True)
    raise_after = IntegerField(least=1, most=100)


class MergeSchema(StrictSchema):
    """How a ticket that is the same as another one ends."""

    to = NameField(required=True)
    roles = names(required=True)


class WorkflowSchema(StrictSchema):
    """The whole file of a process."""

    workflow = NameField(required=True)
    like = names(single=True)
    title = titles(required=True)
    purpose = TextField(required=True)
    said = titles()
    covers = ListField(TextField(longest=20))
    numbering = TextField(longest=60, required=True)
    calendar = NameField(required=True, metadata=INHERITED)
    waive = MappingField(NameField(), TextField())
    summary = NameField(UNDERSCORES)
    client = NestedField(ClientSchema)
    readers = names()
    prints = MappingField(NameField(), NestedField(PrintSchema))
    visible = NestedField(VisibleSchema)
    retention = DurationField()
    duplicates = NestedField(DuplicatesSchema)
    urge = NestedField(UrgeSchema)
    merge = NestedField(MergeSchema)
    fields_ = MappingField(NameField(UNDERSCORES), NestedField(FieldSchema), data_key="fields")
    start = NestedField(StartSchema, required=True, metadata=INHERITED)
    states = MappingField(NameField(), NestedField(StateSchema), required=True, metadata=INHERITED)
    transitions = ListField(NestedField(TransitionSchema), required=True, metadata=INHERITED)
    clocks = MappingField(NameField(), NestedField(ClockSchema))
    rosters = MappingField(NameField(), NestedField(RosterSchema))
    children = field_names()
    invariants = ListField(KeyedField("invariant", {"passes": PassesSchema, "separate": SeparateSchema}))
    scenarios = ListField(NestedField(ScenarioSchema))


class ShapeSchema(WorkflowSchema):
    """An entry of shapes.yaml: any part of a process except what identifies it."""

    class Meta(WorkflowSchema.Meta):
        exclude = (
            "workflow",
            "like",
            "title",
            "purpose",
            "said",
            "covers",
            "numbering",
            "rosters",
            "scenarios",
            "waive",
        )
