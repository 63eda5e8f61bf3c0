"""Which state and which field of the new version is which of the old one: by name, else by its looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from workflows.language.definition import Definition, State, Transition
from workflows.language.forms.field import Field, FieldType, Titles

_Part = TypeVar("_Part", State, Field)


@dataclass(frozen=True)
class Matches:
    """The renamed parts: new name -> old name. What was renamed is guessed: alike, and one of a kind."""

    states: Mapping[str, str]
    fields: Mapping[str, str]

    @cached_property
    def new_states(self) -> Mapping[str, str]:
        """Old name -> new name of the renamed states."""
        return {old: new for new, old in self.states.items()}

    @cached_property
    def new_fields(self) -> Mapping[str, str]:
        """Old name -> new name of the renamed fields."""
        return {old: new for new, old in self.fields.items()}


def find_matches(old: Definition, new: Definition) -> Matches:
    """The states and fields that seem to have another name only."""
    return Matches(
        states=_pair(old.states, new.states, lambda one, other: _alike_states(one, other, old, new)),
        fields=_pair(old.fields, new.fields, lambda one, other: _alike_fields(one, other, old, new)),
    )


def _pair(
    old: Mapping[str, _Part], new: Mapping[str, _Part], alike: Callable[[_Part, _Part], bool]
) -> dict[str, str]:
    """New name -> old name of those that are alike, and like no other."""
    gone = [each for name, each in old.items() if name not in new]
    come = [each for name, each in new.items() if name not in old]
    pairs: dict[str, str] = {}
    for each in come:
        before = [other for other in gone if alike(other, each)]
        after = [other for other in come if len(before) == 1 and alike(before[0], other)]
        if len(before) == 1 and len(after) == 1:
            pairs[each.name] = before[0].name
    return pairs


def _alike_states(one: State, other: State, old: Definition, new: Definition) -> bool:
    if one.category is not other.category:
        return False
    if _same_title(one.title, other.title):
        return True
    return bool(out := _triggers(old.transitions, one.name)) and out == _triggers(new.transitions, other.name)


def _alike_fields(one: Field, other: Field, old: Definition, new: Definition) -> bool:
    if one.type is not other.type or bool(one.value) != bool(other.value):
        return False
    if _same_title(one.title, other.title):
        return True
    if one.type in (FieldType.CHOICE, FieldType.CHOICES) and one.options:
        return [each.value for each in one.options] == [each.value for each in other.options]
    asked = _steps(old, one.name)
    return bool(asked) and asked == _steps(new, other.name)


def _same_title(one: Titles, other: Titles) -> bool:
    return any(one[language] == other.get(language) for language in one)


def _triggers(rows: Iterable[Transition], state: str) -> frozenset[tuple[str, bool]]:
    """The triggers that lead out of a state and into it."""
    out = {(row.trigger, True) for row in rows if state in row.sources and len(row.sources) < 4}
    return frozenset(out | {(row.trigger, False) for row in rows if row.to == state})


def _steps(definition: Definition, field: str) -> frozenset[str]:
    """The triggers whose forms ask for a field; `open` for the opening."""
    asked = {row.trigger for row in definition.transitions if field in row.fields}
    return frozenset(asked | ({"open"} if field in definition.start.fields else set()))
