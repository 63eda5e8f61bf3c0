"""Fields whose values are lists: several options, files, the rows of a table, the items of a checklist."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from marshmallow import RAISE, Schema, ValidationError

from workflows.language.forms.field import Field, FieldType
from workflows.language.forms.field_answer import FaultMessage, FieldAnswer, invalid
from workflows.language.forms.field_types import TRAITS
from workflows.language.forms.value_fields import (
    MAX_REFERENCE,
    SINGLE_VALUES,
    ChoiceValue,
    TextValue,
)
from workflows.registry import complete

UNKNOWN_FIELD, NOT_A_MAPPING = "unknown-field", "must be a mapping of fields"
WHOLE = None
"""The key of an error about the data as a whole; no field can have this name."""
_REFERENCE = Field(name="file", type=FieldType.TEXT, title={}, max=MAX_REFERENCE)


def schema_of(answers: Mapping[str, FieldAnswer]) -> Schema:
    """The marshmallow schema of exactly these fields."""
    return Schema.from_dict(dict(answers))(unknown=RAISE)


def load_answers(schema: Schema, data: Any) -> dict[str, Any]:
    """The data sent, in the form in which it is stored. Raises ValidationError with everything that does not
    fit.

    Data that fits is read field by field, which takes a third of the time; otherwise the schema finds every
    error. Unknown names are not given to the schema, which reserves some for itself (`_schema`).
    """
    if not isinstance(data, dict):
        raise ValidationError({WHOLE: [NOT_A_MAPPING]})
    answers = [(name, each) for name, each in schema.fields.items() if name in data]
    try:
        loaded_answers = {name: each.deserialize(data[name]) for name, each in answers}
    except ValidationError:
        loaded_answers = {}
    if len(loaded_answers) == len(data):
        return loaded_answers
    unknown: dict[Any, Any] = {str(name): [UNKNOWN_FIELD] for name in data if name not in schema.fields}
    try:
        loaded: dict[str, Any] = schema.load({name: data[name] for name, _ in answers})
    except ValidationError as error:
        raise ValidationError(
            unknown | cast("dict[Any, Any]", error.messages), valid_data=error.valid_data
        ) from None
    if unknown:
        raise ValidationError(unknown, valid_data=loaded)
    return loaded


class ListValue(FieldAnswer):
    """A list; an empty one counts as no value."""

    wanted = "a list"

    def read(self, value: Any) -> Any:
        if not isinstance(value, list):
            raise self.wrong_kind()
        most = TRAITS[self.asked.type].most
        if most is not None and len(value) > most:
            raise invalid(f"must be at most {most} items", "too-large", limit=most)
        if not value:
            return None
        self.check_bounds(len(value), " items")
        items = self.read_items(value)
        self.check_items(items)
        return items

    def read_items(self, value: list[Any]) -> list[Any]:
        """The items in the form in which they are stored. Raises ValidationError with the errors by index."""
        items, wrong = [], {}
        for index, item in enumerate(value):
            try:
                items.append(self.read_item(item))
            except ValidationError as error:
                wrong[index] = error.messages
        if wrong:
            raise ValidationError(dict(wrong))
        return items

    def read_item(self, item: Any) -> Any:
        """One item in the form in which it is stored."""
        raise NotImplementedError

    def check_items(self, items: list[Any]) -> None:
        """Raises ValidationError if the items do not fit together."""


class ChoicesValue(ListValue):
    """Some of the options, each at most once."""

    wanted = "a list of options"

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._choice = ChoiceValue(field)

    def read_item(self, item: Any) -> Any:
        return self._choice.read(item)

    def check_items(self, items: list[Any]) -> None:
        if len(set(items)) < len(items):
            raise invalid("must not name an option twice", "repeated")


class FilesValue(ListValue):
    """References to stored files."""

    wanted = "a list of files"

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._reference = TextValue(_REFERENCE)

    def read_item(self, item: Any) -> Any:
        reference = self._reference.read(item)
        if not reference:
            raise invalid("must be the reference of a file", "kind")
        return reference


class TableValue(ListValue):
    """The rows of a table. Columns left empty are None."""

    wanted = "a list of rows"

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._blank = dict.fromkeys(part.name for part in field.parts)
        self._row = schema_of({part.name: build_answer(part) for part in field.parts})

    def read_item(self, item: Any) -> Any:
        return self._blank | load_answers(self._row, item)


class ChecklistValue(TableValue):
    """The items of a checklist with their results: only declared items, each at most once."""

    wanted = "a list of checked items"

    def read_item(self, item: Any) -> Any:
        row = super().read_item(item)
        wrong = {name: [FaultMessage("is needed", "needed")] for name in ("item", "result") if not row[name]}
        if wrong:
            raise ValidationError(dict(wrong))
        return row

    def check_items(self, items: list[Any]) -> None:
        names = [row["item"] for row in items]
        if self.asked.items and len(set(names)) < len(names):
            raise invalid("must not name an item twice", "repeated")


class NeverAskedValue(FieldAnswer):
    """A field that no form takes and no expression may fill: a report's figures."""

    wanted = "left to the effect `figures`"

    def read(self, value: Any) -> Any:  # noqa: ARG002 - whatever it is
        raise self.wrong_kind()


_ANSWERS: Mapping[FieldType, Callable[[Field], FieldAnswer]] = complete(
    FieldType,
    {
        **SINGLE_VALUES,
        FieldType.CHOICES: ChoicesValue,
        FieldType.ATTACHMENT: FilesValue,
        FieldType.TABLE: TableValue,
        FieldType.CHECKLIST: ChecklistValue,
        FieldType.FIGURES: NeverAskedValue,
    },
    "forms.lists._ANSWERS",
)


def build_answer(field: Field) -> FieldAnswer:
    """The marshmallow field for a field's values."""
    return _ANSWERS[field.type](field)
