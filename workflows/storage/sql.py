"""Statements as text of the driver, their values in order.

They are written with `:names`. Values by name are slow on both drivers (psycopg takes a statement of eighty
names apart anew each time, which costs more than running it), so the names are turned into places once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

Row = tuple[Any, ...]
_NAME = re.compile(r"(?<!:):([a-z]\w*)")


class Sql:
    """A prepared statement: `text` for the driver, and `values` to pick its values from a row, in order."""

    __slots__ = ("text", "values")

    def __init__(self, named: str, *, postgres: bool) -> None:
        names = _NAME.findall(named)
        if postgres:
            names = list(dict.fromkeys(names))
            self.text = _NAME.sub(lambda found: f"${names.index(found[1]) + 1}", named)
        else:
            self.text = _NAME.sub("?", named)
        self.values = _picker(names)


def _picker(names: list[str]) -> Callable[[Mapping[str, Any]], Row]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda row: tuple(row[name] for name in names)
