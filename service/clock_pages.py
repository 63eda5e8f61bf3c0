"""The pages of a clock process: `/healthz`, `/readyz` and `/metrics`, for who watches it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Thread
from typing import TYPE_CHECKING

import orjson
from prometheus_client import generate_latest
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from service.address import check_free
from service.api.readiness import Readiness
from service.clock_health import ClockHealth
from service.clock_metrics import CLOCK_REGISTRY
from service.scrape_access import ScrapeAccess, find_access

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


class ClockPages:
    """The WSGI application. `probe` raises if the database does not serve us; `token` is that of
    `/metrics`."""

    def __init__(self, health: ClockHealth, probe: Callable[[], None], token: str) -> None:
        self._health = health
        self._readiness = Readiness(probe)
        self._token = token

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        return self._respond(Request(environ))(environ, start_response)

    def _respond(self, request: Request) -> Response:
        if request.method not in ("GET", "HEAD"):
            return Response(status=405, headers={"Allow": "GET, HEAD"})
        page = {"/healthz": self._healthy, "/readyz": self._ready}.get(request.path)
        if page is not None:
            return page()
        return self._measured(request) if request.path == "/metrics" else Response(status=404)

    def _healthy(self) -> Response:
        """503 if a job is stuck: then the process should be started again."""
        stuck = self._health.stuck()
        return _json(503, {"status": "stuck", "jobs": stuck}) if stuck else _json(200, {"status": "ok"})

    def _ready(self) -> Response:
        """503 if the database does not serve us, or a job failed when it last ran."""
        if self._readiness.reason() is not None:
            return _json(503, {"status": "unavailable"})
        failed = self._health.failed()
        return _json(503, {"status": "failed", "jobs": failed}) if failed else _json(200, {"status": "ok"})

    def _measured(self, request: Request) -> Response:
        if find_access(request, self._token) is ScrapeAccess.NONE:
            return Response(status=401, headers={"WWW-Authenticate": 'Bearer realm="huifang"'})
        return Response(
            generate_latest(CLOCK_REGISTRY), content_type="text/plain; version=0.0.4; charset=utf-8"
        )


class _QuietHandler(WSGIRequestHandler):
    """Waits for no client longer than a few seconds, and logs no probe."""

    timeout = 5

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""


def serve_pages(pages: ClockPages, host: str, port: int) -> BaseWSGIServer:
    """Serve them in a thread until the server's `shutdown`. Raises OSError if the address is in use."""
    check_free(host, port)  # werkzeug would end the process
    server = make_server(host, port, pages, threaded=True, request_handler=_QuietHandler)
    Thread(target=server.serve_forever, name="clock pages", daemon=True).start()
    return server


def _json(status: int, content: dict[str, object]) -> Response:
    return Response(orjson.dumps(content), status, mimetype="application/json")
