"""Guards made at random: the difference of two of them is exactly where they decide otherwise."""

from __future__ import annotations

from brute_force import Domain, disagreements
from hypothesis import given, settings
from hypothesis import strategies as st
from test_brute_force import process

from workflows.difference.difference import find_difference

HEAD = """
fields:
  n: {type: number, min: 0, max: 9, title: {en: N}}
  m: {type: number, min: 0, max: 9, title: {en: M}}
  kind: {type: choice, title: {en: Kind}, options: {a: {en: A}, b: {en: B}, c: {en: C}}}
  yes: {type: boolean, title: {en: 'Yes'}}
start: {state: new, roles: [clerk]}
states: {new: {owner: {role: clerk}}, one: {category: closed}, two: {category: closed}}
transitions:
"""
ATOMS = (
    *(f"n {sign} {number}.0" for sign in ("<", "<=", "==", "!=", ">=", ">") for number in (2, 5)),
    *("n < m", "n == m", "m >= 4.0", "yes", "yes == false", "kind == 'a'", "kind != 'b'"),
    *("kind in ['a', 'c']", "n != null", "kind == null", "yes != null && yes", "n + m > 7.0"),
)
GUARDS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(("&&", "||")), inner).map(lambda p: f"({p[0]} {p[1]} {p[2]})"),
        inner.map(lambda each: f"!({each})"),
    ),
    max_leaves=4,
)
DOMAIN = Domain(
    {"n": (2, 3, 5, 6), "m": (2, 4), "kind": ("a", "b"), "yes": (True, False)},
    triggers=("go",),
)


def definition_of(first: str, second: str, asked: str) -> str:
    head = "{trigger: go, title: {en: Go}, from: new, to: one, roles: [clerk]"
    return (
        f'{HEAD}  - {head}, {asked}, guard: "{first}"}}\n'
        f'  - {{trigger: go, from: new, to: two, roles: [clerk], accepts: [kind], guard: "{second}"}}\n'
    )


@settings(max_examples=12, deadline=None)
@given(GUARDS, GUARDS, GUARDS, st.sampled_from(("requires: [n]", "accepts: [n, yes]")))
def test_random_guards_differ_exactly_where_it_is_said(old: str, new: str, second: str, asked: str) -> None:
    difference = find_difference(
        process(definition_of(old, second, "accepts: [n, yes]")),
        process(definition_of(new, second, asked)),
        limit=20_000,
    )
    _, _, wrong = disagreements(difference, DOMAIN)
    assert wrong == []
