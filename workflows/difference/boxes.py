"""Covers a set of cells by few boxes. A box allows some classes of each dimension; whatever is not compared
may be inside or out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Axis:
    """The bits of one dimension within a cell's code: exactly one of them is set in each cell."""

    first: int
    size: int

    @property
    def mask(self) -> int:
        """All bits of the axis."""
        return ((1 << self.size) - 1) << self.first

    def classes(self, box: int) -> frozenset[int]:
        """The classes that a box allows."""
        return frozenset(each for each in range(self.size) if box >> (self.first + each) & 1)


def cover(inside: Sequence[int], outside: Iterable[int], axes: Sequence[Axis]) -> list[int]:
    """Boxes that contain each cell `inside`, and none `outside`. Each is as wide as it can be."""
    left, rest = list(inside), tuple(outside)
    found: list[int] = []
    while left:
        box = _narrow(_widen(left[0], rest, axes), inside, axes)
        found.append(box)
        left = [cell for cell in left if not contains(box, cell)]
    return found


def _narrow(box: int, inside: Sequence[int], axes: Sequence[Axis]) -> int:
    """The box without classes of which no cell inside has one: they would only be words."""
    used = 0
    for cell in inside:
        if contains(box, cell):
            used |= cell
    for axis in axes:
        if box & axis.mask != axis.mask:
            box &= ~axis.mask | used
    return box


def contains(box: int, cell: int) -> bool:
    """Whether the cell lies in the box."""
    return cell & ~box == 0


def _widen(cell: int, outside: Sequence[int], axes: Sequence[Axis]) -> int:
    box, near = cell, outside
    for axis in axes:  # first whatever does not matter at all
        wider = box | axis.mask
        if not any(contains(wider, each) for each in near):
            box = wider
    for axis in axes:
        for bit in range(axis.first, axis.first + axis.size):
            wider = box | 1 << bit
            if wider != box and not any(contains(wider, each) for each in near):
                box = wider
    return box
