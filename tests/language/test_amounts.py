"""Money and numbers in expressions are counted exactly, wherever an expression stands."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from cel_expr_python import cel
from hypothesis import given
from hypothesis import strategies as st

from tests.language.expression_desk import field, refused
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.scope import Scope
from workflows.language.expressions.text import ExpressionError, ExpressionText
from workflows.language.forms.form import store_value
from workflows.language.forms.values import Values

FIELDS = {
    each.name: each
    for each in (
        *(field(name, "money") for name in ("deposit", "refund", "withheld")),
        *(field(name, "number") for name in ("a", "b", "c")),
        field("lines", "table", columns=(field("amount", "money"), field("count", "number"))),
    )
}
SCOPE = Scope(FIELDS, ["parts"])
PAIRS = 100_000


def answer(source: str, **fields: Any) -> Any:
    return SCOPE.check(source).value(Values(fields=fields))


def yes(guard: Expression, **fields: Any) -> bool:
    verdict = guard.holds(Values(fields=fields))
    assert verdict.reason is None
    return verdict.holds


def test_guards_agree_with_decimals_to_the_cent() -> None:
    chance = random.Random(20_260_302)
    whole = SCOPE.check("refund + withheld == deposit")
    less = SCOPE.check("deposit - refund < withheld")
    share = SCOPE.check("deposit * 0.3 >= withheld")
    for _ in range(PAIRS):
        refund, withheld = Decimal(chance.randrange(500_000)) / 100, Decimal(chance.randrange(500_000)) / 100
        deposit = refund + withheld + chance.choice((0, 0, Decimal("0.01"), Decimal("-0.01")))
        amounts = {"refund": f"{refund:.2f}", "withheld": f"{withheld:.2f}", "deposit": f"{deposit:.2f}"}
        assert yes(whole, **amounts) == (refund + withheld == deposit), amounts
        assert yes(less, **amounts) == (deposit - refund < withheld), amounts
        assert yes(share, **amounts) == (deposit * Decimal("0.3") >= withheld), amounts


@pytest.mark.parametrize(
    ("source", "fields"),
    [
        ("refund + withheld == deposit", {"refund": "2915.18", "withheld": "348.89", "deposit": "3264.07"}),
        ("deposit * 0.07 == withheld", {"deposit": "100.00", "withheld": "7.00"}),
        ("deposit / 3 * 3 == deposit", {"deposit": "100.00"}),
        ("deposit / 3 + deposit / 3 + deposit / 3 == deposit", {"deposit": "0.01"}),
        ("(deposit > 500 ? deposit * 0.1 : 0) == withheld", {"deposit": "1001.10", "withheld": "100.11"}),
        ("lines.all(l, l.count % 2 == 1)", {"lines": [{"amount": "4.37", "count": 3}]}),
        ("-deposit == 0.0 - withheld", {"deposit": "0.10", "withheld": "0.10"}),
        ("deposit in [0.3, 0.7]", {"deposit": "0.70"}),
        ("a + b == c", {"a": 0.1, "b": 0.2, "c": 0.3}),
        ("a * 100 == 29", {"a": 0.29}),
        ("lines.all(l, l.amount * l.count <= 0.3)", {"lines": [{"amount": "0.10", "count": 3}]}),
        ("lines.map(l, l.amount - 0.1) == [0.2]", {"lines": [{"amount": "0.30", "count": 1}]}),
        ("lines[0].amount + lines[1].amount == 0.3", {"lines": [{"amount": "0.10"}, {"amount": "0.20"}]}),
        ("double(size(lines)) * 0.1 == 0.3", {"lines": [{"amount": "1.00"}] * 3}),
        ("string(refund + withheld) == '0.3'", {"refund": "0.10", "withheld": "0.20"}),
        ("int(refund * 100) == 29", {"refund": "0.29"}),
        ("refund + 0.01 == withheld", {"refund": "999999999999.98", "withheld": "999999999999.99"}),
        ("refund * refund * refund > 0.0", {"refund": "999999999999.99"}),
    ],
)
def test_no_cent_hangs_on_how_a_tenth_is_written(source: str, fields: dict[str, Any]) -> None:
    assert yes(SCOPE.check(source, "bool"), **fields)


def test_the_fields_of_children_are_exact_too() -> None:
    data = {"fee": Decimal("0.30"), "paid": Decimal("0.20")}
    seen = Values(children={"parts": [{"closed": True, "data": data}]})
    assert SCOPE.check("children.parts.all(x, x.data.fee - x.data.paid == 0.1)").holds(seen).holds


@pytest.mark.parametrize(
    ("source", "deposit", "kept"),
    [
        ("deposit * 0.335", "1.00", "0.34"),
        ("deposit / 8", "0.20", "0.03"),
        ("deposit / 3", "100.00", "33.33"),
        ("-deposit / 8", "0.20", "-0.03"),
        ("deposit * 1.005", "1.00", "1.01"),
        ("deposit + 0.0000001 - 0.0000001", "999999999999.99", "999999999999.99"),
    ],
)
def test_what_is_kept_is_rounded_once_half_up_to_the_cent(source: str, deposit: str, kept: str) -> None:
    assert store_value(FIELDS["refund"], answer(source, deposit=deposit)) == kept


def test_a_kept_number_has_six_places() -> None:
    assert store_value(FIELDS["a"], answer("b / 3", b=1)) == 0.333333
    assert store_value(FIELDS["a"], answer("b / 2", b=7)) == 3.5
    assert store_value(FIELDS["a"], answer("b * 2.0", b=7)) == 14


@pytest.mark.parametrize("source", ["a / 0 > 1", "int(a) % 0 == 0", "a > b"])
def test_what_cannot_be_worked_out_is_a_no_with_its_reason(source: str) -> None:
    verdict = SCOPE.check(source, "bool").holds(Values(fields={"a": 1}))
    assert not verdict.holds
    assert verdict.reason


@pytest.mark.parametrize(
    "source",
    [
        "a * 1e300 * 1e300 * 1e300 * 1e300 > 1",
        "a / 1e300 / 1e300 / 1e300 / 1e300 < 1",
        "(1e300 + a) * (1e300 + a) * (1e300 + a) * (1e300 + a) * (1e300 + a) > 1",
        " && ".join(["int(1e300) * int(1e300) * int(1e300) * int(1e300) * int(1e300) > 1"] * 3),
    ],
)
def test_a_number_beyond_all_measure_is_a_no(source: str) -> None:
    verdict = SCOPE.check(source, "bool").holds(Values(fields={"a": 1}))
    assert (verdict.holds, verdict.reason) == (False, "the number has too many digits")


def test_a_remainder_of_a_decimal_is_refused_with_what_to_write() -> None:
    assert (
        str(refused("deposit % 2 == 0", scope=SCOPE)) == "'%' is between whole numbers only: int(x) % 2 == 0"
    )


@pytest.mark.parametrize(
    "number", ["0.12345678901234567", "12345678901234567.1", "12345678901234567", "1e400"]
)
def test_a_number_that_would_not_be_read_as_it_is_written_is_refused(number: str) -> None:
    assert "at most 15 digits" in str(refused(f"deposit > {number}", scope=SCOPE))


@pytest.mark.parametrize(
    "source", ["sum(lines.map(l, l.amount)) > 1", "min(a, b) > 1", "math.greatest(a, b) > 1"]
)
def test_functions_that_there_are_not_are_refused(source: str) -> None:
    assert refused(source, scope=SCOPE).message


_ATOMS = ["a", "b", "null", "true", "1.5", "2.0", "'x'", "t", "u", "size(l)", "3", "l", "m", "m[0].k", "now"]
_TWO = ["==", "!=", "<", ">=", "&&", "||", "+", "-", "*", "/", "in", "%"]
_SOURCES = st.recursive(
    st.sampled_from(_ATOMS),
    lambda inner: (
        st.tuples(inner, st.sampled_from(_TWO), inner).map(lambda each: f"({' '.join(each)})")
        | st.tuples(inner, inner, inner).map(lambda each: "({} ? {} : {})".format(*each))
        | inner.map(lambda each: f"!{each}")
        | inner.map(lambda each: f"m.exists(i, i.k == {each})")
        | inner.map(lambda each: f"l.all(i, i == {each})")
        | inner.map(lambda each: f"m.filter(i, i.n == {each}).size()")
        | inner.map(lambda each: f"l.map(i, {each})")
        | inner.map(lambda each: f"string({each}).startsWith(u)")
        | inner.map(lambda each: f"{{'k': {each}}}.k")
        | inner.map(lambda each: f"now.getFullYear() == int({each})")
    ),
    max_leaves=5,
)
_NAMES = (
    *(field(name, "number") for name in ("a", "b")),
    *(field(name, "text") for name in ("t", "u")),
    field("l", "choices"),
    field("m", "table", columns=(field("k", "text"), field("n", "number"))),
)
_SEEN = Values(
    fields={"a": 1.5, "b": None, "t": "x", "u": None, "l": ["x", "y"], "m": [{"k": "x", "n": 2}]},
    now=1_772_500_000,
)


@given(_SOURCES)
def test_but_for_the_cents_an_answer_is_the_one_that_cel_gives(source: str) -> None:
    scope = Scope({each.name: each for each in _NAMES})
    try:
        expression = scope.check(source)
    except ExpressionError:
        return
    assert _ours(expression) == _of_cel(scope, expression), source


def _ours(expression: Expression) -> object:
    try:
        return _plain(expression.value(_SEEN))
    except ExpressionError:
        return "an error"


def _of_cel(scope: Scope, expression: Expression) -> object:
    """What CEL's own runtime makes of the text, with the whole numbers that it was checked with."""
    text, _ = scope._check_types(ExpressionText(expression.source))
    names = {name.key: name for name in scope._names.values()}
    data = {
        key: _plain(name.value(_SEEN)) for key, name in names.items() if key != "now" and not name.instant
    }
    types = dict.fromkeys(data, cel.Type.DYN) | {"now": cel.Type.TIMESTAMP}
    found = (
        cel.NewEnv(variables=types).compile(text.source).eval(data=data | {"now": names["now"].value(_SEEN)})
    )
    if found.type() == cel.Type.ERROR:
        return "an error"
    return None if found.type() == cel.Type.NULL else _plain(found.plain_value())


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float):
        return "an error" if value != value or abs(value) == float("inf") else round(value, 6)
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return {key: _plain(each) for key, each in value.items()} if isinstance(value, dict) else value
