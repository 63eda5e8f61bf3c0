"""What `huifang check` and the API find is said in the reader's language, with the same facts."""

from __future__ import annotations

import tomllib
from pathlib import Path
from string import Formatter

import pytest

from service.finding_texts import format_finding, render_finding, say_finding
from tests.language.finding_patterns import known_codes, spoken, spoken_of_plans
from workflows.language.findings import Finding, Severity
from workflows.language.forms.field import LANGUAGES
from workflows.sentence import Sentence

OTHERS = tuple(each for each in LANGUAGES if each != "en")
TEXTS = Path(__file__).resolve().parents[2] / "service" / "texts" / "findings"
ELSEWHERE = {  # codes whose sentences all stand under another code, since they share the pattern
    "time",
    "period",
    "recurrence",
}


def sentences(language: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads((TEXTS / f"{language}.toml").read_text("utf-8"))[
        "sentences"
    ]
    return found


def facts(pattern: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(pattern) if name}


@pytest.mark.parametrize("language", OTHERS)
def test_each_sentence_is_said_in_each_language_with_the_same_facts(language: str) -> None:
    known = {pattern: said for each in sentences(language).values() for pattern, said in each.items()}
    patterns = {each.pattern for each in spoken() | spoken_of_plans() if each.pattern}
    assert patterns - known.keys() == set()
    assert {each for each in patterns if facts(each) != facts(known[each])} == set()


@pytest.mark.parametrize("language", OTHERS)
def test_each_code_has_a_sentence_in_each_language(language: str) -> None:
    assert known_codes() - sentences(language).keys() - ELSEWHERE == set()


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_put_together_in_a_check_has_a_general_sentence_for_its_facts(language: str) -> None:
    general = {
        code: [facts(said) for key, said in each.items() if key.startswith("#")]
        for code, each in sentences(language).items()
    }
    put_together = [each for each in spoken() if not each.pattern and each.facts]
    assert [each for each in put_together if not any(told <= each.facts for told in general[each.code])] == []


def found(**more: object) -> Finding:
    sentence = Sentence("unknown-role", "unknown role {name!r}", name="deks", meant="desk")
    return Finding.of(sentence, "f.yaml", 3, 5, **more)  # type: ignore[arg-type]


def test_a_finding_is_said_in_the_language_with_what_was_probably_meant() -> None:
    assert say_finding(found(), "zh-Hans") == "没有“deks”这个岗位；是不是 desk？"
    assert say_finding(found(), "en") == "unknown role 'deks'; did you mean 'desk'?"
    line = format_finding(found(severity=Severity.WARNING), "es")
    assert line.startswith("f.yaml:3:5: advertencia: No existe el puesto «deks»")
    assert line.endswith("[unknown-role]")


def test_what_no_language_knows_is_said_in_english() -> None:
    assert say_finding(Finding.of(Sentence("new", "something"), "f"), "es") == "something"


def test_programs_get_the_facts_and_the_page_of_the_code() -> None:
    rendered = render_finding(found(), "zh-Hant")
    assert rendered["facts"] == {"name": "deks", "meant": "desk"}
    assert rendered["page"] == "docs/findings.md#unknown-role"
    assert (rendered["severity"], rendered["line"], rendered["column"]) == ("error", 3, 5)
