"""What is said of guards is what evaluating them with every value says."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.language.sample_fields import field, options
from workflows.language.checks.guards.domains import Domains
from workflows.language.checks.guards.formula import FormulaReader, predicates_of
from workflows.language.checks.guards.solve import Demand, Solver
from workflows.language.checks.guards.terms import TermReader
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.scope import Scope
from workflows.language.forms.values import Values

FIELDS = {
    each.name: each
    for each in (
        field("kind", "choice", options=options("a", "b", "c")),
        field("other", "choice", options=options("b", "c", "d")),
        field("done", "boolean"),
        field("fee", "money"),
        field("count", "number", min=0, max=4),
        field("note", "text"),
        field("first", "date"),
        field("last", "date"),
    )
}
AMOUNTS = ("-1.00", "0.00", "0.50", "1.00", "1.25", "1.50", "1.75", "2.00", "2.50", "3.00")
STORED: Mapping[str, tuple[object, ...]] = {
    "kind": ("a", "b", "c", None),
    "other": ("b", "c", "d", None),
    "done": (True, False, None),
    "fee": (*AMOUNTS, None),
    "count": (0, 0.5, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, None),
    "note": ("x", "y", "z", None),
    "first": ("2026-03-01", "2026-03-02", "2026-03-03", None),
    "last": ("2026-03-01", "2026-03-02", "2026-03-03", None),
}
SCOPE = Scope(FIELDS)

ATOMS = st.sampled_from(
    [
        *("kind == 'a'", "kind != 'b'", "kind in ['a', 'c']", "kind == other", "other != null", "done"),
        *("done == false", "done != true", "fee > 1", "fee <= 1", "fee == 2", "fee < count", "fee == null"),
        *("count >= 2", "count > 1.5", "count == 5", "note == 'x'", "note != null", "first < last"),
        *("first >= last", "first == last", "last > '2026-03-02'", "kind == (done ? 'a' : 'b')"),
    ]
)
GUARDS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda each: f"({' '.join(each)})"),
        inner.map(lambda each: f"!({each})"),
        st.tuples(ATOMS, inner, inner).map(lambda each: f"({each[0]} ? {each[1]} : {each[2]})"),
    ),
    max_leaves=3,
)


def outcomes(guards: tuple[Expression, ...]) -> set[tuple[bool, ...]]:
    """Which guards hold together, tried with every value."""
    names = sorted(set[str]().union(*(guard.names for guard in guards)))
    cases = itertools.product(*(STORED[name] for name in names))
    values = (Values(fields=dict(zip(names, case, strict=True))) for case in cases)
    return {tuple(guard.holds(each).holds for guard in guards) for each in values}


@settings(max_examples=150, deadline=None)
@given(st.tuples(GUARDS, GUARDS))
def test_guards_hold_together_where_some_values_make_them(sources: tuple[str, str]) -> None:
    guards = tuple(SCOPE.check(source, "bool") for source in sources)
    reader = FormulaReader(TermReader(FIELDS))
    formulas = tuple(reader.read(guard.tree) for guard in guards)
    found = outcomes(guards)
    for wanted in itertools.product((True, False), repeat=2):
        demands = [Demand(formula, holds) for formula, holds in zip(formulas, wanted, strict=True)]
        domains = Domains([predicate for formula in formulas for predicate in predicates_of(formula)])
        solution = Solver(domains).solve(demands)
        assert not solution.undecided
        assert (solution.values is not None) == (wanted in found), (sources, wanted)
