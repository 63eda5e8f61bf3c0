"""Processes that nobody here had thought of, in YAML alone; the first is the page of the documentation."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from workflows.language.checking.check import check
from workflows.language.reading import Folder, read_folder
from workflows.rehearsal import Stage, rehearse

ROOT = Path(__file__).parents[2]
UNHEARD = Path(__file__).parent / "unheard"
NAMES = ("lost-property", "plot-opinion", "plot-request", "pool-watch")
TOLD = ("lost-property", "plot-request", "pool-watch")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Our own definitions, and these beside them."""
    home = Path(shutil.copytree(ROOT / "definitions", tmp_path_factory.mktemp("desk") / "definitions"))
    shutil.copytree(UNHEARD, home / "unheard")
    page = (ROOT / "docs" / "write-a-process.md").read_text("utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.S)
    (home / "unheard" / "lost-property.yaml").write_text("".join(blocks), encoding="utf-8")
    return read_folder(home)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_free_of_mistakes(folder: Folder, name: str):
    """Read, and judged with all others."""
    assert folder.problems == ()
    assert check(folder.definitions[name], folder.definitions) == ()


@pytest.fixture
def stage(folder: Folder) -> Iterator[Stage]:
    """A desk where they are all published."""
    found = Stage.empty()
    found.library.publish(folder, 0, "test")
    found.people_it(folder.context.organisation, "UTC")
    yield found
    found.close()


def test_its_stories_go_as_written(stage: Stage):
    """The page's, too."""
    told = (stage.library.latest(name) for name in TOLD)
    results = [rehearse(stage, story, each) for each in told for story in each.scenarios]
    assert {each.workflow for each in results} == set(TOLD)
    assert [str(each) for each in results if not each.ok] == []
