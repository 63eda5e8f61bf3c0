"""Makes named tuples of rows, by the names of their columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class RowBuilder(Generic[Value]):
    """Rows with these columns, as named tuples of a kind. `parsers` turn what a column holds into what the
    attribute of its name holds; other columns than attributes are passed over. An attribute with neither a
    column nor a default fails at import.

    By keywords, thirty attributes took five times as long.
    """

    def __init__(
        self, kind: Any, columns: Sequence[str], parsers: Mapping[str, Callable[[Any], object]]
    ) -> None:
        attributes: tuple[str, ...] = kind._fields
        without = [name for name in attributes if name not in columns]
        available = [*columns, *without]
        self._width = len(columns)
        self._make: Callable[[Sequence[object]], Value] = kind._make
        self._defaults = tuple(kind._field_defaults[name] for name in without)
        self._pick = itemgetter(*map(available.index, attributes))
        self._parsers = [
            (attributes.index(name), parse) for name, parse in parsers.items() if name in columns
        ]

    def build(self, row: Sequence[Any], *others: object) -> Value:
        """The tuple of a row, which may have further columns.

        `others` are the attributes that have no column, in order; without them, those have their defaults.
        """
        values = list(self._pick((*row[: self._width], *(others or self._defaults))))
        for index, parse in self._parsers:
            values[index] = parse(values[index])
        return self._make(values)
