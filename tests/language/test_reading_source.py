"""YAML from strangers: what is no plain text of the language is refused, with its line."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.language.language_desk import COMPLAINT, CONTEXT, complaints
from workflows.language.files.source import MAX_BYTES, SourceFile
from workflows.language.files.yaml_parser import MAX_ALIASES
from workflows.language.findings import structural_errors
from workflows.language.load import read_text


def data(text: str) -> object:
    """The plain data of a text that is free of problems."""
    source = SourceFile(text, "f.yaml")
    assert not source.findings
    return source.data


def test_words_mean_what_yaml_1_2_says():
    """`on`, times, dates and numbers with a leading zero are texts."""
    assert data(
        "{on: yes, off: 08:30, a: 2026-03-02, b: 010, c: 12, d: 1.5, e: true, f: ~, g: '1', h: .inf}"
    ) == {
        "on": "yes",
        "off": "08:30",
        "a": "2026-03-02",
        "b": "010",
        "c": 12,
        "d": 1.5,
        "e": True,
        "f": None,
        "g": "1",
        "h": ".inf",
    }


def test_numbers_that_nobody_counts_with_stay_texts():
    """A number too long for a float or an integer does no harm."""
    assert data(f"[{'9' * 5000}, 1e999, {'1' * 18}]") == ["9" * 5000, "1e999", int("1" * 18)]


def test_an_empty_file_holds_nothing():
    """No document, no data."""
    assert data("") is None
    assert data("# only a remark\n") is None


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "3:1", "duplicate key 'a', already in line 1"),
        ("a:\n\t- b\n", "2:1", "not with tabs"),
        ("a: [1,\nb: 2", "3:1", "did not find expected"),
        ("a: b\n\x00: c\n", "2:1", "control character"),
        ("a: \ud800", "1:1", "lone surrogate"),
        ("a: !!python/object:os.system x", "1:4", "tags"),
        ("a: !!int abc", "1:4", "tags"),
        ("a: b\n---\nc: d\n", "2:1", "a second document"),
        ("a: *nobody", "1:4", "refers to nothing"),
        ("a: &x [*x]", "1:8", "refers to nothing"),
        ("true: x", "1:1", "a boolean (true) where a name belongs"),
        ("\n12: x", "2:1", "a number (12) where a name belongs"),
        ("~: x", "1:1", "nothing (~) where a name belongs"),
        ("? [a, b]\n: x", "1:3", "a name is needed before the colon"),
        ("&x a: b", "1:1", "no anchor"),
        ("[" * 100 + "]" * 100, "1:31", "levels deep"),
        ("{a: " * 100 + "}" * 100, "1:121", "levels deep"),
    ],
)
def test_what_is_refused(text: str, place: str, message: str):
    """Each with line and column."""
    found = complaints(text)
    assert any(each.startswith(f"f.yaml:{place}: ") and message in each for each in found), found


def test_bytes_that_are_no_utf8():
    """The line of the first wrong byte."""
    assert complaints(b"a: b\nc: \xff\xfe\n") == ["f.yaml:2:1: the file is not UTF-8 text [encoding]"]


def test_a_file_of_10_mb_is_not_even_parsed():
    """It is refused by its size, at once, as bytes and as text, also when only its bytes are too many."""
    began = time.perf_counter()
    assert complaints("a: b\n" * 2_000_000) == complaints(b"a: b\n" * 2_000_000)
    assert "larger than 1,000,000 bytes" in complaints("投" * (MAX_BYTES // 2))[0]
    assert time.perf_counter() - began < 1


def test_an_anchor_bomb_is_refused():
    """Nine levels of nine aliases would be a billion values."""
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for name, before in zip("bcdefghi", "abcdefgh", strict=True):
        bomb += f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
    began = time.perf_counter()
    assert complaints(bomb)[0].startswith("f.yaml:5:28: more than 50,000 values")
    assert time.perf_counter() - began < 1


def test_a_few_aliases_that_add_up_are_refused():
    """Twenty doublings are a million values."""
    text = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 20))
    assert any("more than 50,000 values" in each for each in complaints(text))


def test_many_aliases_are_refused():
    """However little they stand for."""
    assert any("aliases" in each for each in complaints("a: &a x\nb: [" + "*a, " * (MAX_ALIASES + 1) + "]"))


def test_a_few_aliases_are_welcome():
    """A title may be written once."""
    assert data("a: &t {en: x}\nb: *t") == {"a": {"en": "x"}, "b": {"en": "x"}}


def test_everything_has_its_place():
    """Keys, values, list items; and of what is missing, what it is missing from."""
    source = SourceFile("a:\n  - b: 'it is'\n    c: d\n", "f.yaml")
    assert source.locate(("a", 0, "b")) == (2, 8)
    assert source.locate(("a", 0, "b"), key=True) == (2, 5)
    assert source.locate(("a", 0, "b"), within=(1, 4)) == (2, 12)
    assert source.locate(("a", 0, "c"), within=(1, 1)) == (3, 8)
    assert source.locate(("a", 0, "missing")) == (2, 5)
    assert source.locate(("a", 0, "c", 0)) == (3, 8)
    assert source.locate(()) == (1, 1)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_without_an_exception(text: str):
    """Problems or a definition, never a crash."""
    reading = read_text(text, "f.yaml", CONTEXT, {})
    assert reading.definition or reading.findings


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_an_exception(raw: bytes):
    """Problems or a definition, never a crash."""
    reading = read_text(raw, "f.yaml", CONTEXT, {})
    assert reading.definition or reading.findings


_LINES = COMPLAINT.splitlines(keepends=True)
_VALUES = st.sampled_from(
    ["true", "~", "12", "[]", "{}", "[~]", "{a: ~}", "[[x]]", "x", "'  '", "[{}]", "{~: 1}", "1.5"]
)


@settings(deadline=None)
@given(st.data())
def test_any_mangled_definition_is_read_without_an_exception(data: st.DataObject):
    """Lines dropped, doubled, and their values replaced by what does not belong there."""
    lines = list(_LINES)
    for _ in range(data.draw(st.integers(1, 4))):
        index = data.draw(st.integers(0, len(lines) - 1))
        head, colon, _rest = lines[index].partition(": ")
        value = data.draw(_VALUES)
        lines[index] = data.draw(st.sampled_from(["", lines[index] * 2, f"{head}{colon}{value}\n"]))
    reading = read_text("".join(lines), "f.yaml", CONTEXT, {})
    assert (reading.definition is None) == bool(structural_errors(reading.findings))


_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["x", "open", "registered", "1 day", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["by", "at", "open", "notify", "set", "value", "within", "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.sampled_from(sorted(SourceFile(COMPLAINT, "").data)), _JUNK)
def test_any_junk_in_a_section_is_read_without_an_exception(section: str, junk: object):
    """A whole section of the wrong kind."""
    whole = {**SourceFile(COMPLAINT, "").data, section: junk}
    reading = read_text(json.dumps(whole), "f.yaml", CONTEXT, {})
    assert (reading.definition is None) == bool(structural_errors(reading.findings))
