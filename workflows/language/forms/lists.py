"""Answers that are lists: several options, files, the rows of a table, the items of a checklist."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError

from workflows.language.forms.answers import MOST, REFERENCE, SINGLE, Answer, Choice, Fault, Text, fault
from workflows.language.forms.field import Field, FieldType

UNKNOWN, NO_MAPPING = "unknown-field", "must be a mapping of fields"
_REFERENCE = Field(name="file", type=FieldType.TEXT, title={}, max=REFERENCE)


def schema_of(asked: Mapping[str, Answer]) -> Schema:
    """The marshmallow schema with these answers and no others."""
    schema = Schema.from_dict(dict(asked))(unknown=RAISE)
    schema.error_messages = {**schema.error_messages, "unknown": UNKNOWN, "type": NO_MAPPING}
    return schema


def loaded(schema: Schema, data: Any) -> dict[str, Any]:
    """What was sent, as it is kept. ValidationError names everything that does not fit.

    Answers that fit are read one by one, which takes a third of the time; where one does not, or nobody asked
    for it, the schema finds every fault.
    """
    if isinstance(data, dict):
        answers = [(name, each) for name, each in schema.fields.items() if name in data]
        try:
            kept = {name: each.deserialize(data[name]) for name, each in answers}
        except ValidationError:
            kept = {}
        if len(kept) == len(data):
            return kept
    found: dict[str, Any] = schema.load(data)
    return found


class Several(Answer):
    """A list; an empty one is no answer."""

    wanted = "a list"

    def read(self, value: Any) -> Any:
        if not isinstance(value, list):
            raise self.refusal()
        if len(value) > MOST.get(self.asked.type, len(value)):
            most = MOST[self.asked.type]
            raise fault(f"must be at most {most} items", "too-large", limit=most)
        if not value:
            return None
        self.within(len(value), " items")
        kept = self.each(value)
        self.together(kept)
        return kept

    def each(self, value: list[Any]) -> list[Any]:
        """The items as they are kept. ValidationError names those that do not fit by their place."""
        kept, wrong = [], {}
        for index, item in enumerate(value):
            try:
                kept.append(self.one(item))
            except ValidationError as error:
                wrong[index] = error.messages
        if wrong:
            raise ValidationError(dict(wrong))
        return kept

    def one(self, item: Any) -> Any:
        """One item as it is kept."""
        raise NotImplementedError

    def together(self, kept: list[Any]) -> None:
        """ValidationError if the items do not go together."""


class Choices(Several):
    """Some of the options, none twice."""

    wanted = "a list of options"

    def __init__(self, asked: Field) -> None:
        super().__init__(asked)
        self._choice = Choice(asked)

    def one(self, item: Any) -> Any:
        return self._choice.read(item)

    def together(self, kept: list[Any]) -> None:
        if len(set(kept)) < len(kept):
            raise fault("must not name an option twice", "repeated")


class Files(Several):
    """References to stored files."""

    wanted = "a list of files"

    def __init__(self, asked: Field) -> None:
        super().__init__(asked)
        self._reference = Text(_REFERENCE)

    def one(self, item: Any) -> Any:
        kept = self._reference.read(item)
        if not kept:
            raise fault("must be the reference of a file", "kind")
        return kept


class Rows(Several):
    """The rows of a table. Columns that were not filled in are null."""

    wanted = "a list of rows"

    def __init__(self, asked: Field) -> None:
        super().__init__(asked)
        self._blank = dict.fromkeys(part.name for part in asked.parts)
        self._row = schema_of({part.name: answer(part) for part in asked.parts})

    def one(self, item: Any) -> Any:
        return self._blank | loaded(self._row, item)


class Checks(Rows):
    """The items of a checklist with their results. Declared items only, and none twice."""

    wanted = "a list of checked items"

    def one(self, item: Any) -> Any:
        kept = super().one(item)
        wrong = {name: [Fault("is needed", "needed")] for name in ("item", "result") if not kept[name]}
        if wrong:
            raise ValidationError(dict(wrong))
        return kept

    def together(self, kept: list[Any]) -> None:
        names = [row["item"] for row in kept]
        if self.asked.items and len(set(names)) < len(names):
            raise fault("must not name an item twice", "repeated")


class Unasked(Answer):
    """What nobody is asked for, and no expression comes to."""

    wanted = "left to the effect `figures`"

    def read(self, value: Any) -> Any:  # noqa: ARG002 - whatever it is
        raise self.refusal()


_LISTS: Mapping[FieldType, Callable[[Field], Answer]] = {
    FieldType.CHOICES: Choices,
    FieldType.ATTACHMENT: Files,
    FieldType.TABLE: Rows,
    FieldType.CHECKLIST: Checks,
    FieldType.FIGURES: Unasked,
}


def answer(asked: Field) -> Answer:
    """The answer that a field takes."""
    return (_LISTS.get(asked.type) or SINGLE[asked.type])(asked)
