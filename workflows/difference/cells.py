"""All situations of one step, decided by both versions, and in which of them the two differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product
from math import prod
from typing import Any, NamedTuple

from workflows.difference.boxes import Axis, contains, cover
from workflows.difference.dimensions import (
    ComparedStep,
    Dimension,
    Given,
    build_dimension,
    find_plain_values,
)
from workflows.difference.names import Atom
from workflows.difference.situation import Outcome, Situation
from workflows.language.definition import StepSpec, Transition

LIMIT = 4_000
"""The most situations of one step that are decided; beyond it, so many are sampled."""
TOTAL, LEAST = 30_000, 400
"""The most situations of a process; of each step at least so many are tried all the same."""


class Decided(NamedTuple):
    """What both versions decide; None: refused."""

    before: Outcome | None
    after: Outcome | None


@dataclass(frozen=True)
class Region:
    """The situations of a step in which the new version decides otherwise, in one way.

    Of the situations that led to `before` (or now lead to `after`, where they were refused), those in one of
    the `boxes`. `whole` says whether that is all of them; then `told` are boxes that tell them from all other
    situations, else the same. `example` is the simplest one.
    """

    decided: Decided
    boxes: tuple[int, ...]
    told: tuple[int, ...]
    whole: bool
    example: Situation
    cells: frozenset[int]


class Cells:
    """The decided situations of a step, by the classes of their values."""

    def __init__(
        self, step: ComparedStep, scenario_values: Mapping[str, Sequence[Any]], limit: int = LIMIT
    ) -> None:
        self.step = step
        relevant = step.find_relevant()
        self.plain = find_plain_values(step, scenario_values, relevant)
        self.dimensions = tuple(build_dimension(step, name, scenario_values) for name in relevant)
        self._joint = tuple(atom for atom in step.atoms if len(atom.names) > 1)
        self.axes = tuple(self._build_axes())
        self.decided: dict[int, Decided] = {}
        self._examples: dict[int, Situation] = {}
        self._known_classes: dict[str, int | None] = {}
        self.tried = 0
        crowded = frozenset(name for atom in self._joint for name in atom.names)
        choices = [each.tried(crowded=each.name in crowded) for each in self.dimensions]
        self.possible = prod(map(len, choices))
        for values in _pick(choices, limit, self.possible):
            self._decide(dict(zip(relevant, values, strict=True)))

    @property
    def sampled(self) -> bool:
        """Whether not all combinations were tried."""
        return self.tried < self.possible

    @property
    def joint_atoms(self) -> tuple[Atom, ...]:
        """The atoms that compare several names; their axes follow those of the dimensions."""
        return self._joint

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """Where the versions differ, one for each way in which they do."""
        ways = dict.fromkeys(each for each in self.decided.values() if each.before != each.after)
        return tuple(self._build_region(way) for way in ways)

    def covers(self, situation: Situation) -> bool:
        """Whether one of the regions contains the situation."""
        code = self._find_code(situation)
        return code is not None and any(
            code in region.cells and any(contains(box, code) for box in region.boxes)
            for region in self.regions
        )

    def _build_axes(self) -> Iterator[Axis]:
        first = 0
        for size in (*(each.size for each in self.dimensions), *(3 for _ in self._joint)):
            yield Axis(first, size)
            first += size

    def _decide(self, given: dict[str, Given]) -> None:
        situation = self.step.situation(given, self.plain)
        code = self._encode(situation, given)
        self.tried += 1
        if code is None or code in self.decided:
            return
        old, new = self.step.sides
        self.decided[code] = Decided(
            self._outcome(0, old.take(situation)), self._outcome(1, new.take(situation))
        )
        self._examples[code] = situation

    def _outcome(self, at: int, row: StepSpec | None) -> Outcome | None:
        if row is None:
            return None
        side = self.step.sides[at]
        to = row.to if isinstance(row, Transition) else side.definition.start.state
        return Outcome(side.former_state(to), _find_variant(self.step, at, row))

    def _encode(self, situation: Situation, given: Mapping[str, Given]) -> int | None:
        """The classes of all values as one number; None where a value is of no known class."""
        code = 0
        for dimension, axis in zip(self.dimensions, self.axes, strict=False):
            own = given[dimension.name]
            at = dimension.given.index(own) if own in dimension.given else None
            known = dimension.classes[at] if at is not None else self._classify(dimension, own)
            if known is None:
                return None
            code |= 1 << (axis.first + known)
        if self._joint:
            seen = [side.see(situation) for side in self.step.sides]
            for atom, axis in zip(self._joint, self.axes[len(self.dimensions) :], strict=True):
                code |= 1 << (axis.first + atom.truth(seen[atom.side]))
        return code

    def _classify(self, dimension: Dimension, given: Given) -> int | None:
        key = repr((dimension.name, given))
        if key not in self._known_classes:
            self._known_classes[key] = self._find_class(dimension, given)
        return self._known_classes[key]

    def _find_class(self, dimension: Dimension, given: Given) -> int | None:
        single = [atom for atom in self.step.atoms if atom.names == {dimension.name}]
        return dimension.signatures.get(self.step.classify(dimension.name, given, single))

    def _find_code(self, situation: Situation) -> int | None:
        if not self.step.asked.issuperset(situation.sent) or not all(
            name in situation.sent
            and all(
                side.stored(side.name(name), situation.sent[name]) is not None for side in self.step.sides
            )
            for name in self.plain
        ):
            return None
        given: dict[str, Given] = {}
        for dimension in self.dimensions:
            name = dimension.name
            if not self.step.specs(name):
                given[name] = ("around", situation.around.get(name))
            elif situation.sent.get(name) is not None:
                given[name] = ("sent", situation.sent[name])
            else:
                given[name] = ("kept", situation.kept.get(name) if name in self.step.noticed else None)
        return self._encode(situation, given)

    def _build_region(self, way: Decided) -> Region:
        inside = [code for code, each in self.decided.items() if each == way]
        base = [code for code, each in self.decided.items() if _is_comparable(each, way)]
        outside = [code for code in base if self.decided[code] != way]
        boxes = tuple(cover(inside, outside, self.axes))
        others = [code for code, each in self.decided.items() if each != way]
        told = boxes if outside else tuple(cover(inside, others, self.axes))
        return Region(way, boxes, told, not outside, self._examples[inside[0]], frozenset(base))


def _is_comparable(each: Decided, way: Decided) -> bool:
    """Whether a situation belongs to those of which a region speaks."""
    return each.before == way.before if way.before is not None else each.after == way.after


def _find_variant(step: ComparedStep, at: int, row: StepSpec) -> int:
    """Which of the rows to the same state it is, where their effects differ; 0 for the first kind.

    Rows of both versions with equal effects are of one kind, the others are paired in order.
    """
    to = _target(step, at, row)
    old, new = (
        list(dict.fromkeys(repr(each.effects) for each in rows if _target(step, side, each) == to))
        for side, rows in enumerate(step.rows)
    )
    own = repr(row.effects)
    if max(len(old), len(new)) <= 1 or (at == 0 or own in old):
        return old.index(own) if own in old else 0
    free = [place for place, each in enumerate(old) if each not in new]
    rank = [each for each in new if each not in old].index(own)
    return free[rank] if rank < len(free) else len(old) + rank - len(free)


def _target(step: ComparedStep, at: int, row: StepSpec) -> str | None:
    return step.sides[at].former_state(row.to if isinstance(row, Transition) else None)


def _pick(choices: Sequence[Sequence[Given]], limit: int, possible: int) -> Iterator[tuple[Given, ...]]:
    """The combinations, the simplest first; beyond the limit, those with one or two values changed, then some
    of all, evenly spread."""
    if possible <= limit:
        yield from product(*choices)
        return
    yield from islice(_list_near(choices), limit // 2)
    spread = limit - limit // 2
    for count in range(spread):
        place, values = (2 * count + 1) * possible // (2 * spread), []
        for each in reversed(choices):
            place, at = divmod(place, len(each))
            values.append(each[at])
        yield tuple(reversed(values))


def _list_near(choices: Sequence[Sequence[Given]]) -> Iterator[tuple[Given, ...]]:
    base = [each[0] for each in choices]
    yield tuple(base)
    for one in range(len(choices)):
        for other in range(one, len(choices)):
            for first in choices[one][1:]:
                for second in choices[other] if other > one else (first,):
                    yield tuple(
                        first if at == one else second if at == other else base[at] for at in range(len(base))
                    )
