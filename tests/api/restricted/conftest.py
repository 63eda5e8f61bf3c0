"""The desk of the API's tests, with the two processes in force."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from api_desk import Call, settings
from restricted_desk import BINGO, SECRET, TALK

from service import wallclock
from service.bootstrap import build_desk
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database


@pytest.fixture(scope="session")
def furnished(furnished: Path, tmp_path_factory: pytest.TempPathFactory, cipher: Cipher) -> Path:
    """The database to copy, with the two processes published, too."""
    path = tmp_path_factory.mktemp("hidden") / "desk.db"
    shutil.copy(furnished, path)
    desk = build_desk(
        settings(path.parent), Database(f"sqlite:///{path}", cipher=cipher, synchronous="NORMAL")
    )
    for text in (TALK, BINGO):
        desk.definitions.publish_text(text, "talk.yaml", wallclock.now(), "tests")
    desk.close()
    return path


@pytest.fixture
def secret(call: Call) -> dict[str, Any]:
    """A restricted ticket that the receptionist has opened; officers of customer service own it."""
    return call("receptionist").open("talk", SECRET)
