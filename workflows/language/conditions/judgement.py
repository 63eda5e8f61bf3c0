"""What is known beforehand of an expression: under which conditions on a form it will hold, and fail.

What hangs on the time, or cannot be said in JSON Schema, stays open: then the two bounds differ.
"""

from __future__ import annotations

from typing import NamedTuple

from workflows.language.conditions.condition import ALWAYS, NEVER, Condition, both, either, negate


class Bounds(NamedTuple):
    """A condition that cannot be said exactly: it holds wherever `least` does, and only where `most` does."""

    least: Condition
    most: Condition

    @property
    def exact(self) -> bool:
        """Whether it can be said exactly."""
        return self.least == self.most


class GuardVerdict(NamedTuple):
    """Where an expression is true, and where it is false; elsewhere it has no result, which counts as no."""

    holds: Bounds
    fails: Bounds


def exactly(condition: Condition) -> Bounds:
    """The bounds of a condition that can be said."""
    return Bounds(condition, condition)


OPEN = GuardVerdict(Bounds(NEVER, ALWAYS), Bounds(NEVER, ALWAYS))
NO_RESULT = GuardVerdict(exactly(NEVER), exactly(NEVER))


def settled(value: object) -> GuardVerdict:
    """The judgement of a value that is known."""
    if not isinstance(value, bool):
        return NO_RESULT
    return GuardVerdict(exactly(ALWAYS if value else NEVER), exactly(NEVER if value else ALWAYS))


def both_bounds(*parts: Bounds) -> Bounds:
    """The bounds of a condition that holds where all parts hold."""
    return Bounds(both(*(each.least for each in parts)), both(*(each.most for each in parts)))


def any_bounds(*parts: Bounds) -> Bounds:
    """The bounds of a condition that holds where one of the parts holds."""
    return Bounds(either(*(each.least for each in parts)), either(*(each.most for each in parts)))


def opposite(bounds: Bounds) -> Bounds:
    """The bounds of the condition that holds where this one does not."""
    return Bounds(negate(bounds.most), negate(bounds.least))


def conjunction(left: GuardVerdict, right: GuardVerdict) -> GuardVerdict:
    """`left && right`: false on one side decides, whatever the other has."""
    return GuardVerdict(both_bounds(left.holds, right.holds), any_bounds(left.fails, right.fails))


def disjunction(left: GuardVerdict, right: GuardVerdict) -> GuardVerdict:
    """`left || right`: true on one side decides, whatever the other has."""
    return GuardVerdict(any_bounds(left.holds, right.holds), both_bounds(left.fails, right.fails))


def negation(of: GuardVerdict) -> GuardVerdict:
    """`!of`."""
    return GuardVerdict(of.fails, of.holds)


def choice(condition: GuardVerdict, then: GuardVerdict, otherwise: GuardVerdict) -> GuardVerdict:
    """`condition ? then : otherwise`."""
    return GuardVerdict(
        any_bounds(both_bounds(condition.holds, then.holds), both_bounds(condition.fails, otherwise.holds)),
        any_bounds(both_bounds(condition.holds, then.fails), both_bounds(condition.fails, otherwise.fails)),
    )


def equality(left: GuardVerdict, right: GuardVerdict) -> GuardVerdict:
    """`left == right` of two that are yes or no."""
    return GuardVerdict(
        any_bounds(both_bounds(left.holds, right.holds), both_bounds(left.fails, right.fails)),
        any_bounds(both_bounds(left.holds, right.fails), both_bounds(left.fails, right.holds)),
    )
