"""Translates errors of the drivers: to Conflict, or to Unavailable if the database is away, full or busy.

In neither case is the request wrong. Every other error is a mistake in the program, and is not translated.
"""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from workflows.storage.errors import Conflict, Unavailable

_CONFLICT_STATES = {"40001", "40P01", "23505"}  # serialization failure, deadlock, duplicate key
_CONFLICT_NAMES = {"SQLITE_BUSY_SNAPSHOT", "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_UNIQUE"}

_REASONS = {
    "08": "it cannot be reached",
    "25006": "it is read-only",
    "25P03": "the transaction lay idle for too long",
    "53": "it has no room or no connection left",
    "53100": "its disk is full",
    "53300": "it has no connection left",
    "55P03": "a row is held by another transaction for too long",
    "57014": "the statement takes too long",
    "57P": "it is being stopped or started",
    "58": "its system fails",
}
"""By SQLSTATE, or its first three or two characters (PostgreSQL documentation, appendix A)."""
_SQLITE_REASONS = {
    "SQLITE_BUSY": "another process writes for too long",
    "SQLITE_CANTOPEN": "its file cannot be opened",
    "SQLITE_FULL": "its disk is full",
    "SQLITE_IOERR": "its disk fails",
    "SQLITE_READONLY": "it is read-only",
}


def translate_driver_error(error: BaseException) -> BaseException:
    """Conflict or Unavailable, if the error means one of them; else the error itself."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = str(getattr(cause, "sqlstate", None) or "")
    name = str(getattr(cause, "sqlite_errorname", None) or "")
    if state in _CONFLICT_STATES or name in _CONFLICT_NAMES:
        return Conflict(str(error))
    reason = next((_REASONS[key] for key in (state, state[:3], state[:2]) if key in _REASONS), None)
    reason = reason or next((text for key, text in _SQLITE_REASONS.items() if name.startswith(key)), None)
    return Unavailable(f"the database does not serve us: {reason}") if reason else error
