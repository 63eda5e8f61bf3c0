"""Patterns of texts: matched in linear time, and read alike by the desk and by every client."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.language.expression_desk import field
from tests.language.language_desk import COMPANY, after, titles
from workflows.errors import Invalid
from workflows.language.builder.company import read_context
from workflows.language.forms.form import Form
from workflows.language.forms.organisation import Organisation
from workflows.language.forms.pattern import PatternError, check_pattern, fits_pattern

ORGANISATION = Organisation(roles={}, departments={})
HOSTILE = ["([A-Za-z0-9 ]+)+!", "(a|aa)+$", "(.*)*x", "(a*)*b", "^(([a-z])+.)+[A-Z]([a-z])+$"]


@pytest.mark.parametrize("pattern", HOSTILE)
def test_no_pattern_takes_more_than_its_text_is_long(pattern: str) -> None:
    """With an engine that backtracks this test does not come to an end."""
    form = Form({"code": field("code", "text", pattern=pattern, max=20_000)}, ["code"], [])
    with pytest.raises(Invalid):
        form.load({"code": "a" * 19_990 + "?"}, ORGANISATION)


@pytest.mark.parametrize(
    ("pattern", "words", "column"),
    [
        ("(?=a)b", "(?= looks around", 1),
        ("b(?<!a)", "(?<! looks around", 2),
        (r"(a)-\1", "back-references are not used", 5),
        (r"(?P<a>b)", "(?P is not read everywhere", 1),
        ("(?i)a", "(?i is not read everywhere", 1),
        ("a++", "bad repetition operator", 2),
        ("(a", "missing )", 1),
        ("[[:alpha:]]", "named classes", 2),
        (r"a\Z", r"\Z is not read everywhere", 2),
        ("a]", "] stands alone", 2),
        ("a{9999}", "invalid repetition size", 2),
        ("a" * 501, "at most 500 characters", 1),
        ("a\\", "is not read everywhere", 2),
    ],
)
def test_what_cannot_be_matched_in_bounded_time_or_is_read_otherwise_is_refused(
    pattern: str, words: str, column: int
) -> None:
    with pytest.raises(PatternError, match=re.escape(words)) as refused:
        check_pattern(pattern)
    assert refused.value.column == column


def test_the_check_points_into_the_pattern() -> None:
    old = "attempts: {type: number,"
    places = []
    for pattern in ("abc(?=c)", "a(?=c)"):
        found = after(old, f"{old.replace('number', 'text')} pattern: '{pattern}',")
        places += [int(each.split(":")[2]) for each in found if "looks around" in each]
    assert places[0] - places[1] == 2


@pytest.mark.parametrize("name", ["settings.yaml", "registers.yaml"])
def test_settings_and_registers_take_no_other_patterns_either(name: str) -> None:
    title = titles("Code")
    field = f"{{type: text, pattern: 'ab(?=c)', title: {title}"
    texts = {
        "settings.yaml": f"code: {field}, default: abc}}\n",
        "registers.yaml": f"codes:\n  title: {title}\n  key: code\n  readers: [desk]\n  writers: [desk]\n"
        f"  fields:\n    code: {field}}}\n",
    }
    _, found = read_context({**COMPANY, name: texts[name].encode()})
    assert any("looks around" in each.message and each.line and each.column > 30 for each in found), found


@pytest.mark.parametrize("text", ["12", "12\n", "１２", "1 2"])
def test_a_pattern_is_about_the_whole_text_and_its_digits_are_digits(text: str) -> None:
    assert fits_pattern(r"\d\d", text) == (text == "12")


_PIECES = st.sampled_from(["a", "b", "[a-c]", "[^x]", "(ab)", "(?:a|b)", r"\d", r"\.", "一", "[一-鿿]"])
_COUNTS = st.sampled_from(["", "+", "*", "?", "{2}", "{1,3}"])


@given(
    st.lists(st.tuples(_PIECES, _COUNTS).map("".join), min_size=1, max_size=4).map("".join),
    st.text(alphabet="abcx1.一", max_size=6),
)
def test_what_is_taken_is_read_as_the_standard_has_it(pattern: str, text: str) -> None:
    check_pattern(pattern)
    assert fits_pattern(pattern, text) == (re.fullmatch(pattern, text, re.ASCII) is not None)
