"""A company at one estate, on a Monday morning, for each story anew."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest
from api_desk import settings
from scenario_desk import Day, at
from time_machine import travel

from service import wallclock
from service.application import create_app
from service.bootstrap import Desk, build_desk
from service.demo.staff import HOME, add_demo_staff
from workflows.language.load import Folder
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database

MONDAY = datetime.fromisoformat(at("2026-03-02 09:00"))
_EVERYBODY = "everyone"  # holds all posts of the demonstration: he would hear whatever is said


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def company(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, cipher: Cipher, ours: Folder
) -> Iterator[str]:
    """The URL of a database with the definitions and the people, to copy."""
    folder = tmp_path_factory.mktemp("company")
    with ExitStack() as stack:
        if request.param == "sqlite":
            shutil.copy(request.getfixturevalue("sqlite_template"), folder / "desk.db")
            url = f"sqlite:///{folder / 'desk.db'}"
        else:
            clone = request.getfixturevalue("postgres_clone")
            url = stack.enter_context(clone(request.getfixturevalue("postgres_template")))
        with travel(MONDAY, tick=False):
            _furnish(build_desk(settings(folder), Database(url, cipher=cipher, synchronous="OFF")), ours)
        yield url


def _furnish(desk: Desk, ours: Folder) -> None:
    desk.definitions.publish(ours, wallclock.now(), "tests")
    add_demo_staff(desk, "a made-up password", _EVERYBODY, 0)
    known = desk.people.account(_EVERYBODY)
    assert known is not None
    desk.people.update_staff(known.staff.id, active=False)
    desk.close()


@pytest.fixture
def day(company: str, request: pytest.FixtureRequest, tmp_path: Path, cipher: Cipher) -> Iterator[Day]:
    """The desk at the first site, on Monday the 2nd of March 2026 at nine: on SQLite, then on PostgreSQL."""
    assert HOME.zone == "Asia/Shanghai"
    with ExitStack() as stack:
        if company.startswith("sqlite"):
            shutil.copy(company.removeprefix("sqlite:///"), tmp_path / "desk.db")
            url = f"sqlite:///{tmp_path / 'desk.db'}"
        else:
            url = stack.enter_context(request.getfixturevalue("postgres_clone")(company))
        clock = stack.enter_context(travel(MONDAY, tick=False))
        desk = build_desk(settings(tmp_path), Database(url, cipher=cipher, synchronous="OFF"))
        yield Day(create_app(desk), desk, clock)
        desk.close()
