"""Everything the desk can refuse with is said in every language."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from string import Formatter

import pytest

from service.problems import SLUGS

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = ("zh-Hans", "zh-Hant", "es")
ENGLISH_ONLY = {"definition"}  # the message is about a place in a file; those who write definitions read it


def book(language: str) -> dict[str, dict[str, str]]:
    """The texts of a language."""
    return tomllib.loads((ROOT / "service" / "texts" / f"{language}.toml").read_text("utf-8"))


def used() -> set[str]:
    """The codes of reasons in the engine, the door and the API."""
    files = [*ROOT.glob("workflows/**/*.py"), *ROOT.glob("service/api/*.py"), *ROOT.glob("service/*.py")]
    files = [file for file in files if "rehearsal" not in str(file)]
    found = (re.findall(r'\b[Rr]eason\(\s*"([a-z-]+)"', file.read_text("utf-8")) for file in files)
    return {code for codes in found for code in codes} - ENGLISH_ONLY


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_a_sentence(language: str) -> None:
    """One for each code that the program can give."""
    assert used() - book(language)["reasons"].keys() == set()


@pytest.mark.parametrize("language", [*LANGUAGES, "en"])
def test_every_problem_has_a_title(language: str) -> None:
    """One for each slug."""
    assert set(SLUGS.values()) - book(language)["problems"].keys() == set()


def test_the_languages_have_the_same_sentences() -> None:
    """Part by part, with the same facts in them."""
    first = book("zh-Hans")
    for language in ("zh-Hant", "es"):
        other = book(language)
        for part, sentences in first.items():
            assert sentences.keys() == other[part].keys(), (language, part)
            for key, sentence in sentences.items():
                assert facts(sentence) == facts(other[part][key]), (language, part, key)


def facts(sentence: str) -> set[str | None]:
    """The facts a sentence is made from."""
    return {name for _, name, _, _ in Formatter().parse(sentence)} - {None}
