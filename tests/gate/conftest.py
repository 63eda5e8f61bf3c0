"""A desk with a gate, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from gate_desk import GateDesk

from workflows import versions
from workflows.language.builder.context import CompanyContext
from workflows.language.definition import Definition
from workflows.language.files import source
from workflows.language.load import ParsedWorkflow
from workflows.storage.database import Database


@pytest.fixture
def yard(database: Database, tmp_path: Path) -> GateDesk:
    """Rentals and fees are in force."""
    folder = tmp_path / "definitions"
    folder.mkdir()
    return GateDesk(database, folder)


@pytest.fixture(scope="module")
def parsed_once() -> Iterator[None]:
    """A text is parsed once, however often it is read: schedules, reports and callers are the same for every
    change."""
    parser = source.YamlParser

    @cache
    def parsed(text: str) -> Any:
        made = parser(text)
        made.parse = cache(made.parse)  # type: ignore[method-assign]
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "YamlParser", parsed)
        yield


@pytest.fixture(scope="module")
def built_once(parsed_once: None) -> Iterator[None]:
    """A stored text is built once against a company, on whichever database it is stored."""
    contexts: dict[object, Any] = {}
    texts: dict[object, ParsedWorkflow] = {}
    read_context, read_text = versions.read_context, versions.read_text

    def context(files: Mapping[str, bytes], **more: Any) -> Any:
        key = (*sorted(files.items()), *sorted(more.items()))
        if key not in contexts:
            contexts[key] = read_context(files, **more)
        return contexts[key]

    def reading(
        text: str, filename: str, company: CompanyContext, known: Mapping[str, Definition] | None = None
    ) -> ParsedWorkflow:
        key = (text, filename, id(company))  # the context is kept above
        if key not in texts or known is not None:
            texts[key] = read_text(text, filename, company, known)
        return texts[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(versions, "read_context", context)
        patch.setattr(versions, "read_text", reading)
        yield
