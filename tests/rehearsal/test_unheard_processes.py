"""Processes that nobody here had thought of, in YAML alone; the first is the page of the documentation."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from workflows.language.checking.check import check
from workflows.language.reading import read_folder
from workflows.rehearsal import rehearse_folder

ROOT = Path(__file__).parents[2]
UNHEARD = Path(__file__).parent / "unheard"
NAMES = ("lost-property", "plot-opinion", "plot-request", "pool-watch")
TOLD = ("lost-property", "plot-request", "pool-watch")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our own definitions, and these beside them."""
    home = Path(shutil.copytree(ROOT / "definitions", tmp_path_factory.mktemp("desk") / "definitions"))
    shutil.copytree(UNHEARD, home / "unheard")
    page = (ROOT / "docs" / "write-a-process.md").read_text("utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.S)
    (home / "unheard" / "lost-property.yaml").write_text("".join(blocks), encoding="utf-8")
    return home


@pytest.mark.parametrize("name", NAMES)
def test_it_is_free_of_mistakes(folder: Path, name: str):
    """Read, and judged with all others."""
    read = read_folder(folder)
    assert read.problems == ()
    assert check(read.definitions[name], read.definitions) == ()


def test_its_stories_go_as_written(folder: Path):
    """The page's, too."""
    results = [each for each in rehearse_folder(folder) if each.workflow in TOLD]
    assert {each.workflow for each in results} == set(TOLD)
    assert [str(each) for each in results if not each.ok] == []
