"""The Flask application: routes of a desk, and every error rendered as a problem (RFC 9457)."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus

import orjson
import structlog
from flask import Flask, Response, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException, RequestHeaderFieldsTooLarge, RequestURITooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from service import console, request_log
from service.api import all_routes, pages
from service.api.http import parse
from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, deserialize
from service.api.http.route import NameConverter, Route, flask_path
from service.api.metrics import Metrics
from service.bootstrap import Desk
from service.problems import MEDIA_TYPE, SLUGS, build_plain_problem, build_problem
from service.refusals import OutOfService, headers_of, out_of_service
from service.sign_in import SignIn
from service.texts import negotiate_language
from workflows.errors import Refusal
from workflows.storage.errors import AnsweredMeanwhile, Unavailable
from workflows.storage.people.attempt_counts import AttemptCounts

_log = structlog.get_logger("huifang.web")

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-cache",
}
MAX_REQUEST_LINE, MAX_HEADERS = 8_190, 32_768  # of a request, in characters
_SECURITY_ITEMS = tuple(SECURITY_HEADERS.items())
_TRANSPORT = "max-age=31536000; includeSubDomains"
_CODES = {404: "no-such-page", 405: "method-not-allowed", 413: "body-too-large"}


def create_app(desk: Desk) -> Flask:
    """The WSGI application of `desk`."""
    app = Flask("huifang", static_folder=None)
    # One byte more than is taken: a body without a length is cut off here, and is then seen to be too large.
    app.config["MAX_CONTENT_LENGTH"] = desk.settings.api.largest_body + 1
    if desk.settings.server.hosts:
        app.config["TRUSTED_HOSTS"] = [*desk.settings.server.hosts, "localhost", "127.0.0.1", "[::1]"]
    app.url_map.converters["process"] = NameConverter
    request_log.register(app, logging=desk.settings.server.request_log)
    routes, metrics = all_routes(), Metrics(desk)
    sign_in = SignIn(
        desk.people,
        AttemptCounts(desk.database),
        desk.settings.api,
        desk.settings.server.threads,
        metrics.record_sign_in_failure,
    )
    views = {f"{route.method} {route.path}": _build_view(route, desk, sign_in, metrics) for route in routes}
    for route in routes:
        endpoint = f"{route.method} {route.path}"
        app.add_url_rule(
            flask_path(route.path),
            endpoint,
            views[endpoint],
            methods=[route.method],
            provide_automatic_options=False,
        )
    pages.register(app, desk, metrics, routes)
    console.register(app, desk, sign_in, metrics, views)
    _register_handlers(app, desk)
    if desk.settings.server.proxies:
        hops = desk.settings.server.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _build_view(route: Route, desk: Desk, sign_in: SignIn, metrics: Metrics) -> Callable[..., Response]:
    def respond(**path: str) -> Response:
        began = time.perf_counter()
        call = ApiRequest(desk, sign_in, request)
        try:
            parse.check_path(path.values())
            stored = call.prepare(route)
            if call.bearer is not None:
                request_log.note_account(call.bearer.staff.account)
            answer = stored or call.respond(route, **path)
        except AnsweredMeanwhile as replayed:
            answer = deserialize(replayed.answer)
        except Refusal as refusal:
            answer = call.find_meanwhile_answer(refusal) or _refusal_response(refusal, call)
        except Unavailable as outage:
            answer = _refusal_response(_out_of_service(outage), call)
        except Exception:
            metrics.record_request(route.method, route.path, 500, time.perf_counter() - began)
            raise
        metrics.record_request(route.method, route.path, answer.status, time.perf_counter() - began)
        return _flask_response(answer)

    return respond


def _flask_response(answer: ApiResponse) -> Response:
    """The response for Flask, with the security headers that Flask does not set."""
    own_headers = answer.headers
    headers = [*own_headers.items(), *(pair for pair in _SECURITY_ITEMS if pair[0] not in own_headers)]
    if answer.status not in (204, 304):
        headers.append(("Content-Type", answer.media_type))
    body = answer.body if answer.stream is None else answer.stream
    response = Response(body, answer.status, Headers(headers))
    if answer.status in (204, 304):
        del response.headers["Content-Type"]
    return response


def _refusal_response(refusal: Refusal, call: ApiRequest) -> ApiResponse:
    problem = build_problem(refusal, call.request.path, call.language, call.definition)
    heads = {**call.response_headers, **headers_of(refusal)}
    return ApiResponse(refusal.status, orjson.dumps(problem), heads, MEDIA_TYPE)


def _out_of_service(outage: Unavailable) -> OutOfService:
    """The refusal for a database that is unavailable. It is logged as such, not as an error of the
    program."""
    route = str(request.url_rule or "")  # an address may hold a secret
    _log.warning("database unavailable", method=request.method, route=route, reason=str(outage)[:300])
    return out_of_service()


def _register_handlers(app: Flask, desk: Desk) -> None:
    """Handlers for every request and response, and for every error that no view handles."""
    secure = desk.settings.environment == "production"

    @app.before_request
    def bounded() -> None:
        if len(request.full_path) > MAX_REQUEST_LINE:
            raise RequestURITooLarge("the address is too long")
        if sum(len(name) + len(value) for name, value in request.headers) > MAX_HEADERS:
            raise RequestHeaderFieldsTooLarge("the headers are too long")

    @app.after_request
    def harden(response: Response) -> Response:
        headers = response.headers
        if "X-Frame-Options" not in headers:
            for name, value in _SECURITY_ITEMS:
                headers.setdefault(name, value)
        if secure and request.is_secure:
            headers["Strict-Transport-Security"] = _TRANSPORT
        return response

    @app.errorhandler(HTTPException)
    def http_problem(error: HTTPException) -> Response:
        status = error.code or 500
        code = _CODES.get(status, SLUGS.get(status, "refused"))
        message = str(error.description or HTTPStatus(status).phrase)
        headers = {
            n: v for n, v in error.get_headers() if n.lower() not in ("content-type", "content-length")
        }
        return _plain_problem(desk, status, code, message, headers)

    @app.errorhandler(Unavailable)
    def unavailable(outage: Unavailable) -> Response:
        refusal = _out_of_service(outage)
        why = refusal.reasons[0]
        return _plain_problem(desk, refusal.status, why.code, why.message, dict(headers_of(refusal)))

    @app.errorhandler(Exception)
    def our_mistake(error: Exception) -> Response:
        _log.error("request failed", method=request.method, path=str(request.url_rule or ""), exc_info=error)
        return _plain_problem(desk, 500, "internal", "something went wrong here; it has been noted", {})


def _plain_problem(desk: Desk, status: int, code: str, message: str, headers: dict[str, str]) -> Response:
    language = negotiate_language(request.headers.get("Accept-Language", ""), desk.settings.language)
    problem = build_plain_problem(status, code, message, request.path, language)
    heads = {**headers, "Content-Language": language, "Vary": "Accept-Language"}
    return Response(orjson.dumps(problem), status, heads, content_type=MEDIA_TYPE)
