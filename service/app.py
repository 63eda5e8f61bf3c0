"""The Flask application: routes put to a desk, and whatever goes wrong told as a problem."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from http import HTTPStatus

import orjson
import structlog
from flask import Flask, Response, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from service import auth
from service.api import all_routes, pages
from service.api.answers import Answer, unpacked
from service.api.call import Call
from service.api.metrics import Metrics
from service.api.routing import NameConverter, Route, flask_path
from service.problems import MEDIA_TYPE, SLUGS, plain_problem, problem
from service.refusals import headers_of
from service.texts import negotiated
from service.wiring import Desk
from workflows.errors import Refusal
from workflows.storage.conflicts import Replayed

_log = structlog.get_logger("huifang.web")

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-cache",
}
_SECURITY = tuple(SECURITY.items())
_TRANSPORT = "max-age=31536000; includeSubDomains"
_CODES = {404: "no-such-page", 405: "method-not-allowed", 413: "body-too-large"}


def create_app(desk: Desk) -> Flask:
    """The application in front of `desk`."""
    app = Flask("huifang", static_folder=None)
    # One byte more than is taken: a body without a length is cut off here, and is then seen to be too large.
    app.config["MAX_CONTENT_LENGTH"] = desk.settings.api.largest_body + 1
    app.url_map.converters["process"] = NameConverter
    routes, metrics = all_routes(), Metrics(desk)
    sign_in = auth.SignIn(desk.people, desk.settings.api)
    for route in routes:
        endpoint = f"{route.method} {route.path}"
        view = _view(route, desk, sign_in, metrics)
        app.add_url_rule(
            flask_path(route.path), endpoint, view, methods=[route.method], provide_automatic_options=False
        )
    pages.register(app, desk, metrics, routes)
    _guard(app, desk)
    if desk.settings.server.proxies:
        hops = desk.settings.server.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _view(route: Route, desk: Desk, sign_in: auth.SignIn, metrics: Metrics) -> Callable[..., Response]:
    view = route.view

    def answered(**path: str) -> Response:
        began = time.perf_counter()
        call = Call(desk, sign_in, request)
        try:
            answer = call.prepare(route) or view(call, **path)
        except Replayed as replayed:
            answer = unpacked(replayed.answer)
        except Refusal as refusal:
            answer = call.answered_meanwhile(refusal) or _refused(refusal, call)
        metrics.answered(route.method, route.path, answer.status, time.perf_counter() - began)
        return _response(answer)

    return answered


def _response(answer: Answer) -> Response:
    """The answer as Flask sends it, with the security headers that it does not set itself."""
    said = answer.headers
    headers = [*said.items(), *(pair for pair in _SECURITY if pair[0] not in said)]
    if answer.status not in (204, 304):
        headers.append(("Content-Type", answer.media_type))
    response = Response(answer.body, answer.status, Headers(headers))
    if answer.status in (204, 304):
        del response.headers["Content-Type"]
    return response


def _refused(refusal: Refusal, call: Call) -> Answer:
    said = problem(refusal, call.request.path, call.language, call.definition)
    heads = {**call.heads, **headers_of(refusal)}
    return Answer(refusal.status, orjson.dumps(said), heads, MEDIA_TYPE)


def _guard(app: Flask, desk: Desk) -> None:
    """What holds for every answer, and for every error that no view has foreseen."""
    secure = desk.settings.environment == "production"

    @app.after_request
    def harden(response: Response) -> Response:
        headers = response.headers
        if "X-Frame-Options" not in headers:
            for name, value in _SECURITY:
                headers.setdefault(name, value)
        if secure and request.is_secure:
            headers["Strict-Transport-Security"] = _TRANSPORT
        return response

    @app.errorhandler(HTTPException)
    def http_problem(error: HTTPException) -> Response:
        status = error.code or 500
        code = _CODES.get(status, SLUGS.get(status, "refused"))
        message = str(error.description or HTTPStatus(status).phrase)
        kept = {n: v for n, v in error.get_headers() if n.lower() not in ("content-type", "content-length")}
        return _plain(desk, status, code, message, kept)

    @app.errorhandler(Exception)
    def our_mistake(error: Exception) -> Response:
        _log.error("request failed", method=request.method, path=request.path, **_told(error))
        return _plain(desk, 500, "internal", "something went wrong here; it has been noted", {})


def _told(error: Exception) -> dict[str, str]:
    """What the log may know of a mistake: where it happened, and no more than the first line of what it says.

    The values that were in play stay out of it: they may be passwords, tokens or personal words.
    """
    where = "".join(traceback.format_tb(error.__traceback__)[-8:])
    return {"error": f"{type(error).__name__}: {error}".partition("\n")[0][:300], "where": where}


def _plain(desk: Desk, status: int, code: str, message: str, headers: dict[str, str]) -> Response:
    language = negotiated(request.headers.get("Accept-Language", ""), desk.settings.language)
    said = plain_problem(status, code, message, request.path, language)
    heads = {**headers, "Content-Language": language, "Vary": "Accept-Language"}
    return Response(orjson.dumps(said), status, heads, content_type=MEDIA_TYPE)
