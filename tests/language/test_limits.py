"""However large or deep a text is, checking it is a bounded work, and what is too much is said once."""

from __future__ import annotations

import pytest

from tests.language.expression_desk import SCOPE, refused
from tests.language.language_desk import COMPLAINT, CONTEXT, complaints, titles
from workflows.language.builder.limits import LIMITS, MAX_CHARACTERS
from workflows.language.expressions.scope import Scope
from workflows.language.load import read_text

ROW = "  - {{trigger: go-{0}, title: {1}, from: registered, to: handled, roles: [desk], guard: '{2}'}}\n"
STATE = "  s{0}: {{title: {1}, owner: {{role: desk}}, due: 1 working hour}}\n"


def with_guards(guard: str, count: int) -> str:
    rows = "".join(ROW.format(number, titles("x"), guard) for number in range(count))
    return COMPLAINT.replace("transitions:\n", f"transitions:\n{rows}", 1)


def test_whole_numbers_are_mended_many_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A guard with 170 of them was compiled 170 times."""
    asked = []
    mended = Scope._patch_numbers
    monkeypatch.setattr(Scope, "_patch_numbers", lambda *given: asked.append(1) or mended(*given))  # type: ignore[func-returns-value]
    source = " || ".join(f"area == {number}" for number in range(130))
    assert SCOPE.check(source, "bool").source == source
    assert len(asked) <= 10


def test_the_place_of_a_slip_is_right_after_many_were_mended() -> None:
    source = " || ".join(f"area == {number}" for number in range(60)) + " || nope"
    assert refused(source).column == source.index("nope") + 1


def test_all_expressions_together_have_a_bound() -> None:
    guard = " || ".join(f"attempts == {number}" for number in range(100))
    found = complaints(with_guards(guard, 400))
    assert len(found) == 1
    assert f"at most {MAX_CHARACTERS} characters" in found[0]


@pytest.mark.parametrize("section", ["states", "transitions", "invariants"])
def test_a_process_holds_a_bounded_number_of_everything(section: str) -> None:
    many = {
        "states": "".join(STATE.format(number, titles("x")) for number in range(1_000)),
        "transitions": "".join(ROW.format(number, titles("x"), "true") for number in range(1_000)),
        "invariants": "  - {passes: handled, before: closed}\n" * 1_000,
    }
    text = COMPLAINT.replace(f"{section}:\n", f"{section}:\n{many[section]}", 1)
    (found,) = complaints(text)
    assert f"at most {LIMITS[section]} {section} in one process" in found
    assert int(found.split(":")[1]) == text[: text.index(f"{section}:\n")].count("\n") + 1


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x]\n" + "".join(f"b{number}: [*a]\n" for number in range(60)),
        "a: &a [x, x, x]\n"
        + "".join(f"a{n}: &a{n} [{', '.join(['*a' + str(n - 1)] * 9)}]\n" for n in range(1, 9)),
        "[" * 400 + "]" * 400,
        "{a: " * 400 + "}" * 400,
        "a: [" + "1, " * 60_000 + "]",
        "workflow: x\n" + "".join(f"k{number}: 1\n" for number in range(40_000)),
        "- " * 400 + "x",
        "_schema: 1\nfields: {_schema: {type: text}}\n",
    ],
    ids=["aliases", "laughs", "lists", "maps", "values", "keys", "dashes", "a library's own key"],
)
def test_a_text_that_is_a_trap_is_refused(text: str) -> None:
    reading = read_text(text, "f.yaml", CONTEXT, {})
    assert reading.definition is None
    assert 1 <= len(reading.findings) <= 500


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("what: {type: text", "in: {type: text"),
        ("what: {type: text", "null: {type: text"),
        ("  attempts:", "  true:"),
        ("  attempts:", "  package:"),
        ("  attempts:", "  _schema:"),
    ],
)
def test_a_name_that_no_expression_could_speak_of_is_refused(old: str, new: str) -> None:
    assert any(
        "no name" in each or "a word of the expressions" in each or "where a name belongs" in each
        for each in complaints(COMPLAINT.replace(old, new, 1))
    )


@pytest.mark.parametrize(
    "name", ["size", "has", "all", "matches", "namespace", "package", "var", "type", "map"]
)
def test_any_other_name_of_a_column_can_be_spoken_of(name: str) -> None:
    made = COMPLAINT.replace("what: {type: text", f"{name}: {{type: text", 1)
    text = made.replace(
        "transitions:\n",
        "transitions:\n" + ROW.format(1, titles("x"), f"defects.all(d, d.{name} != null)"),
        1,
    )
    assert not [each for each in complaints(text) if "go-1" in each or "viable" in each or "no name" in each]
