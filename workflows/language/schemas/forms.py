"""The marshmallow schemas of fields, register columns and settings."""

from __future__ import annotations

from workflows.language.forms.field import FieldType
from workflows.language.schemas.common import INHERITED, answers, names, titles
from workflows.language.schemas.containers import MappingField, NestedField
from workflows.language.schemas.fields import (
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


class KindSchema(StrictSchema):
    """What a field, a column and a setting have in common: the type of value they hold."""

    type = WordField(tuple(FieldType), required=True)
    title = titles(required=True)
    help = titles()
    multiline = FlagField()
    min = IntegerField()
    max = IntegerField()
    pattern = TextField()
    options = answers()


class FieldSchema(KindSchema):
    """A field of a process's forms."""

    type = WordField(tuple(FieldType), required=True, metadata=INHERITED)
    title = titles()
    personal = FlagField()
    columns = MappingField(NameField(UNDERSCORES), NestedField(lambda: FieldSchema()))
    items = answers()
    value = ExpressionField(literal=True)
    register = NameField()
    roles = names()


class RegisterColumnSchema(KindSchema):
    """A column of a register."""

    personal = FlagField()


class RegisterSchema(StrictSchema):
    """A register: what a site keeps entries of."""

    title = titles(required=True)
    key = NameField(UNDERSCORES, required=True)
    fields_ = MappingField(
        NameField(UNDERSCORES), NestedField(RegisterColumnSchema), data_key="fields", required=True
    )
    readers = names()
    writers = names()
    retention = DurationField()


class SettingSchema(KindSchema):
    """A setting that each site may choose."""

    default = LiteralField(required=True)
