"""Bringing a database to the schema this program knows, and refusing one that is not at it."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from workflows.storage.conflicts import StorageError
from workflows.storage.database import Database


def migrate(database: Database) -> None:
    """Bring the database to the newest schema. StorageError if it is newer than this program."""
    with database.engine.connect() as connection:
        _refuse_unknown(connection)
        config = config_for(connection)
        command.upgrade(config, "head")
        connection.commit()


def check(database: Database) -> None:
    """StorageError unless the database is at the schema this program knows."""
    with database.engine.connect() as connection:
        _refuse_unknown(connection)
        found, known = _revision(connection), _scripts().get_current_head()
    if found is None:
        raise StorageError("the database is empty; run `huifang migrate` first")
    if found != known:
        raise StorageError(
            f"the database is at schema {found}, this program needs {known}; run `huifang migrate`"
        )


def config_for(connection: Connection) -> Config:
    """Alembic's settings for this connection."""
    config = _config()
    config.attributes["connection"] = connection
    return config


def _refuse_unknown(connection: Connection) -> None:
    found = _revision(connection)
    known = {script.revision for script in _scripts().walk_revisions()}
    if found is not None and found not in known:
        raise StorageError(
            f"the database is at schema {found}, which is newer than this program; update the program"
        )


def _revision(connection: Connection) -> str | None:
    found = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    return found


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "service:migrations")
    config.set_main_option("path_separator", "os")
    return config
