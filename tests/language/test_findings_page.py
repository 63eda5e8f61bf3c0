"""The page of the findings: a section for each code; its wrong example is found, its right one is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.language.finding_patterns import known_codes
from workflows.gate.proposal import propose_folder
from workflows.gate.review import review
from workflows.gate.scenarios import find_failed_scenarios
from workflows.language.builder.company import COMPANY_FILES
from workflows.language.findings import blocking
from workflows.language.load import read_folder

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "findings.md").read_text("utf-8")
SAID_IN = ("workflows/gate", "workflows/language/migrations")
NO_EXAMPLE = {  # these are about files, about several of them, or about what is in force
    "deadline-past",
    "encoding",
    "ext",
    "leans-on-broken",
    "schedule-broken",
    "unknown-days",
    "unknown-report",
    "unknown-roster",
    "unreadable-file",
}
IMPACT_AND_PLANS = {  # what is said of open tickets, and of plans that move them, needs versions in use
    "attachment-renamed",
    "conversion-misfit",
    "conversion-missing",
    "deadline-for-new-only",
    "field-not-entered",
    "field-without-place",
    "moved-twice",
    "option-in-use",
    "promises-move",
    "personal-to-open",
    "removed-field",
    "removed-state",
    "removed-trigger",
    "renamed",
    "retired",
    "rollback",
    "same-version",
    "state-without-place",
    "strands-parent",
    "type-with-data",
    "unknown-clock",
    "unknown-process",
    "unknown-version",
}
NOW = 1_772_000_000  # in February 2026, when all days of the year are known
_BLOCK = re.compile(r"(?:`(?P<file>[a-z]+\.yaml)`:\n\n)?```yaml\n(?P<text>.*?)\n```", re.DOTALL)


class Example(NamedTuple):
    """The wrong and the right sections of one code, and the file in which they stand."""

    code: str
    file: str
    wrong: str
    right: str


def base_files() -> dict[str, str]:
    """The files of the examples, which the page shows first."""
    first = PAGE.partition("## Codes")[0]
    return {str(found["file"]): found["text"] for found in _BLOCK.finditer(first)}


def sections() -> dict[str, str]:
    """The text of each section below the list of codes, by its code."""
    rest = PAGE.partition("## Codes")[2].partition("\n## ")[2]
    return {each.partition("\n")[0]: each for each in rest.split("\n## ")}


def examples() -> Iterator[Example]:
    for code, text in sections().items():
        blocks = _BLOCK.findall(text)
        if blocks:
            file = re.search(r"Wrong in `([a-z]+\.yaml)`", text)
            (_, wrong), (_, right) = blocks
            yield Example(code, file[1] if file else "request.yaml", wrong, right)


def replace_sections(text: str, part: str) -> str:
    """The text with the top-level sections of `part` in the place of its own."""
    found = dict(split_sections(text)) | dict(split_sections(part))
    return "\n".join(found.values()) + "\n"


def split_sections(text: str) -> Iterator[tuple[str, str]]:
    for section in re.split(r"\n(?=\S)", text):
        yield section.partition(":")[0], section


def codes_of(folder: Path, file: str, part: str) -> list[str]:
    """What is found in the small company with these sections, by code."""
    for name, text in base_files().items():
        home = folder if name in COMPANY_FILES else folder / "trade"
        home.mkdir(exist_ok=True)
        (home / name).write_text(f"{text}\n", "utf-8")
    changed = next(iter([*folder.rglob(file), folder / file]))
    before = base_files().get(file, "")
    changed.write_text(replace_sections(before, part) if before else f"{part}\n", "utf-8")
    proposal = propose_folder(read_folder(folder, languages=("en",)))
    searches = [find_failed_scenarios] if "scenarios:" in part else []
    reviewed = review(proposal, NOW, searches=searches)
    return [each.code for each in blocking(reviewed.findings)]


def test_the_small_company_has_no_findings(tmp_path: Path) -> None:
    assert codes_of(tmp_path, "request.yaml", "summary: what") == []


@pytest.mark.parametrize("example", [pytest.param(each, id=each.code) for each in examples()])
def test_the_wrong_example_is_found_and_the_right_one_is_not(tmp_path: Path, example: Example) -> None:
    assert example.code in codes_of(tmp_path, example.file, example.wrong)
    assert codes_of(tmp_path, example.file, example.right) == []


def test_each_code_has_a_section_with_examples() -> None:
    assert known_codes() - sections().keys() == set()
    assert {
        code for code in sections() if code not in {each.code for each in examples()}
    } - NO_EXAMPLE - IMPACT_AND_PLANS == set()


def test_the_list_of_codes_is_complete() -> None:
    listed = re.findall(r"\[([a-z-]+)\]\(#\1\)", PAGE)
    assert listed == sorted(sections())


def test_what_is_said_of_open_tickets_and_of_plans_has_its_section() -> None:
    sources = (file.read_text("utf-8") for room in SAID_IN for file in sorted((ROOT / room).glob("*.py")))
    said = {code for text in sources for code in re.findall(r'Sentence\(\s*"([a-z-]+)"', text)}
    assert said - sections().keys() == set()
