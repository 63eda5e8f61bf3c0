"""Checks whether a database can be used now: it answers, has our schema, and accepts a write."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from workflows.storage import schema
from workflows.storage.database import Database
from workflows.storage.drivers.driver_errors import translate_driver_error
from workflows.storage.drivers.session import Session
from workflows.storage.errors import StorageError

_WAIT_MS = 500
_WRITE = (
    "INSERT INTO revisions (name, value) VALUES ('readiness', 1)"
    " ON CONFLICT (name) DO UPDATE SET value = revisions.value + 1"
)
_OTHERS_WRITE = ("SQLITE_BUSY", "55P03")


def probe(database: Database) -> None:
    """StorageError with the reason, if the database cannot be used now. Does not wait for other writers:
    while they write, the database is writable.

    It uses a connection of its own: those of the service may all be in use, or cut.
    """
    try:
        with database.engine.connect() as connection:
            session = Session(connection)
            schema.check_session(database, session)
            session.run(
                f"SET lock_timeout = {_WAIT_MS}" if database.postgres else f"PRAGMA busy_timeout = {_WAIT_MS}"
            )
            session.run(_WRITE)
    except StorageError:
        raise
    except Exception as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
        if code not in _OTHERS_WRITE:
            raise StorageError(str(translate_driver_error(error)).partition("\n")[0]) from error
