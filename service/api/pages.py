"""Pages outside the API: health, metrics, the OpenAPI document and its reader, the start page."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import orjson
import structlog
from flask import Flask, Response, request, send_from_directory

from service import wallclock
from service.api import password_page
from service.api.http.route import Route
from service.api.landing import render_landing
from service.api.metrics import Metrics
from service.api.readiness import Readiness
from service.bootstrap import Desk
from service.former_rules import FormerRulesReader
from service.reachability import ReachabilityReader
from service.scrape_access import ScrapeAccess, find_access
from service.settings_tables import ServerSettings
from service.texts import negotiate_language
from workflows.storage.readiness import probe

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
_LOCAL = ("localhost", "127.0.0.1", "[::1]")
_SERVED = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}


def register(app: Flask, desk: Desk, metrics: Metrics, routes: list[Route]) -> None:
    """Add the pages to the application."""
    _register_probes(app, desk, metrics)
    _register_docs(app, routes, desk.settings.attachments.most_files)
    password_page.register(app, desk)

    @app.get("/")
    def begin() -> Response:
        language = negotiate_language(request.headers.get("Accept-Language", ""), desk.settings.language)
        page = _page_response(render_landing(language, _base_url(desk), request.args), language)
        page.headers["Vary"] = "Accept-Language"
        return page


def _base_url(desk: Desk) -> str:
    """The public address of the desk by its settings; the Host header of a request is not trusted."""
    base, server = desk.settings.channels.base_url, desk.settings.server
    if base:
        return f"{base.rstrip('/')}/"
    known = request.host in (f"{server.host}:{server.port}", server.host) or _is_known_host(
        request.host, server
    )
    return request.host_url if known else "/"


def _is_known_host(host: str, server: ServerSettings) -> bool:
    return host.rpartition(":")[0] in _LOCAL or host in _LOCAL or bool(server.hosts)  # those are checked


def _register_probes(app: Flask, desk: Desk, metrics: Metrics) -> None:
    reachability, former_rules = ReachabilityReader(desk), FormerRulesReader(desk)
    readiness = Readiness(
        lambda: probe(desk.database),
        lambda: {
            **_unannounced_days(desk),
            **_unreachable_people(reachability),
            **_versions_of_former_rules(former_rules),
        },
    )

    @app.get("/healthz")
    def healthy() -> Response:
        return Response(b'{"status":"ok"}', mimetype="application/json")

    @app.get("/readyz")
    def ready() -> Response:
        reason, besides = readiness.answer()
        if reason is not None:
            _log.warning("not ready", error=reason)
            return Response(b'{"status":"unavailable"}', status=503, mimetype="application/json")
        return Response(orjson.dumps({"status": "ok", **besides}), mimetype="application/json")

    @app.get("/metrics")
    def measured() -> Response:
        access = find_access(request, desk.settings.metrics_token)
        if access is ScrapeAccess.NONE:
            return Response(status=401, headers={"WWW-Authenticate": 'Bearer realm="huifang"'})
        text = metrics.render(whole=access is ScrapeAccess.WHOLE)
        return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _unannounced_days(desk: Desk) -> dict[str, list[dict[str, object]]]:
    """Calendars with years whose days are not announced yet, with those years. The sites are only in the
    metrics, for those who may see them."""
    try:
        found = desk.engine.calendars.find_unknown_years(wallclock.now())
    except Exception as error:  # the desk is ready all the same
        _log.warning("calendars cannot be looked at", error=str(error))
        return {}
    named = sorted({(each.calendar, each.year) for each in found})
    years: list[dict[str, object]] = [{"calendar": calendar, "year": year} for calendar, year in named]
    return {"make_up_days_unknown": years} if years else {}


def _unreachable_people(reachability: ReachabilityReader) -> dict[str, list[str]]:
    """Whether clients, or some of the staff, cannot be told anything. How many is only in the metrics."""
    try:
        found = reachability.read().unreachable
    except Exception as error:  # the desk is ready all the same
        _log.warning("addresses cannot be looked at", error=str(error))
        return {}
    return {"unreachable": found} if found else {}


def _versions_of_former_rules(former_rules: FormerRulesReader) -> dict[str, list[dict[str, object]]]:
    """Versions of processes with open tickets that later rules refuse."""
    try:
        found = former_rules.read()
    except Exception as error:  # the desk is ready all the same
        _log.warning("versions cannot be looked at", error=str(error))
        return {}
    versions: list[dict[str, object]] = [{"process": name, "version": version} for name, version in found]
    return {"versions_of_former_rules": versions} if versions else {}


def _register_docs(app: Flask, routes: list[Route], most_files: int) -> None:
    found = find_spec("flask_swagger_ui")
    dist = Path(found.origin or "").parent / "dist" if found else Path()

    @cache
    def made() -> bytes:
        from service.api.http.openapi import build_document  # with apispec: only loaded by who asks

        return orjson.dumps(build_document(routes, most_files))

    @app.get("/api/openapi.json")
    def openapi() -> Response:
        return Response(made(), mimetype="application/json")

    @app.get("/api/docs")
    def docs() -> Response:
        return _page_response(_DOCS, "en")

    @app.get("/api/docs/<name>")
    def docs_file(name: str) -> Response:
        if name == "begin.js":
            return Response(_BEGIN, mimetype="text/javascript")
        if name not in _SERVED:
            from werkzeug.exceptions import NotFound

            raise NotFound
        return send_from_directory(dist, name, mimetype=_SERVED[name], max_age=86_400)


def _page_response(html: str, language: str) -> Response:
    page = Response(html, mimetype="text/html")
    page.headers["Content-Security-Policy"] = PAGE_POLICY
    page.headers["Content-Language"] = language
    return page
