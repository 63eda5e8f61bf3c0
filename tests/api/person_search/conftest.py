"""A desk on either database for each module, with a complaint and a repair of people to be found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from api_desk import Call, Caller, caller, open_for_tests
from person_search_desk import COMPLAINT, REPAIR

from service.application import create_app
from service.bootstrap import Desk
from workflows.language.load import Folder
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated database for the desk of this module."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            path = tmp_path_factory.mktemp("search") / "desk.db"
            path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
            yield f"sqlite:///{path}"
        else:
            clone = request.getfixturevalue("postgres_clone")
            yield stack.enter_context(clone(request.getfixturevalue("postgres_template")))


@pytest.fixture(scope="module")
def desk(url: str, cipher: Cipher, tmp_path_factory: pytest.TempPathFactory, ours: Folder) -> Iterator[Desk]:
    """A desk on either database."""
    found = open_for_tests(
        Database(url, cipher=cipher, synchronous="OFF"), tmp_path_factory.mktemp("desk"), ours
    )
    yield found
    found.close()


@pytest.fixture(scope="module")
def call(desk: Desk) -> Call:
    """Signs somebody in, once."""
    app, known = create_app(desk), dict[str, Caller]()
    return lambda account: known.setdefault(account, caller(app, desk, account))


@pytest.fixture(scope="module")
def complaint(call: Call) -> dict[str, Any]:
    return call("receptionist").open("complaint", COMPLAINT)


@pytest.fixture(scope="module")
def repair(call: Call) -> dict[str, Any]:
    return call("receptionist").open("repair", REPAIR)
