"""The rows that are tried one after another: of one trigger that leaves one state, or its `auto` rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property

from workflows.language.checks.guards.domains import Domains
from workflows.language.checks.guards.field_facts import EMPTY, FILLED, FieldFacts
from workflows.language.checks.guards.formula import Formula, Predicate, predicates_of
from workflows.language.checks.guards.solve import Demand, Solution, Solver
from workflows.language.checks.guards.terms import Term
from workflows.language.definition import Category, Transition


class RowGroup:
    """Rows in their order, each with its index in the definition; `trigger` is empty for `auto` rows."""

    def __init__(
        self, facts: FieldFacts, state: str, trigger: str, rows: tuple[tuple[int, Transition], ...]
    ) -> None:
        self.facts, self.state, self.trigger, self.rows = facts, state, trigger, rows
        self._answers: dict[object, bool] = {}

    def formula(self, row: Transition) -> Formula | None:
        """The guard of one of the rows."""
        return self.facts.formula(row)

    @cached_property
    def asked(self) -> frozenset[str]:
        """The fields that some of the forms ask for."""
        return frozenset(name for _, row in self.rows for name in row.fields)

    @cached_property
    def terms(self) -> Mapping[str, Term]:
        """The terms of all guards, by their keys."""
        return {term.key: term for predicate in self._predicates for term in predicate.terms}

    def may_hold(self, row: Transition, given: Mapping[str, object]) -> bool:
        """Whether the guard of one of the rows may hold with the values given; it must have one."""
        formula = self.formula(row)
        assert formula is not None, "it has a guard"
        keys = self.keys_of(formula)
        read = {key: value for key, value in given.items() if key in keys}
        question = (id(row), frozenset(read.items()))
        if question not in self._answers:
            self._answers[question] = not self.solve([Demand(formula, True)], read).impossible
        return self._answers[question]

    def keys_of(self, formula: Formula) -> frozenset[str]:
        """The keys of a formula's terms."""
        return frozenset(term.key for predicate in predicates_of(formula) for term in predicate.terms)

    def is_compared_with_constants(self, key: str) -> bool:
        """Whether the term is only compared with constants, and in more than one guard."""
        reading = [
            predicate for predicate in self._predicates if any(term.key == key for term in predicate.terms)
        ]
        return len(reading) > 1 and all(len(predicate.terms) == 1 for predicate in reading)

    def values_of(self, term: Term) -> tuple[object, ...]:
        """The values to be tried of a number, from the smallest on."""
        return tuple(each for each in Domains(self._predicates).of(term) if isinstance(each, int | Decimal))

    @cached_property
    def _predicates(self) -> tuple[Predicate, ...]:
        formulas = (self.facts.formula(row) for _, row in self.rows)
        return tuple(predicate for formula in formulas if formula for predicate in predicates_of(formula))

    def solve(
        self,
        demands: Sequence[Demand],
        given: Mapping[str, object] | None = None,
        filled: Sequence[str] = (),
        *,
        anything: bool = False,
    ) -> Solution:
        """Values with which the demands are met when the trigger is fired from this state. `filled` are
        fields that the form fills; with `anything`, fields may hold what they cannot hold here."""
        empty, full, allowed = set[str](), set(filled), dict[str, tuple[object, ...]]()
        allowed["ticket.state"] = (self.state,)
        for name in () if anything else self.terms:
            options = self.facts.options(self.state, name)
            if options is None or name in self.asked:
                continue
            if options == EMPTY:
                empty.add(name)
            elif None not in options:
                full.add(name)
            if options - EMPTY - {FILLED} and FILLED not in options:
                allowed[name] = tuple(sorted(options - EMPTY, key=str))
        domains = Domains(self._predicates, frozenset(empty - full), frozenset(full), allowed)
        return Solver(domains).solve(demands, given)


def row_groups(facts: FieldFacts) -> Iterator[RowGroup]:
    """All groups, by state; those of states that no walk reaches, and of one row without a guard, are left
    out."""
    transitions = facts.definition.transitions
    for state in facts.definition.states:
        if not facts.is_reached(state):
            continue
        found: dict[str, list[tuple[int, Transition]]] = {}
        for index, row in enumerate(transitions):
            if state in row.sources:
                found.setdefault("" if row.auto else row.trigger, []).append((index, row))
        for trigger, rows in found.items():
            if len(rows) > 1 or rows[0][1].guard:
                yield RowGroup(facts, state, trigger, tuple(rows))


def leaving_groups(facts: FieldFacts) -> Iterator[RowGroup]:
    """For each state all rows that lead on from it, whatever their trigger; cancelling does not."""
    definition = facts.definition
    for name, state in definition.states.items():
        if not facts.is_reached(name) or state.category.ended:
            continue
        rows = tuple(
            (index, row)
            for index, row in enumerate(definition.transitions)
            if name in row.sources
            and row.to not in (None, name)
            and definition.states[row.to].category is not Category.CANCELLED
        )
        yield RowGroup(facts, name, "", rows)
