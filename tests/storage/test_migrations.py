"""The schema is what the program thinks it is, and says so when it is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from workflows.storage import schema
from workflows.storage.cipher import Cipher
from workflows.storage.conflicts import StorageError
from workflows.storage.database import Database


def test_the_tables_are_those_of_the_migrations(database: Database) -> None:
    with database.engine.connect() as connection:
        command.check(schema.config_for(connection))


def test_a_migrated_database_is_fit_and_stays_so(database: Database) -> None:
    schema.check(database)
    schema.migrate(database)
    schema.check(database)


def test_an_empty_database_is_refused(tmp_path: Path, cipher: Cipher) -> None:
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}", cipher=cipher)
    with pytest.raises(StorageError, match="is empty; run"):
        schema.check(database)
    database.close()


@pytest.mark.parametrize("prepare", [schema.check, schema.migrate])
def test_a_database_of_a_newer_program_is_refused(database: Database, prepare: object) -> None:
    with database.transaction() as session:
        session.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match="newer than this program"):
        prepare(database)  # type: ignore[operator]


def test_an_older_database_is_refused(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alembic.script.ScriptDirectory.get_current_head", lambda _: "9998")
    with pytest.raises(StorageError, match="needs 9998; run"):
        schema.check(database)


def test_the_first_schema_has_nothing_before_it(database: Database) -> None:
    with database.engine.connect() as connection, pytest.raises(NotImplementedError):
        command.downgrade(schema.config_for(connection), "base")
