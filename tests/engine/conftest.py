"""A desk on each of the two databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_desk import Desk, folder_of
from schedule_office import SCHEDULES, Office

from workflows.storage.database import Database


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Desk:
    """A desk with its processes published."""
    texts = tmp_path / "definitions"
    texts.mkdir()
    return Desk.on(database, folder_of(texts))


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Office:
    """An office that keeps schedules."""
    office = Office.on(desk, tmp_path / "definitions")
    office.publish(SCHEDULES)
    return office
