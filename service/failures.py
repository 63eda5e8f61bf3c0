"""Errors on the command line: the exit code, and a few lines of text.

Exit codes: 1 refused, 3 wrong environment (settings, database, files).
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from service.redaction import build_redactor, describe_error, summarize_traceback
from service.settings import SettingsError
from workflows.errors import Refusal
from workflows.storage.cipher import CipherError
from workflows.storage.errors import StorageError

REFUSED, SURROUNDINGS = 1, 3


def explained(error: Exception) -> tuple[int, list[str]]:
    """(exit code, lines) for an error that ends the program."""
    if isinstance(error, Refusal):
        return REFUSED, list(_reasons(error))
    if isinstance(error, SettingsError):
        return SURROUNDINGS, list(error.problems)
    if isinstance(error, SQLAlchemyError):
        return SURROUNDINGS, [f"the database: {_cause(error)}"]
    if isinstance(error, ModuleNotFoundError) and error.name == "psycopg":
        return SURROUNDINGS, ["PostgreSQL needs its driver: pip install 'psycopg[binary]'"]
    if isinstance(error, StorageError | CipherError):
        return SURROUNDINGS, [str(error)]
    if isinstance(error, OSError):
        file = f"{error.filename}: " if error.filename else ""
        return SURROUNDINGS, [f"{file}{error.strerror or error}"]
    return SURROUNDINGS, [f"{describe_error(error)} at {summarize_traceback(error)} (more with --debug)"]


def _cause(error: SQLAlchemyError) -> str:
    """The first line of the database's message; without it if the message quotes values."""
    if isinstance(error, IntegrityError | DataError):
        return describe_error(error)
    return build_redactor(())(str(getattr(error, "orig", None) or error).strip().partition("\n")[0])


def _reasons(refusal: Refusal) -> Iterator[str]:
    for reason in refusal.reasons:
        yield f"{reason.field}: {reason.message}" if reason.field else reason.message
