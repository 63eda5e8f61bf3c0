"""The wrong changes of the tutorial: each is made, and what the page shows is what is said."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

import pytest
from command_line import MONDAY, Huifang, desk_in, furnished

from workflows.core.access.permissions import build_actor
from workflows.core.commands import Open

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "write-a-process.md").read_text("utf-8")
PROCESS = Path("definitions", "intake", "lost-property.yaml")
ABOUT_ALL_PROCESSES = ("schedules.yaml", "reports.yaml", "survivors.yaml")


class Section(NamedTuple):
    """One wrong change: its blocks in their order, each with its kind (`diff`, `console`)."""

    title: str
    blocks: list[tuple[str, str]]


def sections() -> list[Section]:
    part = PAGE.partition("## 6. Five wrong changes")[2].partition("\n## ")[0]
    return [
        Section(text.partition("\n")[0], re.findall(r"```(diff|console)\n(.*?)```", text, re.DOTALL))
        for text in part.split("\n### ")[1:]
    ]


def apply_changes(block: str) -> None:
    """Put each run of `+` lines in the place of the `-` lines before it; a passage is found once."""
    header, _, rest = block.partition("\n")
    file = Path(header.removeprefix("+++ "))
    text = file.read_text("utf-8")
    for old, new in re.findall(r"((?:^-.*\n)+)((?:^\+.*\n)+)", rest, re.MULTILINE):
        before, after = (re.sub(r"^[-+]", "", each, flags=re.MULTILINE)[:-1] for each in (old, new))
        assert before in text
        text = text.replace(before, after, 1)
    file.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def trade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with the tutorial's process and our company, and three things in the drawer."""
    home = tmp_path_factory.mktemp("trade")
    (home / PROCESS).parent.mkdir(parents=True)
    for file in (ROOT / "definitions").glob("*.yaml"):
        if file.name not in ABOUT_ALL_PROCESSES:
            shutil.copy(file, home / "definitions")
    text = "".join(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
    (home / PROCESS).write_text(text, "utf-8")
    furnished(
        home / "data",
        ("migrate",),
        ("publish", home / "definitions"),
        ("sites", "add", "yunxi", "Yunxi"),
        ("accounts", "add", "li", "--name", "Li", "--post", "yunxi:receptionist"),
        typed="long enough\n",
    )
    desk = desk_in(home / "data")
    clerk = build_actor(next(iter(desk.people.directory("yunxi").staff.values())), "yunxi")
    for number in range(3):
        ticket, data = str(uuid5(NAMESPACE_URL, f"thing {number}")), {"thing": "黑色雨伞", "place": "大堂"}
        opening = Open(site="yunxi", id=ticket, workflow="lost-property", actor=clerk, data=data)
        desk.engine.do(opening, MONDAY)
    desk.close()
    return home


@pytest.mark.parametrize("section", [pytest.param(each, id=each.title) for each in sections()])
def test_what_the_page_shows_is_what_is_said(
    huifang: Huifang, trade: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: Section
) -> None:
    shutil.copytree(trade, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for kind, block in section.blocks:
        if kind == "diff":
            apply_changes(block)
            continue
        shown = re.findall(r"^\$ huifang (.*)\n((?:^[^$].*\n)*)", block, re.MULTILINE)
        assert [(command, huifang(*command.split()).out) for command, _ in shown] == shown


def test_there_are_five_each_in_english_and_in_chinese() -> None:
    assert len(sections()) == 5
    for section in sections():
        asked = [re.findall(r"--language (\S+)", text) for kind, text in section.blocks if kind == "console"]
        assert asked == [["en", "zh-Hans"]] * len(asked) != []
