"""A desk on SQLite with the published definitions, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from api_desk import Call, caller, open_for_tests, settings
from flask import Flask

from service.app import create_app
from service.wiring import Desk, assemble
from workflows import library
from workflows.language.building.context import Context
from workflows.language.definition import Definition
from workflows.language.problems import Problem
from workflows.language.reading import Folder, Reading
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database


@pytest.fixture(scope="session", autouse=True)
def read_once() -> Iterator[None]:
    """A text is read against a company once for all tests: reading depends on nothing else."""
    companies: dict[tuple[object, ...], tuple[Context, tuple[Problem, ...]]] = {}
    texts: dict[tuple[object, ...], Reading] = {}
    read_context, read_text = library.read_context, library.read_text

    def context(files: Mapping[str, bytes]) -> tuple[Context, tuple[Problem, ...]]:
        key = tuple(sorted(files.items()))
        if key not in companies:
            companies[key] = read_context(files)
        return companies[key]

    def reading(
        text: str, filename: str, context: Context, known: Mapping[str, Definition] | None = None
    ) -> Reading:
        if known is not None:
            return read_text(text, filename, context, known)
        key = (text, filename, id(context))  # the context is kept above
        if key not in texts:
            texts[key] = read_text(text, filename, context)
        return texts[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(library, "read_context", context)
        patch.setattr(library, "read_text", reading)
        yield


@pytest.fixture(scope="session")
def furnished(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, cipher: Cipher, ours: Folder
) -> Path:
    """A database with sites, staff and definitions, to copy."""
    path = tmp_path_factory.mktemp("furnished") / "desk.db"
    shutil.copy(sqlite_template, path)
    database = Database(f"sqlite:///{path}", cipher=cipher, synchronous="NORMAL")
    desk = open_for_tests(database, path.parent, ours)
    desk.close()
    return path


@pytest.fixture
def desk(furnished: Path, tmp_path: Path, cipher: Cipher) -> Iterator[Desk]:
    """A desk of this test's own."""
    path = tmp_path / "desk.db"
    shutil.copy(furnished, path)
    found = assemble(settings(tmp_path), Database(f"sqlite:///{path}", cipher=cipher, synchronous="NORMAL"))
    yield found
    found.close()


@pytest.fixture
def app(desk: Desk) -> Flask:
    """The application in front of it."""
    return create_app(desk)


@pytest.fixture
def call(app: Flask, desk: Desk) -> Call:
    """`call("cs-officer")` signs somebody in."""
    return lambda account, language="en": caller(app, desk, account, language)
