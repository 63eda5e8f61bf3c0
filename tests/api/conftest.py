"""A desk on SQLite with the published definitions, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_desk import Call, caller, open_for_tests, settings
from flask import Flask

from service.app import create_app
from service.wiring import Desk, assemble
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database


@pytest.fixture(scope="session")
def furnished(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, cipher: Cipher) -> Path:
    """A database with sites, staff and definitions, to copy."""
    path = tmp_path_factory.mktemp("furnished") / "desk.db"
    shutil.copy(sqlite_template, path)
    desk = open_for_tests(Database(f"sqlite:///{path}", cipher=cipher, synchronous="NORMAL"), path.parent)
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
