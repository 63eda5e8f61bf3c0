"""What is said of open tickets is said in every language, with the same facts."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from string import Formatter

import pytest

from workflows.language.forms.field import LANGUAGES

ROOT = Path(__file__).resolve().parents[2]
CODES = {
    *("deadline-for-new-only", "option-in-use", "removed-field", "removed-state", "removed-trigger"),
    *("renamed", "retired", "rollback", "strands-parent", "type-with-data", "promises-move"),
}
SOURCES = [
    ROOT / "workflows" / "gate" / f"{name}.py" for name in ("impact", "gone", "parents", "promise_moves")
]


def patterns() -> set[str]:
    """The texts with facts in the sources: nothing else there has braces."""
    trees = [ast.walk(ast.parse(file.read_text("utf-8"))) for file in SOURCES]
    texts = (each.value for tree in trees for each in tree if isinstance(each, ast.Constant))
    return {each for each in texts if isinstance(each, str) and "{" in each}


def facts(pattern: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(pattern) if name}


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_each_sentence_is_said_in_each_language(language: str) -> None:
    text = (ROOT / "service" / "texts" / "findings" / f"{language}.toml").read_text("utf-8")
    said = {code: told for code, told in tomllib.loads(text)["sentences"].items() if code in CODES}
    assert said.keys() == CODES
    told = {pattern: sentence for each in said.values() for pattern, sentence in each.items()}
    assert told.keys() == patterns()
    assert {pattern for pattern, sentence in told.items() if facts(pattern) != facts(sentence)} == set()


def test_each_code_stands_in_the_manual() -> None:
    page = (ROOT / "docs" / "changing.md").read_text("utf-8")
    assert {code for code in CODES if f"`{code}`" not in page} == set()
