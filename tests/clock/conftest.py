"""A desk in a small office, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import clock_desk
import pytest

from service.bootstrap import Desk, build_desk, open_desk
from workflows.storage.database import Database


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """A desk with its people and its one process, but no tickets yet."""
    found = build_desk(clock_desk.settings_for(database.url, tmp_path), database)
    clock_desk.furnish(found)
    return found


@pytest.fixture
def second_desk(desk: Desk) -> Iterator[Desk]:
    """Another process's view of the same database."""
    found = open_desk(desk.settings)
    yield found
    found.close()
