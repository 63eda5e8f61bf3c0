"""Checking, publishing and rehearsing definitions from the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from command_line import ERRANDS, Huifang
from jsonschema import Draft202012Validator


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The errands, to be spoilt."""
    return Path(shutil.copytree(ERRANDS, tmp_path / "errands"))


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_what_is_right_is_said_to_be(huifang: Huifang) -> None:
    """Exit code 0."""
    said = huifang("check", ERRANDS)
    assert (said.code, said.out) == (0, "")


@pytest.mark.parametrize("words", [("check", ERRANDS), ("rehearse", ERRANDS), ("schema",)])
def test_looking_at_definitions_leaves_no_trace(
    huifang: Huifang, tmp_path: Path, words: tuple[str | Path, ...]
) -> None:
    """No data folder, no keys."""
    assert huifang(*words).code == 0
    assert list(tmp_path.iterdir()) == []


def test_a_mistake_is_shown_with_its_place_and_what_was_meant(huifang: Huifang, folder: Path) -> None:
    """file:line:column, and exit code 1."""
    spoil(folder / "errand.yaml", "owner: {role: clerk}", "owner: {role: clark}")
    said = huifang("check", folder)
    assert said.code == 1
    assert said.out.startswith(f"{folder / 'errand.yaml'}:18:")
    assert "did you mean 'clerk'?" in said.out


def test_a_single_file_is_checked_as_a_part_of_its_folder(huifang: Huifang, folder: Path) -> None:
    """A file outside of any folder of definitions is refused."""
    assert huifang("check", folder / "errand.yaml").code == 0
    stray = folder.parent / "stray.yaml"
    shutil.copy(folder / "errand.yaml", stray)
    assert huifang("check", stray).code == 1


def test_a_path_that_is_not_there_is_usage(huifang: Huifang, tmp_path: Path) -> None:
    """Exit code 2."""
    assert huifang("check", tmp_path / "nothing").code == 2


def test_publishing_tells_what_it_does(office: Huifang, folder: Path) -> None:
    """And does nothing when it is only asked."""
    assert office("publish", folder).out == "published 0 of 1\n"
    spoil(folder / "errand.yaml", "due: 2 working hours", "due: 3 working hours")
    tells = "errand: version 1 -> 2, 0 open tickets stay on their version\n"
    assert office("publish", folder, "--dry-run").out == tells
    assert office("publish", folder).out == f"{tells}published 1 of 1\n"


def test_what_is_wrong_is_not_published(office: Huifang, folder: Path) -> None:
    """Nothing of the folder is, and every reason is told."""
    spoil(folder / "errand.yaml", "to: done, roles: [clerk]", "to: dome, roles: [clark]")
    for arguments in (("publish", folder), ("publish", folder, "--dry-run")):
        assert office(*arguments).code == 1
    assert office("publish", ERRANDS).out == "published 0 of 1\n"


def test_scenarios_are_rehearsed(huifang: Huifang, folder: Path) -> None:
    """One that goes otherwise than written is named with its line; exit code 1."""
    story = """
scenarios:
  - name: it is done
    at: 2026-03-02 09:00
    steps:
      - {open: {content: Keys}, as: clerk}
      - {do: {}, as: clerk}
      - {expect: {state: done}}
"""
    with (folder / "errand.yaml").open("a", encoding="utf-8") as file:
        file.write(story)
    assert huifang("rehearse", folder).code == 0
    spoil(folder / "errand.yaml", "expect: {state: done}", "expect: {state: todo}")
    said = huifang("rehearse", folder, "--log")
    assert said.code == 1
    assert "errand: it is done" in said.out


def test_the_schema_for_editors_accepts_our_own_definitions(huifang: Huifang) -> None:
    """It is JSON Schema 2020-12."""
    schema = json.loads(huifang("schema").out)
    Draft202012Validator.check_schema(schema)
    definition = yaml.safe_load((ERRANDS / "errand.yaml").read_text())
    Draft202012Validator(schema).validate(definition)
