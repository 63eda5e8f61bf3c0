"""A company writes its texts in the languages it has: only those are asked for, and readers of others have
the nearest."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.language.language_desk import COMPANY, COMPLAINT
from workflows.language.checks.check import check
from workflows.language.editor_schema import json_schema
from workflows.language.files.source import SourceFile
from workflows.language.findings import Finding
from workflows.language.forms.field import localize
from workflows.language.load import read_folder

TWO = ("zh-Hans", "en")


def without(text: str) -> str:
    """The text without traditional Chinese and Spanish; each is one word in these files."""
    return re.sub(r", (zh-Hant|es): [^,}]+", "", text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in COMPANY.items():
        (tmp_path / name).write_text(without(text.decode()))
    (tmp_path / "group").mkdir()
    (tmp_path / "group" / "complaint.yaml").write_text(without(COMPLAINT))
    (tmp_path / "settings.yaml").write_text(
        "rule: {type: text, default: x, title: {en: Rule, zh-Hans: 规则}}\n"
    )
    return tmp_path


def problems(folder: Path, languages: tuple[str, ...]) -> list[Finding]:
    read = read_folder(folder, languages=languages)
    checked = [
        found
        for name, each in read.definitions.items()
        for found in check(each, source=read.sources[name], languages=languages)
    ]
    return [each for each in (*read.findings, *checked) if "lacks" in each.message]


def test_only_those_are_asked_for(folder: Path) -> None:
    assert problems(folder, TWO) == []
    assert len(problems(folder, ("zh-Hans", "en", "es"))) > 10
    messages = {each.message for each in problems(folder, ("en", "es"))}
    assert {each.partition(";")[0] for each in messages} >= {"the title lacks es", "the text lacks es"}
    assert not [each for each in messages if "zh" in each]


@pytest.mark.parametrize(
    ("titles", "language", "text"),
    [
        ({"zh-Hans": "投诉", "en": "Complaint"}, "en", "Complaint"),
        ({"zh-Hans": "投诉", "en": "Complaint"}, "zh-Hant", "投诉"),
        ({"zh-Hant": "投訴", "en": "Complaint"}, "zh-Hans", "投訴"),
        ({"zh-Hans": "投诉", "en": "Complaint"}, "es", "Complaint"),
        ({"es": "Queja", "zh-Hans": "投诉"}, "en", "Queja"),
        ({}, "en", ""),
    ],
)
def test_a_reader_of_another_language_has_the_nearest(
    titles: dict[str, str], language: str, text: str
) -> None:
    """The other script of Chinese, then English, then the first that is written."""
    assert localize(titles, language) == text


def test_the_editor_asks_for_the_same(folder: Path) -> None:
    data: Any = SourceFile((folder / "group" / "complaint.yaml").read_bytes(), "f.yaml").data
    plain: Any = json.loads(json.dumps(data, default=str))
    assert Draft202012Validator(json_schema(TWO)).is_valid(plain)
    assert not Draft202012Validator(json_schema(("zh-Hans", "es"))).is_valid(plain)
