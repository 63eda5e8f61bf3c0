"""`huifang diff`: what a change does, before it is published."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from command_line import ERRANDS, Huifang


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The errands, to be changed."""
    return Path(shutil.copytree(ERRANDS, tmp_path / "errands"))


def change(folder: Path, old: str, new: str) -> Path:
    file = folder / "errand.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    return file


def test_what_does_the_same_ends_with_0(office: Huifang, folder: Path) -> None:
    """A comment changes nothing."""
    file = change(folder, "workflow: errand", "# a comment\nworkflow: errand")
    said = office("diff", "errand", "--to", file, "--language", "en")
    assert said.code == 0
    assert "Nothing that it does changes." in said.out
    assert office("diff", folder).code == 0


def test_what_does_something_else_ends_with_1_and_says_what(tickets: Huifang, folder: Path) -> None:
    """With the number of tickets that stand there."""
    change(folder, "owner: {role: clerk}", "owner: {role: supervisor}")
    said = tickets("diff", folder, "--language", "en")
    assert said.code == 1
    assert "The next move in" in said.out
    assert "Open tickets there: 12." in said.out


def test_the_difference_can_be_had_as_data_and_as_a_page(office: Huifang, folder: Path) -> None:
    file = change(folder, "owner: {role: clerk}", "owner: {role: supervisor}")
    found = json.loads(office("diff", "errand", "--to", file, "--format", "json").out)
    assert found["differences"][0]["changes"][0]["code"] == "state-owner"
    assert office("diff", "errand", "--to", file, "--format", "html").out.startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("nothing-like-it",), "there is no workflow"),
        (("errand", "--from", "7"), "there is no version 7"),
        (("errand", "--to", "9"), "there is no version 9"),
        (("errand", "--to", "nowhere.yaml"), "cannot be read"),
        ((ERRANDS, "--from", "1"), "not for a folder"),
    ],
)
def test_what_cannot_be_compared_ends_with_2(
    office: Huifang, arguments: tuple[object, ...], expected: str
) -> None:
    said = office("diff", *arguments)
    assert (said.code, said.out) == (2, "")
    assert expected in said.err


def test_a_broken_text_is_answered_by_its_findings(office: Huifang, folder: Path) -> None:
    file = change(folder, "owner: {role: clerk}", "owner: {role: clark}")
    said = office("diff", "errand", "--to", file)
    assert said.code == 2
    assert f"{file}:" in said.err
    assert "did you mean 'clerk'?" in said.err
