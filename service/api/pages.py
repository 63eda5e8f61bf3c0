"""Pages for people and probes: health, metrics, the document and its reader, and where to begin."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import orjson
import structlog
from flask import Flask, Response, request, send_from_directory

from service.api.document import document
from service.api.landing import landing
from service.api.metrics import Metrics
from service.api.routing import Route
from service.texts import negotiated
from service.wiring import Desk
from workflows.storage import schema

_log = structlog.get_logger("huifang.web")
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_DOCS = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Huifang API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/api/docs/swagger-ui.css"></head>
<body><div id="docs"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/begin.js"></script></body></html>
"""
_BEGIN = """\
"use strict";
window.addEventListener("load", () => {
  window.ui = SwaggerUIBundle({ url: "/api/openapi.json", dom_id: "#docs", validatorUrl: null });
});
"""
_SERVED = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}


def register(app: Flask, desk: Desk, metrics: Metrics, routes: list[Route]) -> None:
    """Put the pages into the application."""
    _probes(app, desk, metrics)
    _docs(app, routes)

    @app.get("/")
    def begin() -> Response:
        language = negotiated(request.headers.get("Accept-Language", ""), desk.settings.language)
        page = _page(landing(language, request.host_url, request.args), language)
        page.headers["Vary"] = "Accept-Language"
        return page


def _probes(app: Flask, desk: Desk, metrics: Metrics) -> None:
    @app.get("/healthz")
    def healthy() -> Response:
        return Response(b'{"status":"ok"}', mimetype="application/json")

    @app.get("/readyz")
    def ready() -> Response:
        try:
            schema.check(desk.database)
        except Exception as error:  # whatever it is: not ready
            _log.warning("not ready", error=str(error))
            return Response(b'{"status":"unavailable"}', status=503, mimetype="application/json")
        return Response(b'{"status":"ok"}', mimetype="application/json")

    @app.get("/metrics")
    def measured() -> Response:
        return Response(metrics.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _docs(app: Flask, routes: list[Route]) -> None:
    found = find_spec("flask_swagger_ui")
    dist = Path(found.origin or "").parent / "dist" if found else Path()
    made = orjson.dumps(document(routes))

    @app.get("/api/openapi.json")
    def openapi() -> Response:
        return Response(made, mimetype="application/json")

    @app.get("/api/docs")
    def docs() -> Response:
        return _page(_DOCS, "en")

    @app.get("/api/docs/<name>")
    def docs_file(name: str) -> Response:
        if name == "begin.js":
            return Response(_BEGIN, mimetype="text/javascript")
        if name not in _SERVED:
            from werkzeug.exceptions import NotFound

            raise NotFound
        return send_from_directory(dist, name, mimetype=_SERVED[name], max_age=86_400)


def _page(html: str, language: str) -> Response:
    page = Response(html, mimetype="text/html")
    page.headers["Content-Security-Policy"] = PAGE_POLICY
    page.headers["Content-Language"] = language
    return page
