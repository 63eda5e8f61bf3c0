"""Both versions side by side, by the old names: what all kinds of changes are found with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from workflows.difference.situation import VersionSide
from workflows.difference.source_text import write_tree
from workflows.language.definition import Definition, StepSpec, Transition
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.unreadable import Unreadable
from workflows.language.forms.values import Formula

_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class StepPair:
    """A row of each version that do the same job: of one trigger, to one state. `states` are those that both
    leave; `trigger` is `open` for the opening."""

    trigger: str
    states: tuple[str, ...]
    old: StepSpec
    new: StepSpec


@dataclass(frozen=True)
class VersionPair:
    """The old and the new version of a process, which are compared."""

    sides: tuple[VersionSide, VersionSide]

    @property
    def old(self) -> Definition:
        """The old version."""
        return self.sides[0].definition

    @property
    def new(self) -> Definition:
        """The new version."""
        return self.sides[1].definition

    def former_fields(self, names: tuple[str, ...] | frozenset[str]) -> tuple[str, ...]:
        """Names of the new version as the old one has them."""
        return tuple(self.sides[1].former.get(each, each) for each in names)

    def former_states(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Names of the new version as the old one has them."""
        return tuple(str(self.sides[1].former_state(each)) for each in names)

    def write(self, formula: Formula | None, side: int) -> str:
        """The text of a condition, by the old names; empty without one."""
        if isinstance(formula, Unreadable):
            return formula.source
        if not isinstance(formula, Expression):
            return ""
        return write_tree(formula.tree, self.sides[side].former)

    def pairs(
        self, old: Mapping[str, _Part], new: Mapping[str, _Part], former: Mapping[str, str]
    ) -> Iterator[tuple[str, _Part | None, _Part | None]]:
        """The parts of both by old name; None where one of them has none."""
        after = {former.get(name, name): each for name, each in new.items()}
        for name in dict.fromkeys((*old, *after)):
            yield name, old.get(name), after.get(name)

    def step_pairs(self) -> Iterator[StepPair]:
        """The rows of both versions that belong together."""
        yield StepPair("open", (), self.old.start, self.new.start)
        rows = tuple(self._group(at) for at in (0, 1))
        for key, before in rows[0].items():
            for old, new in zip(before, rows[1].get(key, ()), strict=False):
                sources = self.former_states(new.sources)
                states = tuple(each for each in old.sources if each in sources)
                yield StepPair(old.trigger, states, old, new)

    def _group(self, side: int) -> dict[tuple[str, str | None, bool], list[Transition]]:
        found: dict[tuple[str, str | None, bool], list[Transition]] = {}
        for row in self.sides[side].definition.transitions:
            key = row.trigger, self.sides[side].former_state(row.to), row.auto
            found.setdefault(key, []).append(row)
        return found
