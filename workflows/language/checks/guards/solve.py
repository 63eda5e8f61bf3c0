"""Decides whether guards can hold and fail together, by trying the values of their terms one after another.

A guard is evaluated as soon as it is decided, so that most values are never combined. The tries are bounded;
beyond that the answer is that it is undecided, which is never told as a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from workflows.language.checks.guards.domains import Domains
from workflows.language.checks.guards.formula import Assignment, Formula, Truth, predicates_of
from workflows.language.checks.guards.terms import Term

MOST_TRIES = 4_000  # assignments that are looked at for one question


@dataclass(frozen=True, slots=True)
class Demand:
    """A guard that is to hold, or not to hold (be false, or without a result)."""

    formula: Formula
    holds: bool

    def is_broken(self, truth: Truth) -> bool:
        """Whether the guard is decided against the demand."""
        return truth is not Truth.OPEN and (truth is Truth.TRUE) != self.holds


@dataclass(frozen=True, slots=True)
class Solution:
    """The answer to a question. `values` is an assignment that meets all demands; None where there is none,
    or, if it is `undecided`, where none was found within the bound."""

    values: Assignment | None
    undecided: bool = False

    @property
    def impossible(self) -> bool:
        """Whether no values at all meet the demands."""
        return self.values is None and not self.undecided


class Solver:
    """Solves demands over the values of `domains`."""

    def __init__(self, domains: Domains) -> None:
        self._domains = domains
        self._left = 0

    def solve(self, demands: Sequence[Demand], given: Assignment | None = None) -> Solution:
        """Values of the terms with which all demands are met; those `given` are kept."""
        self._left = MOST_TRIES
        found = next(self._search(demands, dict(given or {})), None)
        undecided = found is None and (self._left <= 0 or not self._domains.complete)
        return Solution(found, undecided)

    def _search(self, demands: Sequence[Demand], values: dict[str, object]) -> Iterator[Assignment]:
        self._left -= 1
        if self._left <= 0:
            return
        undecided: Demand | None = None
        for demand in demands:
            truth = demand.formula.truth(values)
            if demand.is_broken(truth):
                return
            if truth is Truth.OPEN and undecided is None:
                undecided = demand
        if undecided is None:
            yield dict(values)
            return
        term = _next_term(undecided.formula, values)
        for value in self._domains.of(term):
            values[term.key] = value
            yield from self._search(demands, values)
        values.pop(term.key, None)


def _next_term(formula: Formula, values: Assignment) -> Term:
    """The first term without a value that the formula depends on."""
    for predicate in predicates_of(formula):
        if predicate.truth(values) is Truth.OPEN:
            return next(term for term in predicate.terms if term.key not in values)
    raise AssertionError("an open formula has an open predicate")
