"""The shapes of what people write: the fields of forms, the columns of registers, the settings."""

from __future__ import annotations

from workflows.language.forms.field import FieldType
from workflows.language.shapes.fields import (
    UNDERSCORES,
    Flag,
    Formula,
    Length,
    Literal,
    Name,
    Shape,
    Text,
    Whole,
    Word,
)
from workflows.language.shapes.groups import ByName, Inner
from workflows.language.shapes.phrases import INHERITED, answers, names, titles


class KindShape(Shape):
    """What a field, a column and a setting have in common: the kind of value they hold."""

    type = Word(tuple(FieldType), required=True)
    title = titles(required=True)
    help = titles()
    multiline = Flag()
    min = Whole()
    max = Whole()
    pattern = Text()
    options = answers()


class FieldShape(KindShape):
    """A field of the forms."""

    type = Word(tuple(FieldType), required=True, metadata=INHERITED)
    title = titles()
    personal = Flag()
    columns = ByName(Name(UNDERSCORES), Inner(lambda: FieldShape()))
    items = answers()
    value = Formula(literal=True)
    register = Name()


class ColumnShape(KindShape):
    """A column of a register."""

    personal = Flag()


class RegisterShape(Shape):
    """What a site keeps entries of."""

    title = titles(required=True)
    key = Name(UNDERSCORES, required=True)
    fields_ = ByName(Name(UNDERSCORES), Inner(ColumnShape), data_key="fields", required=True)
    readers = names()
    writers = names()
    retention = Length()


class SettingShape(KindShape):
    """What each site may decide for itself."""

    default = Literal(required=True)
