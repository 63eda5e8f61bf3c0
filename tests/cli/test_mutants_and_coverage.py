"""What is asked of the definitions, and what would be missed, from the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command_line import ERRANDS, Huifang


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The errands, to be spoilt."""
    return Path(shutil.copytree(ERRANDS, tmp_path / "errands"))


def test_survivors_without_a_reason_are_found(huifang: Huifang, folder: Path) -> None:
    """Each with its place; exit code 1."""
    said = huifang("mutate", folder)
    assert said.code == 1
    assert f"{folder / 'errand.yaml'}:" in said.out
    assert said.out.rstrip().endswith("why?")


def test_survivors_with_a_reason_are_listed(huifang: Huifang, folder: Path) -> None:
    """Exit code 0, when enough of the others are noticed."""
    survivors = [
        line.split(" without ")[1].removesuffix(": why?")
        for line in huifang("mutate", folder).out.splitlines()
    ]
    lines = "".join(f'  "{each}": it is an example\n' for each in survivors)
    (folder / "survivors.yaml").write_text(f"errand:\n{lines}")
    said = huifang("mutate", folder, "--least", "1")
    assert (said.code, said.out.count("it is an example")) == (0, len(survivors))
    assert huifang("mutate", folder, "--least", "100").code == 1


def test_a_reason_for_what_does_not_survive_is_found(huifang: Huifang, folder: Path) -> None:
    """A list of excuses must not grow old."""
    (folder / "survivors.yaml").write_text('errand: {"something long gone": it was needed}\n')
    assert "something long gone: is noticed" in huifang("mutate", folder, "--least", "1").err


def test_an_unknown_workflow_is_refused(huifang: Huifang, folder: Path) -> None:
    """In one line."""
    said = huifang("mutate", folder, "--workflow", "erand")
    assert (said.code, said.err) == (1, "huifang: there is no workflow 'erand'\n")


def test_requirements_are_listed_with_what_meets_them(huifang: Huifang, folder: Path) -> None:
    """And what is not so is found, with exit code 1."""
    errand = folder / "errand.yaml"
    errand.write_text(errand.read_text("utf-8").replace("purpose:", "covers: [R001]\npurpose:", 1), "utf-8")
    assert huifang("coverage", folder).code == 1
    (folder / "requirements").mkdir()
    entries = folder / "requirements" / "all.yaml"
    entries.write_text("R001: {says: Errands, unmet: nobody runs}\n")
    said = huifang("coverage", folder)
    assert (said.code, said.out) == (0, "R001  Errands\n      unmet: nobody runs\n")
    assert said.err.startswith("1 requirements, 1 unmet")
