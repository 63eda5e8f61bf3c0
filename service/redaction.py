"""Redaction of logs: no secret, no personal data, and an exception as one line with its type and place.

Messages of exceptions are left out, since they quote values: names, numbers, addresses. Kept are the type,
the error code of a database, and the lines of code in the traceback.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from service.settings import Settings, SettingsError
from workflows.errors import Refusal
from workflows.storage.cipher import CipherError
from workflows.storage.errors import StorageError

HIDDEN = "***"
_MAX_FRAMES = 8
_MIN_SECRET_LENGTH = 6  # characters of a part of a secret that is worth hiding
_NAMES = "password|passwd|token|secret|api_?key"
_PATTERNS = (
    (re.compile(r"\b([a-z][a-z0-9+.-]*)://[^\s'\"<>]+", re.IGNORECASE), rf"\1://{HIDDEN}"),  # addresses, DSNs
    (re.compile(r"\bhf_[\w-]{8,}"), f"hf_{HIDDEN}"),  # tokens
    (re.compile(r"\b(bearer|basic)\s+\S+", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (
        re.compile(rf"\b({_NAMES})(['\"]?\s*[=:]\s*)\S+", re.IGNORECASE),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(r"\b\d{1,3}:[A-Za-z0-9+/]{42,43}={0,2}"), HIDDEN),  # a master key
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), HIDDEN),  # e-mail
    (re.compile(r"(?<![\w.:-])\+?\d{9,18}[\dXx]?(?![\w.:-])"), HIDDEN),  # phone, identity card
)

_OWN_VALUES = frozenset({"timestamp", "level", "route", "request"})  # made or checked by ourselves
LogEvent = MutableMapping[str, Any]


def secrets_of(settings: Settings) -> tuple[str, ...]:
    """The secrets in the settings, and their parts, longest first."""
    secrets = [settings.keys, settings.secret, settings.mail.password, *settings.channels.addresses.values()]
    secrets += [settings.database_url] if "@" in settings.database_url else []
    parts = {part for whole in secrets for part in (whole, *re.split(r"[/:?&=@,{}]+", whole))}
    return tuple(sorted((part for part in parts if len(part) >= _MIN_SECRET_LENGTH), key=len, reverse=True))


def build_redactor(secrets: Iterable[str]) -> Callable[[str], str]:
    """A function that removes secrets, and personal data recognisable by its form, from a text."""
    known = tuple(secrets)

    def redacted(text: str) -> str:
        for secret in known:
            text = text.replace(secret, HIDDEN)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text.replace("\n", " ")

    return redacted


def describe_error(error: BaseException) -> str:
    """A description of the error safe for logs: its type, and its message if it is ours and quotes
    nothing."""
    kind = type(error).__name__
    if isinstance(error, StorageError | CipherError | SettingsError):
        return f"{kind}: {error}".partition("\n")[0][:300]
    if isinstance(error, Refusal):
        return f"{kind}: {', '.join(reason.code for reason in error.reasons)}"
    if isinstance(error, DBAPIError):
        cause: Any = error.orig
        code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
        return f"{type(cause).__name__} {code or ''}".strip()
    if isinstance(error, OSError) and error.strerror:
        return f"{kind}: {error.strerror}"
    return kind


def summarize_traceback(error: BaseException) -> str:
    """The last lines of the traceback, innermost last, on one line."""
    frames = traceback.extract_tb(error.__traceback__)[-_MAX_FRAMES:]
    return " > ".join(f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in frames)


def redact_exception(_logger: object, _method: str, event: LogEvent) -> LogEvent:
    """A processor of structlog: replaces an exception by its type and place on one line."""
    found = event.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else found
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event.setdefault("error", describe_error(error))
        event.setdefault("where", summarize_traceback(error))
    return event


def build_event_redactor(redacted: Callable[[str], str]) -> Callable[[object, str, LogEvent], LogEvent]:
    """A processor of structlog: redacts every text of an event."""

    def cleansed(value: Any) -> Any:
        if isinstance(value, str):
            return redacted(value)
        if isinstance(value, list | tuple):
            return [cleansed(each) for each in value]
        if isinstance(value, dict):
            return {name: cleansed(each) for name, each in value.items()}
        return value if isinstance(value, int | float | bool | None) else redacted(str(value))

    def processor(_logger: object, _method: str, event: LogEvent) -> LogEvent:
        return {name: value if name in _OWN_VALUES else cleansed(value) for name, value in event.items()}

    return processor
