"""Migrates a database to the schema that this program knows, and refuses one with another schema."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from workflows.storage.database import Database, Session
from workflows.storage.errors import StorageError

if TYPE_CHECKING:  # Alembic is loaded for migrations only
    from alembic.config import Config
    from sqlalchemy import Connection

_MIGRATIONS = "service.migrations"

FIRST = "0001"
LAST_UNRELEASED = "0020"
"""What the program called, before it was first released, the tables that the first migration makes: a
backup of this schema fits them."""
FITS_SINCE = FIRST
"""A backup of this schema or a later one is restored as well: what came since was only added, and has a
default or is derived. A migration that moves or changes what was there sets this to its own number."""
_UNRELEASED = tuple(f"{number:04}" for number in range(2, 21))

_MIGRATING = Lock()  # Alembic knows one migration in a process; rehearsals migrate their desks in threads


def migrate(database: Database) -> None:
    """Bring the database to the newest schema. StorageError if it is newer than this program, or made by one
    that was never released."""
    from alembic import command

    with database.connect() as session:
        _refuse_unknown(_read_revision(database, session))
    with _MIGRATING, database.engine.connect() as connection:
        command.upgrade(build_config(connection), "head")
        connection.commit()


def check(database: Database) -> None:
    """StorageError unless the database has the schema that this program knows."""
    database.retry_read(lambda session: check_session(database, session))


def check_session(database: Database, session: Session) -> None:
    """The same check as `check`, on the caller's session."""
    present, known = _read_revision(database, session), revisions()[-1]
    _refuse_unknown(present)
    if present is None:
        raise StorageError("the database is empty; run `huifang migrate` first")
    if present != known:
        raise StorageError(
            f"the database is at schema {present}, this program needs {known}; run `huifang migrate`"
        )


def build_config(connection: Connection) -> Config:
    """The configuration of Alembic for migrations on this connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", _MIGRATIONS.replace(".", ":"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@cache
def revisions() -> tuple[str, ...]:
    """The schemas that this program knows, in order: the numbers with which the names of its migrations
    begin."""
    spec = find_spec(_MIGRATIONS)
    assert spec is not None, "the migrations come with the program"
    folder = Path(spec.origin or "").parent / "versions"
    return tuple(sorted(file.name[:4] for file in folder.glob("[0-9][0-9][0-9][0-9]_*.py")))


def fits(revision: object) -> bool:
    """Whether the tables of this program can hold what a backup of a schema holds."""
    older = (each for each in revisions() if each >= FITS_SINCE)
    return revision in (*older, *([LAST_UNRELEASED] if FITS_SINCE == FIRST else []))


def _refuse_unknown(found: str | None) -> None:
    if found in _UNRELEASED:
        raise StorageError(
            f"the database is at schema {found}, of a program that was never released, and stays as it is;"
            " start with an empty database. What this one holds comes into it by `huifang backup` with the"
            f" last of those programs (schema {LAST_UNRELEASED}), then `huifang restore` with this one"
        )
    if found is not None and found not in revisions():
        raise StorageError(
            f"the database is at schema {found}, which is newer than this program; update the program"
        )


def _read_revision(database: Database, session: Session) -> str | None:
    there = "SELECT to_regclass('alembic_version') IS NOT NULL"
    if not database.postgres:
        there = "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
    row = session.run(there).fetchone()
    if row is None or not row[0]:
        return None
    row = session.run("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])
