"""The shipped definitions, copied, to be changed and read again and again; what stays is read once."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator, Mapping
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from workflows.language import load
from workflows.language.builder.context import CompanyContext
from workflows.language.checks.check import check
from workflows.language.definition import Definition
from workflows.language.files import source
from workflows.language.findings import Finding
from workflows.language.load import read_folder

ROOT = Path(__file__).resolve().parents[2]
Company = tuple[CompanyContext, tuple[Finding, ...]]
_JUDGED: dict[Definition, tuple[Finding, ...]] = {}  # by identity


@pytest.fixture(scope="module")
def read_once() -> Iterator[None]:
    """A file that no mistake has changed is read against a company once: reading it leans on nothing else.
    What is said of the processes together is worked out each time."""
    companies: dict[object, Company] = {}
    pages: dict[object, Any] = {}
    company, page, composer = load.read_context, load.WorkflowFile, source.YamlParser

    def context(files: Mapping[str, bytes], place: str = "", **_: object) -> Company:
        key = (place, *sorted(files.items()))
        if key not in companies:
            companies[key] = company(files, place)
        return companies[key]

    def read(text: str | bytes, filename: str, context: CompanyContext, *, scenarios: bool = True) -> Any:
        key = (text, filename, id(context), scenarios)  # the context is kept above
        if key not in pages:
            pages[key] = page(text, filename, context, scenarios=scenarios)
        found = copy(pages[key])
        found.report = found.source.new_findings()
        found.report.merge(pages[key].report)
        return found

    @cache
    def composed(text: str) -> Any:
        made = composer(text)
        made.parse = cache(made.parse)
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "YamlParser", composed)
        patch.setattr(load, "read_context", context)
        patch.setattr(load, "WorkflowFile", read)
        yield
    _JUDGED.clear()
    gc.unfreeze()


def problems(folder: Path) -> list[Finding]:
    """What `huifang check` says of a folder."""
    gc.freeze()  # what is kept for the next mistake is not looked through again and again
    read = read_folder(folder)
    for name, each in read.definitions.items():
        if each not in _JUDGED:
            _JUDGED[each] = check(each, source=read.sources[name])
    judged = (_JUDGED[each] for each in read.definitions.values())
    return list(dict.fromkeys([*read.findings, *(problem for found in judged for problem in found)]))


@pytest.fixture(scope="module")
def trade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped definitions."""
    return Path(shutil.copytree(ROOT / "definitions", tmp_path_factory.mktemp("trade") / "definitions"))
