"""Relatives are few, and are found as such: a step must not go through all tickets of a site."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from workflows.storage.cipher import Cipher
from workflows.storage.database import Database
from workflows.storage.tickets import store


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        (store._CHILDREN, "ix_tickets_parent"),
        (store._CHILDREN_WHOLE, "ix_tickets_parent"),
        (store._SUCCESSOR, "ix_tickets_origin"),
    ],
    ids=["children", "whole children", "successor"],
)
def test_sqlite_finds_them_by_their_index(
    sql: str, index: str, sqlite_template: Path, tmp_path: Path, cipher: Cipher
) -> None:
    """And sorts what it has found, rather than find it in order."""
    path = shutil.copy(sqlite_template, tmp_path / "desk.db")
    database = Database(f"sqlite:///{path}", cipher=cipher)
    plan = database.read(database.sql(f"EXPLAIN QUERY PLAN {sql}"), {"site": "lake", "id": "x"})
    database.close()
    assert index in plan[0][3]
