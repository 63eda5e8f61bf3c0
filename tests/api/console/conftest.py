"""Browsers without script in front of the desk of the API's tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from api_desk import settings
from flask import Flask
from page_scene import PageScene
from plain_browser import PlainBrowser

from service import wallclock
from service.application import create_app
from service.bootstrap import build_desk
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database


@pytest.fixture
def browser(app: Flask) -> PlainBrowser:
    """A browser that has never been here."""
    return PlainBrowser(app.test_client())


@pytest.fixture
def enter(app: Flask) -> Callable[..., PlainBrowser]:
    """`enter("cs-officer")` is the browser of somebody who has signed in."""

    def signed_in(account: str, language: str = "en") -> PlainBrowser:
        found = PlainBrowser(app.test_client(), language)
        assert found.sign_in(account).status_code == 303
        return found

    return signed_in


@pytest.fixture(scope="module")
def scene(furnished: Path, tmp_path_factory: pytest.TempPathFactory, cipher: Cipher) -> Iterator[PageScene]:
    """A desk full of hostile texts, for all tests of a module."""
    folder = tmp_path_factory.mktemp("scene")
    shutil.copy(furnished, folder / "desk.db")
    database = Database(f"sqlite:///{folder / 'desk.db'}", cipher=cipher, synchronous="OFF")
    desk = build_desk(settings(folder), database)
    yield PageScene(create_app(desk), desk).furnish()
    desk.close()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """`at(3_600)` is an hour from now."""
    began = wallclock.now()

    def move(ahead: int) -> None:
        monkeypatch.setattr(wallclock, "now", lambda: began + ahead)

    return move
