"""What an expression looks at, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from cel_expr_python import cel

Row = Mapping[str, object]
_NOTHING: Mapping[str, Any] = {}


def _no_entry(_register: str, _key: str) -> Row | None:
    return None


class Values(NamedTuple):
    """What is so at the moment of asking. `fields` and `item` are as stored; instants are epoch seconds."""

    fields: Mapping[str, object] = _NOTHING
    ticket: Mapping[str, object] = _NOTHING
    actor: Mapping[str, object] = _NOTHING
    children: Mapping[str, Sequence[Row]] = _NOTHING
    visits: Mapping[str, int] = _NOTHING
    site: str = ""
    now: int = 0
    item: Row | None = None
    settings: Row = _NOTHING  # what the site has said of its settings
    records: Callable[[str, str], Row | None] = _no_entry  # the open columns of a register's entry


class Verdict(NamedTuple):
    """What a guard says. Of a no, `why` tells why it could not be answered; `saw` are the fields it names."""

    holds: bool
    why: str | None = None
    saw: Mapping[str, object] = _NOTHING


YES = Verdict(True)


def plain(value: cel.Value) -> object:
    """CEL's value as Python's.

    A null is never asked for its value: cel-expr-python 0.1.3 then drops a reference to `None` that it does
    not own, and CPython 3.11 dies of that some thousand answers later.
    """
    kind = value.type()
    if kind == cel.Type.NULL:
        return None
    name = kind.name()
    if name.startswith("LIST"):
        return [plain(each) for each in value.value()]
    if name.startswith("MAP"):
        return {key: plain(each) for key, each in value.value().items()}
    return value.value()
