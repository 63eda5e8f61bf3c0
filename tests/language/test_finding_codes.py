"""Every finding has a stable code: what reports asks for a sentence, and a sentence for its code."""

from __future__ import annotations

import re

import pytest

from tests.language.language_desk import CONTEXT, changed
from workflows.language.files.source import SourceFile
from workflows.language.findings import Findings, Problem, unknown
from workflows.language.load import read_text
from workflows.sentence import Sentence, sentence_of


def findings(old: str, new: str) -> list[tuple[str, dict[str, str]]]:
    """Code and facts of what is found when one passage is changed."""
    found = read_text(changed(old, new), "f.yaml", CONTEXT, {}).findings
    return [(each.code, dict(each.facts)) for each in found]


def test_a_sentence_knows_its_code_and_its_facts_and_ends_with_what_was_meant() -> None:
    said = Sentence("unknown-role", "unknown role {name!r}", name="deks", meant="desk")
    assert said == "unknown role 'deks'; did you mean 'desk'?"
    assert (said.code, dict(said.facts)) == ("unknown-role", {"name": "deks", "meant": "desk"})
    both = Sentence("duration", "{text!r} has no unit", text=5, meant=("5 days", "5 hours"))
    assert both.endswith("; did you mean '5 days' or '5 hours'?")


def test_an_error_gives_its_sentence_back_or_its_words_under_the_code_of_its_place() -> None:
    said = Sentence("type", "no")
    assert sentence_of(ValueError(said), "other") is said
    assert sentence_of(ValueError("no"), "other").code == "other"


@pytest.mark.parametrize(
    ("old", "new", "code", "facts"),
    [
        ("  severity:", "  severity: {max: 3}\n  severity:", "duplicate-key", {"key": "severity"}),
        ("to: handled\n", "to: handld\n", "unknown-state", {"name": "handld", "meant": "handled"}),
        ("numbering:", "numberin:", "unknown-key", {"key": "numberin", "meant": "numbering"}),
    ],
)
def test_a_finding_carries_code_and_facts(old: str, new: str, code: str, facts: dict[str, str]) -> None:
    found = findings(old, new)
    assert any(each == code and facts.items() <= known.items() for each, known in found), found


def test_an_unknown_name_is_one_finding_with_all_its_lines() -> None:
    report = Findings(SourceFile("a: x\nb: x\nc: y\n", "f.yaml"))
    for key in ("a", "b"):
        report.add((key,), unknown("state", "x", ["z"]))
    report.add(("c",), unknown("state", "y", ["z"]))
    assert [(each.line, each.lines) for each in report.in_file_order] == [(1, (2,)), (3, ())]
    assert str(report.in_file_order[0]).endswith("; also in line 2 [unknown-state]")


def test_what_a_check_found_keeps_its_code_its_facts_and_its_walk() -> None:
    report = Findings(SourceFile("a: x\n", "f.yaml"))
    report.add_problem(Problem(("a",), "nothing happens", "gap", {"name": "a"}, "- open: {}"))
    (found,) = report.in_file_order
    assert (found.code, found.walk, dict(found.facts)["name"]) == ("gap", "- open: {}", "a")


def test_codes_are_kebab_case() -> None:
    wrong = "a: &x [*y]\n\tb: c\n"
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", each.code) for each in SourceFile(wrong, "f").findings)
