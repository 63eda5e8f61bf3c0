"""A condition that compares with a word that nothing has is refused in its line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from workflows.language.load import read_folder

DEFINITIONS = Path(__file__).resolve().parents[2] / "definitions"
MISTAKES = {
    "a state of a child": ("c.state == 'signed'", "c.state == 'signd'", "unknown-child-state"),
    "one in a list": ("'endorsing', 'not-accepted'", "'endorsing', 'not-acepted'", "unknown-child-state"),
    "an option in a list field": ("'doors' in channels", "'dors' in channels", "unknown-option"),
    "an option behind a condition": ("? 'nonconformity' :", "? 'nonconformty' :", "unknown-option"),
    "a department": ("(department == 'environment' ?", "(department == 'enviroment' ?", "unknown-department"),
    "a state of the ticket": ("state == 'reported-up'", "state == 'reportd-up'", "unknown-state"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped definitions."""
    return Path(shutil.copytree(DEFINITIONS, tmp_path_factory.mktemp("words") / "definitions"))


@pytest.mark.parametrize("name", MISTAKES)
def test_a_word_that_nothing_has_is_found_in_its_line(folder: Path, name: str) -> None:
    old, new, code = MISTAKES[name]
    files = sorted(folder.rglob("*.yaml"))
    file = next(each for each in files if old in each.read_text("utf-8"))
    before = file.read_text("utf-8")
    try:
        file.write_text(before.replace(old, new, 1), "utf-8")
        found = [each for each in read_folder(folder, about=file).findings if Path(each.file) == file]
    finally:
        file.write_text(before, "utf-8")
    assert [(each.code, each.line) for each in found] == [
        (code, before.count("\n", 0, before.index(old)) + 1)
    ]
    assert "did you mean" in found[0].message
