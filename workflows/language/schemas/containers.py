"""Mappings and lists of definition values, as marshmallow fields.

The valid parts of a faulty value stay in their places, so that the rest is checked in the same pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError

from workflows.language.schemas.fields import StrictSchema, ValueField
from workflows.sentence import Sentence
from workflows.suggestions import find_nearest


class KeyedField(ValueField):
    """A mapping whose schema is chosen by the one key it must have: an effect, an invariant."""

    wanted = "a mapping"

    def __init__(self, what: str, shapes: Mapping[str, Callable[[], StrictSchema]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.what = what
        self.shapes = {key: NestedField(shape) for key, shape in shapes.items()}

    def read(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong_kind(value)
        for key, shape in self.shapes.items():
            if key in value:
                return shape.read(value)
        meant = next((find_nearest(key, self.shapes) for key in value), None)
        raise ValidationError(
            Sentence(
                "missing-key",
                "no {what}; one of the keys {shapes} is needed",
                what=self.what,
                shapes=", ".join(self.shapes),
                meant=meant,
            )
        )


class RawMappingField(ValueField):
    """A mapping that is checked elsewhere."""

    wanted = "a mapping"

    def read(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong_kind(value)
        return value


class NestedField(ValueField):
    """A mapping with a declared schema."""

    wanted = "a mapping"

    def __init__(self, schema: Callable[[], StrictSchema], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._shape = schema
        self._made: StrictSchema | None = None

    @property
    def shape(self) -> StrictSchema:
        """The schema, created on first use: schemas may contain themselves."""
        self._made = self._made or self._shape()
        return self._made

    def read(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong_kind(value)
        loaded: dict[str, Any] = self.shape.load(value)
        return loaded


class UnionField(ValueField):
    """A value of one of several kinds, chosen by `choose`."""

    def __init__(self, *kinds: ValueField, choose: Callable[[Any], int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kinds, self._choose = kinds, choose

    def read(self, value: Any) -> Any:
        return self.kinds[self._choose(value)].read(value)


class MappingField(ValueField):
    """A mapping of names to values of one kind."""

    wanted = "a mapping"

    def __init__(self, names: ValueField, values: ValueField, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.names, self.values = names, values

    def read(self, value: Any) -> dict[Any, Any]:
        if not isinstance(value, dict):
            raise self.wrong_kind(value)
        found: dict[str, Any] = {}
        wrong: dict[str, Any] = {}
        for name, each in value.items():
            messages = _read_item(found, name, self.values, each)
            try:
                self.names.read(name)
            except ValidationError as error:
                messages = error.messages
            if messages:
                wrong[name] = messages
        if wrong:
            raise ValidationError(wrong, valid_data=found)
        return found


class ListField(ValueField):
    """A list of values of one kind. With `single`, one value may stand for a list of one."""

    wanted = "a list"
    least = 0  # the minimum length in the editor schema; reading checks it with a message of its own

    def __init__(self, values: ValueField, *, single: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.values, self.single = values, single

    def read(self, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            if self.single:
                return (self.values.read(value),)
            raise self.wrong_kind(value)
        found: dict[int, Any] = {}
        wrong: dict[int, Any] = {}
        for index, each in enumerate(value):
            if problems := _read_item(found, index, self.values, each):
                wrong[index] = problems
        items = tuple(found.values())
        if wrong:
            raise ValidationError(wrong, valid_data=items)  # type: ignore[arg-type]
        return items


def _read_item(found: dict[Any, Any], place: Any, values: ValueField, value: Any) -> Any:
    """Read `value` into its place in `found`; returns the errors, if any. An invalid value leaves an empty
    one."""
    if value is None:
        found[place] = None
        return [Sentence("empty", "nothing stands here")]
    try:
        found[place] = values.read(value)
    except ValidationError as error:
        found[place] = error.valid_data
        return error.messages
    return None
