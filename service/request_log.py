"""One log line for each request, and the id under which everything that a request logs is found.

The line has the id, the account, the route, the status, milliseconds, and the statements that were sent to
the database; never an address with its values, a body or a header. Probes that are answered with 200 are not
logged.
"""

from __future__ import annotations

import re
import time
from uuid import uuid4

import structlog
from flask import Flask, Response, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from service.redaction import build_redactor
from workflows.storage.statement_count import executed

HEADER = "X-Request-ID"
_GIVEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{7,63}")  # UUIDs, ULIDs, trace ids; no token of ours
_PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
_ID, _BEGUN, _ACCOUNT = "huifang.request_id", "huifang.begun", "huifang.account"

_log = structlog.get_logger("huifang.request")
_redacted = build_redactor(())


def register(app: Flask, *, logging: bool) -> None:
    """Give every request its id, which the answer returns; with `logging`, log a line when it is answered.
    Registered before all other handlers, so that what those refuse is logged as well."""

    @app.before_request
    def begin() -> None:
        number = _take_id(request.headers.get(HEADER, "")) or str(uuid4())
        request.environ[_ID] = number
        request.environ[_BEGUN] = (time.perf_counter(), executed.total)
        clear_contextvars()
        bind_contextvars(request=number)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers[HEADER] = request.environ.get(_ID) or str(uuid4())
        if logging and not (request.path in _PROBES and response.status_code == 200):
            _write(response.status_code)
        clear_contextvars()
        return response


def note_account(account: str) -> None:
    """Name the account that the present request is from."""
    request.environ[_ACCOUNT] = account


def _take_id(given: str) -> str | None:
    """The id of a client or proxy, if it is an id and nothing that logs must not have, as a phone number."""
    return given if _GIVEN.fullmatch(given) and _redacted(given) == given else None


def _write(status: int) -> None:
    began, statements = request.environ.get(_BEGUN, (None, 0))
    if began is None:  # the request was refused before its first handler
        return
    _log.info(
        "request",
        method=request.method,
        route=str(request.url_rule or ""),
        status=status,
        ms=round((time.perf_counter() - began) * 1_000, 1),
        statements=executed.total - statements,
        account=request.environ.get(_ACCOUNT),
    )
