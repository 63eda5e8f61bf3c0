"""A company at one estate, on a Monday morning, for each story anew."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from api_desk import DEFINITIONS, settings
from storytelling import Day, at
from time_machine import travel

from service import wallclock
from service.app import create_app
from service.demo.staffing import HOME, hire
from service.wiring import assemble
from workflows.language.reading import read_folder
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database

MONDAY = datetime.fromisoformat(at("2026-03-02 09:00"))
_EVERYBODY = "everyone"  # holds all posts of the demonstration: he would hear whatever is said


@pytest.fixture(scope="session")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, cipher: Cipher) -> Path:
    """A database with the definitions and the people, to copy."""
    path = tmp_path_factory.mktemp("company") / "desk.db"
    shutil.copy(sqlite_template, path)
    with travel(MONDAY, tick=False):
        desk = assemble(
            settings(path.parent), Database(f"sqlite:///{path}", cipher=cipher, synchronous="OFF")
        )
        desk.library.publish(read_folder(DEFINITIONS), wallclock.now(), "tests")
        hire(desk, "a made-up password", _EVERYBODY)
        known = desk.people.account(_EVERYBODY)
        assert known is not None
        desk.people.change_staff(known.staff.id, active=False)
        desk.close()
    return path


@pytest.fixture
def day(company: Path, tmp_path: Path, cipher: Cipher) -> Iterator[Day]:
    """The desk at the first site, on Monday the 2nd of March 2026 at nine."""
    assert HOME.zone == "Asia/Shanghai"
    path = tmp_path / "desk.db"
    shutil.copy(company, path)
    with travel(MONDAY, tick=False) as clock:
        desk = assemble(settings(tmp_path), Database(f"sqlite:///{path}", cipher=cipher, synchronous="OFF"))
        yield Day(create_app(desk), desk, clock)
        desk.close()
