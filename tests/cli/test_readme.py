"""What a newcomer reads is true: the picture, the commands, the addresses, the number of processes."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from service.api import all_routes
from service.cli import huifang as program
from workflows.language.definition import Definition
from workflows.language.diagram import svg
from workflows.language.load import read_folder

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.fixture(scope="module")
def definitions() -> dict[str, Definition]:
    """Our processes."""
    return dict(read_folder(ROOT / "definitions").definitions)


def words(picture: str) -> set[str]:
    """What is written in a picture."""
    return set(re.findall(r">([^<>]+)</(?:text|tspan|span|p)>", picture))


def test_the_picture_is_of_the_process_as_it_is(definitions: dict[str, Definition]) -> None:
    """Otherwise: write `svg(...)` of the complaint to docs/complaint.svg anew."""
    drawn = words(svg(definitions["complaint"]))
    assert "Registered" in drawn
    assert words((ROOT / "docs" / "complaint.svg").read_text("utf-8")) == drawn


def test_there_are_as_many_processes_as_is_said(definitions: dict[str, Definition]) -> None:
    """Those that are only a part of another are not counted."""
    (said,) = re.findall(r"(\d+) processes of the trade", README)
    assert int(said) == len(definitions) - len({"reception-day-signature", "tour-task"} & set(definitions))


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.name)
def test_every_command_that_is_written_exists(page: Path) -> None:
    """In blocks of shell and between backticks, with the options that follow it."""
    text = page.read_text("utf-8")
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.S))
    found = re.findall(r"(?:^|&& |\$\()huifang ([^#\n&)]+)", blocks, re.M)
    found += re.findall(r"`huifang ([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
    for said in found:
        command: click.Command = program
        for word in said.split():
            below = (
                command.get_command(click.Context(command), word)
                if isinstance(command, click.Group)
                else None
            )
            if below is not None:
                command = below
            elif word.startswith("--"):
                known = {option for each in command.params for option in each.opts}
                assert word in known, f"huifang {said}"
        assert command is not program, f"huifang {said}"


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.name)
def test_every_address_that_is_written_exists(page: Path) -> None:
    """Of the API, with or without its first part."""
    text = page.read_text("utf-8")
    known = [re.compile(re.sub(r"\{\w+\}", "[^/]+", each.path)) for each in all_routes()]
    known.append(re.compile(r"/api/(docs|openapi\.json)"))
    found = re.findall(r"(?:GET|POST|PUT|DELETE|PATCH)\s+(/api/[^\s`?)]+)", text)
    found += [
        f"/api{each}"
        for each in re.findall(r"`(/(?:reports|tickets|registers|rosters|schedules|events)[^`?]*)", text)
    ]
    found += [f"/api{each}" for each in re.findall(r"\$API(/[^\s?\"]+)", text)]
    assert [each for each in found if not any(path.fullmatch(each) for path in known)] == []
