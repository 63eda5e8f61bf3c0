"""Tables that must have an entry for every member of a family, checked at import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

_Member = TypeVar("_Member", bound=str)
_Value = TypeVar("_Value")


def complete(
    family: Iterable[_Member], table: Mapping[_Member, _Value], name: str
) -> Mapping[_Member, _Value]:
    """The table, which must have exactly one entry for each member of the family.

    Raises TypeError, at import, naming the table and the members: a new field type or effect must not be
    forgotten silently.
    """
    members = set(family)
    if forgotten := sorted(members - table.keys()):
        raise TypeError(f"{name} knows nothing of {', '.join(forgotten)}")
    if unknown := sorted(table.keys() - members):
        raise TypeError(f"{name} speaks of what there is not: {', '.join(unknown)}")
    return table
