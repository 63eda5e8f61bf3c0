"""Mappings and lists of the kinds of value, as marshmallow fields.

What could be read of a faulty one stays in its place, so that the rest is judged in the same pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import ValidationError

from workflows.language.shapes.fields import Piece, Shape, Text
from workflows.timing.problems import did_you_mean


class Leading(Piece):
    """A mapping whose shape is told by the key it has of a few: an effect, an invariant."""

    wanted = "a mapping"

    def __init__(self, what: str, shapes: Mapping[str, Callable[[], Shape]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.what = what
        self.shapes = {key: Inner(shape) for key, shape in shapes.items()}

    def read(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.refuse(value)
        for key, shape in self.shapes.items():
            if key in value:
                return shape.read(value)
        meant = next((did_you_mean(key, self.shapes) for key in value), "")
        raise ValidationError(f"no {self.what}; one of the keys {', '.join(self.shapes)} is needed{meant}")


class Plain(Piece):
    """A mapping that is judged elsewhere."""

    wanted = "a mapping"

    def read(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.refuse(value)
        return value


class Inner(Piece):
    """A mapping of a declared shape."""

    wanted = "a mapping"

    def __init__(self, shape: Callable[[], Shape], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._shape = shape
        self._made: Shape | None = None

    @property
    def shape(self) -> Shape:
        """The shape, made when it is first asked for: shapes may hold themselves."""
        self._made = self._made or self._shape()
        return self._made

    def read(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.refuse(value)
        loaded: dict[str, Any] = self.shape.load(value)
        return loaded


class Either(Piece):
    """One of several kinds, told apart by `choose`."""

    def __init__(self, *kinds: Piece, choose: Callable[[Any], int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kinds, self._choose = kinds, choose

    def read(self, value: Any) -> Any:
        return self.kinds[self._choose(value)].read(value)


class ByName(Piece):
    """A mapping of names to values of one kind."""

    wanted = "a mapping"

    def __init__(self, names: Text, values: Piece, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.names, self.values = names, values

    def read(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.refuse(value)
        found: dict[str, Any] = {}
        wrong: dict[str, Any] = {}
        for name, each in value.items():
            problems = _read_into(found, name, self.values, each)
            try:
                self.names.read(name)
            except ValidationError as error:
                problems = error.messages
            if problems:
                wrong[name] = problems
        if wrong:
            raise ValidationError(wrong, valid_data=found)
        return found


class Rows(Piece):
    """A list of values of one kind. With `single`, one value may stand for a list of one."""

    wanted = "a list"

    def __init__(self, values: Piece, *, single: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.values, self.single = values, single

    def read(self, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            if self.single:
                return (self.values.read(value),)
            raise self.refuse(value)
        found: dict[int, Any] = {}
        wrong: dict[int, Any] = {}
        for index, each in enumerate(value):
            if problems := _read_into(found, index, self.values, each):
                wrong[index] = problems
        kept = tuple(found.values())
        if wrong:
            raise ValidationError(wrong, valid_data=kept)  # type: ignore[arg-type]
        return kept


def _read_into(found: dict[Any, Any], place: Any, values: Piece, value: Any) -> Any:
    """Read `value` into its place; the complaints, if any. What could not be read leaves an empty value."""
    if value is None:
        found[place] = None
        return ["nothing stands here"]
    try:
        found[place] = values.read(value)
    except ValidationError as error:
        found[place] = error.valid_data
        return error.messages
    return None
