"""Desks to bring things in to, and the real files beside the project."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from import_desks import HERE, SITE, desk_on

from service.bootstrap import Desk
from workflows.core.people import Membership, Staff
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database

DATA = HERE.parents[1].parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Gives the path of a real file; skips where the data does not lie beside the project."""

    def path(name: str) -> Path:
        if not (DATA / name).exists():
            pytest.skip(f"{DATA / name} is not there: the real data is not part of the repository")
        return DATA / name

    return path


@pytest.fixture(scope="module")
def sqlite_desk(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, cipher: Cipher
) -> Iterator[Callable[[str, str], Desk]]:
    """Makes desks on SQLite that a whole module of tests shares: (folder of definitions, zone) → desk."""
    made: list[Desk] = []

    def make(folder: str, zone: str) -> Desk:
        path = tmp_path_factory.mktemp("import") / "desk.db"
        shutil.copy(sqlite_template, path)
        database = Database(f"sqlite:///{path}", cipher=cipher, synchronous="OFF")
        made.append(desk_on(database, folder, zone, path.parent))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


@pytest.fixture
def messages_desk(database: Database, tmp_path: Path) -> Desk:
    """A desk for residents' messages, on either database."""
    return desk_on(database, "cn", "Asia/Shanghai", tmp_path)


@pytest.fixture
def helpdesk(database: Database, tmp_path: Path) -> Desk:
    """A help desk, on either database."""
    return desk_on(database, "helpdesk", "Europe/Rome", tmp_path)


@pytest.fixture
def estate(database: Database, tmp_path: Path) -> Desk:
    """A desk on the shipped definitions, with two people of the office and the workshop."""
    desk = desk_on(database, "../../definitions", "America/Chicago", tmp_path)
    for account, *roles in (("office", "receptionist", "cs-officer"), ("worker", "repair-worker")):
        posts = tuple(Membership(SITE, role) for role in roles)
        desk.people.add_staff(Staff(id=f"id-{account}", account=account, name=account, memberships=posts))
    return desk
