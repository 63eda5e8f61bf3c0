"""Everything the desk can refuse with is said in every language; in English a reason speaks for itself."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from service.problems import SLUGS, render_reason
from tests.language.language_desk import CONTEXT
from workflows.core.input import common_reasons
from workflows.language.forms import field as forms
from workflows.language.forms.values import Values
from workflows.language.load import read_text

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = tuple(each for each in forms.LANGUAGES if each != "en")  # English is what the program says itself
# `definition` is for those who write definitions, `file` for who works at the machine.
ENGLISH_ONLY = {"definition", "file"}
TABLES = (
    "staff_*.py",
    "cells/cell.py",
    "csv_rows.py",
    "encodings.py",
    "sheet*.py",
)  # what is imported by a page


def book(language: str) -> dict[str, dict[str, str]]:
    """The texts of a language."""
    return tomllib.loads((ROOT / "service" / "texts" / f"{language}.toml").read_text("utf-8"))


def used() -> set[str]:
    """The codes of reasons in the engine, the door and the API."""
    found = (re.findall(r'\b[Rr]eason\(\s*"([a-z-]+)"', file.read_text("utf-8")) for file in sources())
    return {code for codes in found for code in codes} - ENGLISH_ONLY | {code for _, code, _ in given()}


def sources() -> list[Path]:
    """Where reasons are given that reach the API or a page. What the other importers and rehearsals say stays
    in the shell."""
    files = [*ROOT.glob("workflows/**/*.py"), *ROOT.glob("service/api/*.py"), *ROOT.glob("service/*.py")]
    files += ROOT.glob("service/console/**/*.py")
    files += [file for names in TABLES for file in ROOT.glob(f"service/imports/{names}")]
    return [file for file in files if "rehearsal" not in str(file)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_a_sentence(language: str) -> None:
    """One for each code that the program can give."""
    assert used() - book(language)["reasons"].keys() == set()


def faults_of_cells() -> dict[str, set[str]]:
    """What `UnreadableCell` is told, by its code; other cells are read at the command line alone."""
    calls = (
        node
        for names in TABLES
        for file in ROOT.glob(f"service/imports/{names}")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "UnreadableCell"
    )
    return {str(ast.literal_eval(call.args[1])): {str(each.arg) for each in call.keywords} for call in calls}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_of_a_cell_has_a_sentence_with_its_facts(language: str) -> None:
    """By which a page says what is wrong in a sheet."""
    sentences = book(language)["reasons"]
    assert "cell-formula" in faults_of_cells()
    for code, told in faults_of_cells().items():
        assert facts(sentences[code]) <= told, code


def broken_rules() -> set[str]:
    """The rules that an answer may break: what `invalid` and `FaultMessage` are told."""
    calls = (
        node
        for file in ROOT.glob("workflows/language/forms/*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("invalid", "FaultMessage")
    )
    return {
        str(call.args[1].value)
        for call in calls
        if len(call.args) > 1 and isinstance(call.args[1], ast.Constant)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_of_an_answer_has_a_sentence(language: str) -> None:
    """English is what the form itself says."""
    assert "phone" in broken_rules()
    assert broken_rules() - book(language)["rules"].keys() == set()


@pytest.mark.parametrize("language", [*LANGUAGES, "en"])
def test_every_problem_has_a_title(language: str) -> None:
    """One for each slug."""
    assert set(SLUGS.values()) - book(language)["problems"].keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_told_the_facts_it_speaks_of(language: str) -> None:
    """Wherever a reason is given; else the reader of that language would get it in English."""
    sentences = book(language)["reasons"]
    lacking = {
        (where, code, missing)
        for where, code, told in given()
        for missing in facts(sentences.get(code, "")) - told - {"title"}
    }
    assert lacking == set()


def given() -> Iterator[tuple[str, str, set[str]]]:
    """Place, code and facts of each reason that is spelled out, for each code that it may take."""
    for file in sources():
        tree = ast.parse(file.read_text("utf-8"))
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef | ast.Module):
                continue
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("Reason", "reason"):
                    told = told_to(call)
                    for code in codes_of(call, function) if told is not None else ():
                        yield f"{file.name}:{call.lineno}", code, told or set()


def codes_of(call: ast.Call, around: ast.AST) -> set[str]:
    """The code, or the codes that the name for it was given in the function."""
    code = call.args[0]
    if isinstance(code, ast.Name):
        named = [
            each.value
            for each in ast.walk(around)
            if isinstance(each, ast.Assign) and getattr(each.targets[0], "id", "") == code.id
        ]
    else:
        named = [code]
    texts = (text for each in named for text in ast.walk(each) if isinstance(text, ast.Constant))
    return {str(text.value) for text in texts if re.fullmatch("[a-z-]+", str(text.value))} - ENGLISH_ONLY


def told_to(call: ast.Call) -> set[str] | None:
    """The facts that come with the reason; None if they are not spelled out."""
    told: set[str] = set()
    for keyword in call.keywords:
        if keyword.arg is None:
            return None
        if keyword.arg != "facts":
            told.add(keyword.arg)
        elif not isinstance(keyword.value, ast.Dict):
            return None
        else:
            told |= {str(key.value) for key in keyword.value.keys if isinstance(key, ast.Constant)}
    return told | ({"roles"} if "who" in told else set())


def test_the_languages_have_the_same_sentences() -> None:
    """Part by part, with the same facts in them."""
    first = book("zh-Hans")
    for language in LANGUAGES:
        other = book(language)
        for part, sentences in first.items():
            assert sentences.keys() == other[part].keys(), (language, part)
            for key, sentence in sentences.items():
                assert facts(sentence) == facts(other[part][key]), (language, part, key)


def facts(sentence: str) -> set[str | None]:
    """The facts a sentence is made from."""
    return {name for _, name, _, _ in Formatter().parse(sentence)} - {None}


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", "Power of attorney is still lacking"),
        ("zh-Hans", "缺少：委托书"),
        ("zh-Hant", "欠缺：委託書"),
        ("es", "Falta: Poder notarial"),
    ],
)
def test_a_paper_that_is_lacking_is_called_by_its_title(language: str, message: str) -> None:
    """In the reader's language."""
    title = "en: Power of attorney, zh-Hans: 委托书, zh-Hant: 委託書, es: Poder notarial"
    text = PAPERS.replace("TITLE", title)
    reading = read_text(text, "f.yaml", CONTEXT, {})
    assert reading.definition, [str(each) for each in reading.findings]
    [reason] = common_reasons.missing_documents(reading.definition, ["papers"], Values())
    assert render_reason(reason, language, reading.definition)["message"] == message


PAPERS = """
workflow: matter
title: {en: Matter}
purpose: A test.
numbering: M-{seq}
calendar: office
fields: {papers: {type: choices, options: {power: {TITLE}}}}
start: {state: new, roles: [desk], accepts: [papers]}
states: {new: {}}
transitions: [{trigger: go, from: new, roles: [desk], complete: [papers]}]
"""
