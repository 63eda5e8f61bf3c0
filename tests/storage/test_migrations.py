"""The schema is what the program thinks it is, and says so when it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import make_url, text

from workflows.storage import schema
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database
from workflows.storage.deliveries import correct_former_status
from workflows.storage.errors import StorageError


def test_the_tables_are_those_of_the_migrations(database: Database) -> None:
    with database.engine.connect() as connection:
        command.check(schema.build_config(connection))


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
    monkeypatch.setattr(schema, "revisions", lambda: ("0001", revision_of(database), "9998"))
    with pytest.raises(StorageError, match="needs 9998; run"):
        schema.check(database)


@pytest.mark.parametrize("prepare", [schema.check, schema.migrate])
@pytest.mark.parametrize("found", ["0002", "0013", "0020"])
def test_a_database_of_a_program_that_was_never_released_is_refused_and_stays_as_it_is(
    database: Database, prepare: Callable[[Database], None], found: str
) -> None:
    """With what to do about it."""
    with database.transaction() as session:
        session.connection.execute(text("UPDATE alembic_version SET version_num = :found"), {"found": found})
    told = f"at schema {found}, of a program that was never released.*empty database.*`huifang restore`"
    with pytest.raises(StorageError, match=told):
        prepare(database)
    assert revision_of(database) == found


def test_no_migration_has_a_number_of_the_unreleased_programs() -> None:
    """Else their databases would be taken for this program's."""
    assert schema.revisions()[0] == schema.FIRST
    assert all(each > schema.LAST_UNRELEASED for each in schema.revisions()[1:])


def revision_of(database: Database) -> str:
    return str(database.read("SELECT version_num FROM alembic_version", {})[0][0])


def test_the_schemas_that_the_program_knows_are_those_of_its_migrations(database: Database) -> None:
    with database.engine.connect() as connection:
        scripts = ScriptDirectory.from_config(schema.build_config(connection))
    found = [script.revision for script in scripts.walk_revisions()]
    assert list(schema.revisions()) == found[::-1]


@pytest.fixture(params=["sqlite", "postgresql"])
def of_0021(request: pytest.FixtureRequest, tmp_path: Path, cipher: Cipher) -> Iterator[Database]:
    """A database as the migration 0021 left it."""
    with ExitStack() as stack:
        url = f"sqlite:///{tmp_path / 'desk.db'}"
        if request.param == "postgresql":
            server = make_url(request.getfixturevalue("postgres_server")).set(database="template1")
            clone = request.getfixturevalue("postgres_clone")
            url = stack.enter_context(clone(server.render_as_string(hide_password=False)))
        database = Database(url, cipher=cipher, synchronous="OFF")
        stack.callback(database.close)
        with database.engine.connect() as connection:
            command.upgrade(schema.build_config(connection), "0021")
            connection.commit()
        yield database


def test_no_old_message_is_called_sent_that_perhaps_was_only_logged(of_0021: Database) -> None:
    """Those that waited say whether they were tried; those that were dead stay so."""
    database = of_0021
    rows = [
        ("sent", 1, None, 60),
        ("pending", 0, None, None),
        ("pending", 0, "held until the quiet hours are over", None),
        ("pending", 2, "timeout", None),
        ("dead", 8, "no such mailbox", None),
    ]
    insert = database.sql(
        "INSERT INTO outbox (site_id, id, ticket_id, seq, kind, recipient, role, payload, urgent, status,"
        " not_before, attempts, last_error, created_at, sent_at) VALUES"
        " ('s', :id, 't', 1, 'notice', 'li', 'clerk', '{}', FALSE, :status, 0, :attempts, :error, 0, :at)"
    )
    with database.transaction() as session:
        for number, (status, attempts, error, at) in enumerate(rows):
            values = {"status": status, "attempts": attempts, "error": error, "at": at}
            session.run(insert, values | {"id": f"m{number}"})
    schema.migrate(database)
    found = database.read("SELECT status, last_error, tried_at, sent_at FROM outbox ORDER BY id", {})
    assert [row[0] for row in found] == ["unrecorded", "pending", "held", "failed", "dead"]
    assert tuple(found[0][2:]) == (60, None)
    assert "may have been sent" in found[0][1]
    row = {"status": "sent", "last_error": None, "attempts": 1, "sent_at": 60, "tried_at": None}
    assert {**row, **correct_former_status(row)}["last_error"] == found[0][1]  # of a restored backup alike
    schema.check(database)


def test_the_first_schema_has_nothing_before_it(database: Database) -> None:
    with database.engine.connect() as connection, pytest.raises(NotImplementedError):
        command.downgrade(schema.build_config(connection), "base")
