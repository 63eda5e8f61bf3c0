"""What may not be written, and where the slip is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.language.expression_desk import EMPTY, FULL, SCOPE, refused
from workflows.language.expressions.expression import Expression
from workflows.language.expressions.text import ExpressionError, ExpressionText


@pytest.mark.parametrize(
    ("source", "message", "column"),
    [
        ("natur == 'valid'", "there is no 'natur' here; did you mean 'nature'?", 1),
        ("ticket.stat == 'x'", "ticket has no 'stat'; did you mean 'state'?", 7),
        ("ticket == 1", "ticket needs a part, such as ticket.state", 1),
        ("size(children.rewrok) > 0", "children has no 'rewrok'; did you mean 'rework'?", 14),
        ("fee > 10 && natre == 'x'", "there is no 'natre' here; did you mean 'nature'?", 13),
        (
            "children.rework.all(c, c.clsed)",
            "an item of children.rework has no 'clsed'; did you mean 'closed'?",
            24,
        ),
        ("findings.all(f, f.result == 'fial')", "'fial' is no option of f.result; did you mean 'fail'?", 29),
        ("nature == 'vaild'", "'vaild' is no option of nature; did you mean 'valid'?", 11),
        ("nature in ['valid', 'x']", "'x' is no option of nature", 21),
        ("nature > 3", "'>' does not go with text and number", 8),
        ("fee > 'x'", "'>' does not go with number and text", 5),
        ("tags == null", "'==' does not go with list and null", 6),
        ("at > 'x'", "'>' does not go with instant and text", 4),
        ("nature ==", "the expression ends too early: something is missing behind it", 10),
        ("family.all(fee, true)", "'fee' is taken; call the item something else", 12),
        ("has(fee)", "has(…) is not used here: compare with null, `field != null`", 1),
        ("findings.all(f, f.note + 'a' == '')", "+ is not allowed inside filter, map, all and exists", 24),
        ("actor.id == item.note", "there is no 'item' here; did you mean 'site'?", 17),
    ],
)
def test_a_slip_is_pointed_at(source: str, message: str, column: int) -> None:
    error = refused(source)
    assert (error.message, error.line) == (message, 1)
    assert error.column in (column, column + 1)  # CEL points at the dot of a dotted name


def test_whole_numbers_that_cannot_be_mended_are_explained() -> None:
    assert "write 10.0 for 10" in str(refused("fee > size(tags)"))
    assert "write 10.0 for 10" in str(refused("fee > (10)"))
    assert "does not go with number and list" in str(refused("area in tags.map(t, 1)"))


def test_a_bracket_left_open_is_a_slip() -> None:
    assert refused("tags.all(t, t == 'a'").column >= 1
    assert refused("area in [1, 2").column >= 1
    assert refused("true ? fee").column >= 1


def test_a_slip_in_a_later_line_is_pointed_at() -> None:
    error = refused("fee > 10 &&\n fee > 20 && nope")
    assert (error.line, error.column) == (2, 14)


@pytest.mark.parametrize(
    ("source", "expect", "words"),
    [
        ("fee", "bool", "a guard must be yes or no, and this answers number"),
        ("findings[0].note", "bool", "compare it with something"),
        ("fee", "list", "this must be a list, and it answers number"),
    ],
)
def test_the_answer_must_be_of_the_kind_expected(source: str, expect: str, words: str) -> None:
    assert words in str(refused(source, expect))


@pytest.mark.parametrize(
    "source", ["visits(nature) > 1", "visits", "visits() > 1", "visits(r'x') > 1", "visits('x' +"]
)
def test_visits_takes_the_name_of_one_state(source: str) -> None:
    assert "visits needs the name of one state" in str(refused(source))


def test_a_text_with_a_broken_escape_is_no_name() -> None:
    assert ExpressionText(r"'\x'").tokens[0].literal() is None


@pytest.mark.parametrize(
    "source", ["true" + "&& true" * 400, "(" * 60 + "true" + ")" * 60, "+".join(["fee"] * 60)]
)
def test_an_expression_too_long_or_too_deep_is_refused(source: str) -> None:
    assert refused(source)


SNIPPETS = [
    "fee",
    "nature",
    "'a'",
    "10",
    "1.5",
    "==",
    ">",
    "&&",
    "(",
    ")",
    "!",
    "tags",
    ".",
    "all",
    "visits",
    "null",
]

SNIPPETS += [
    "[",
    "]",
    ",",
    "f",
    "findings",
    "has",
    "?",
    ":",
    "in",
    "+",
    "\n",
    "中",
    '"',
    "ticket.state",
    "-",
    "x",
]


@given(st.lists(st.sampled_from(SNIPPETS), max_size=12).map(" ".join) | st.text(max_size=30))
def test_whatever_is_written_is_an_expression_or_an_expression_error(source: str) -> None:
    try:
        expression = SCOPE.check(source)
    except ExpressionError as complaint:
        refusal = complaint
    else:
        assert isinstance(expression, Expression)
        expression.holds(FULL)
        expression.holds(EMPTY)
        return
    assert refusal.message
    assert min(refusal.line, refusal.column) >= 1


@pytest.mark.parametrize(
    ("source", "instead", "column"),
    [
        ("not (fee > 10)", "!(fee > 10)", 1),
        ("fee > 10 and nature == 'valid'", "fee > 10 && nature == 'valid'", 10),
        ("fee > 10 OR nature == 'valid'", "fee > 10 || nature == 'valid'", 10),
        ("fee > 10 and not (nature is 'valid')", "fee > 10 && !(nature == 'valid')", 10),
        ("nature = 'valid'", "nature == 'valid'", 8),
        ("nature === 'valid'", "nature == 'valid'", 8),
        ("nature <> 'valid'", "nature != 'valid'", 8),
        ("fee => 10", "fee >= 10", 5),
        ("fee > 10 & fee < 20", "fee > 10 && fee < 20", 10),
        ("nature == 'valid' || False", "nature == 'valid' || false", 22),
    ],
)
def test_words_of_other_languages_are_told_as_they_are_written_here(
    source: str, instead: str, column: int
) -> None:
    error = refused(source)
    assert (error.message.partition(" here: ")[2], error.column) == (instead, column)
    assert SCOPE.check(instead)


def test_a_text_may_hold_such_words() -> None:
    assert SCOPE.check("size('this and = not') > 3")


def test_what_cannot_be_read_is_said_in_plain_words() -> None:
    assert "nature cannot be read here" in str(refused("fee > 10 nature"))
    assert "a bracket is not closed" in str(refused("(fee > 10"))
