"""What the documents for developers name is there: modules, classes, functions and files."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = [ROOT / name for name in ("docs/architecture.md", "CONTRIBUTING.md", "STYLE.md", "SECURITY.md")]
NAMES = sorted(
    {
        (file.name, name)
        for file in DOCUMENTS
        for name in re.findall(r"\b(?:workflows|service)(?:\.\w+)+", file.read_text("utf-8"))
    }
)
FILES = sorted(
    {
        (file.name, name)
        for file in DOCUMENTS
        for name in re.findall(
            r"`((?:workflows|service|tests|definitions|docs|benchmarks)/[\w./*-]*)`", file.read_text("utf-8")
        )
    }
)


def found(name: str) -> object:
    """What a dotted name stands for: a module, or something in one."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            thing: object = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            thing = getattr(thing, part)
        return thing
    raise AssertionError(name)


@pytest.mark.parametrize(("_document", "name"), NAMES)
def test_every_name_of_the_code_in_a_document_exists(_document: str, name: str) -> None:
    assert found(name) is not None


@pytest.mark.parametrize(("_document", "name"), FILES)
def test_every_file_that_a_document_names_is_there(_document: str, name: str) -> None:
    assert list(ROOT.glob(name.rstrip("/")))


@pytest.mark.parametrize("document", ["README.md", "docs/using.md"])
def test_every_picture_of_a_document_is_there_small_and_described(document: str) -> None:
    shown = re.findall(r'<img src="([^"]*\.webp)" alt="([^"]*)"', (ROOT / document).read_text("utf-8"))
    assert shown
    for name, described in shown:
        assert described
        assert ((ROOT / document).parent / name).stat().st_size < 120_000, name
