"""Processes that nobody here had thought of, in YAML alone; the first is the page of the documentation."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from workflows.language.checks.check import check
from workflows.language.load import Folder, read_folder
from workflows.rehearsal import VirtualDesk, rehearse

ROOT = Path(__file__).parents[2]
NEW_PROCESSES = Path(__file__).parent / "new_processes"
NAMES = ("lost-property", "plot-opinion", "plot-request", "pool-watch")
WITH_SCENARIOS = ("lost-property", "plot-request", "pool-watch")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Our own definitions, and these beside them."""
    home = Path(shutil.copytree(ROOT / "definitions", tmp_path_factory.mktemp("desk") / "definitions"))
    shutil.copytree(NEW_PROCESSES, home / "new_processes")
    page = (ROOT / "docs" / "write-a-process.md").read_text("utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.S)
    (home / "new_processes" / "lost-property.yaml").write_text("".join(blocks), encoding="utf-8")
    return read_folder(home)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_free_of_mistakes(folder: Folder, name: str):
    """Read, and judged with all others."""
    assert folder.findings == ()
    assert check(folder.definitions[name], folder.definitions) == ()


@pytest.fixture
def desk(folder: Folder) -> Iterator[VirtualDesk]:
    """A desk where they are all published."""
    desk = VirtualDesk.create()
    desk.definitions.publish(folder, 0, "test")
    desk.add_sample_staff(folder.context.organisation, "UTC")
    yield desk
    desk.close()


def test_its_stories_go_as_written(desk: VirtualDesk):
    """The page's, too."""
    definitions = (desk.definitions.latest(name) for name in WITH_SCENARIOS)
    results = [rehearse(desk, story, each) for each in definitions for story in each.scenarios]
    assert {each.workflow for each in results} == set(WITH_SCENARIOS)
    assert [str(each) for each in results if not each.ok] == []
