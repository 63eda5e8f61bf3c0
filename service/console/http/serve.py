"""Pages as views of Flask: who is asked to sign in, the form's token, and refusals as pages."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from urllib.parse import quote, urlencode

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from service import request_log
from service.api.http import parse
from service.api.http.response import deserialize
from service.api.metrics import Metrics
from service.bootstrap import Desk
from service.console.http.console_request import ConsoleRequest
from service.console.http.csrf import check_form, check_secret_form
from service.console.http.form_files import FormRequest
from service.console.http.link_request import LinkRequest
from service.console.http.pages import MAX_FORM, Page
from service.console.organisation_titles import title_roles
from service.problems import build_problem
from service.refusals import Ambiguous, Malformed, Unauthorized, headers_of, out_of_service, reason
from service.sign_in import SignIn
from workflows.errors import Refusal
from workflows.storage.errors import AnsweredMeanwhile, Unavailable

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    # Of our own pages only the browser tells us where a form came from; of letters and prints nobody else.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Accept-Language, Cookie",
}


def add_pages(
    app: Flask,
    desk: Desk,
    sign_in: SignIn,
    metrics: Metrics,
    pages: Iterable[Page],
    api_views: Mapping[str, Callable[..., Response]],
) -> None:
    """Add the pages to the application. `api_views` are the routes of the API, for who asks for JSON."""
    for page in pages:
        view = _build_view(app, page, desk, sign_in, metrics)
        app.add_url_rule(
            page.path,
            f"console {page.method} {page.path}",
            _or_json(view, api_views[page.json]) if page.json else view,
            methods=[page.method],
            provide_automatic_options=False,
        )


def _or_json(view: Callable[..., Response], api_view: Callable[..., Response]) -> Callable[..., Response]:
    def choose(**path: str) -> Response:
        wished = request.accept_mimetypes.best_match(["application/json", "text/html"])
        return view(**path) if wished == "text/html" else api_view(**path)

    return choose


def _build_view(
    app: Flask, page: Page, desk: Desk, sign_in: SignIn, metrics: Metrics
) -> Callable[..., Response]:
    def respond(**path: str) -> Response:
        began = time.perf_counter()
        call = (LinkRequest if page.by_link else ConsoleRequest)(desk, sign_in, request)
        try:
            with desk.database.held_revisions.hold() if page.method == "GET" else nullcontext():
                answer = _respond(app, page, call, path)
        except Exception:
            metrics.record_request(page.method, page.path, 500, time.perf_counter() - began)
            raise
        if page.by_link:
            answer.headers["Referrer-Policy"] = "no-referrer"
        for name, value in (*_HEADERS.items(), ("Content-Language", call.language)):
            answer.headers.setdefault(name, value)
        metrics.record_request(page.method, page.path, answer.status_code, time.perf_counter() - began)
        return answer

    return respond


def _respond(app: Flask, page: Page, call: ConsoleRequest, path: dict[str, str]) -> Response:
    """The page, or the page of its refusal."""
    try:
        call.authenticate()
        if call.bearer is not None:
            request_log.note_account(call.staff.account)
        if not page.anybody:
            call.require_staff()  # before the form is read: of strangers' files nothing is kept
        if page.method == "POST":
            _take_form(app, page, call)
        return page.view(call, **path)
    except Unauthorized:
        query = urlencode({"next": call.address}) if page.method == "GET" else ""
        return Response(status=303, headers={"Location": f"/sign-in?{query}".rstrip("?")})
    except AnsweredMeanwhile as replayed:
        return call.go_to(deserialize(replayed.answer).headers.get("Location", "/desk"))
    except Refusal as refusal:
        return refusal_page(call, refusal)
    except Unavailable:
        return refusal_page(call, out_of_service())


def _take_form(app: Flask, page: Page, call: ConsoleRequest) -> None:
    bounds, sent = call.settings.attachments, call.request
    assert isinstance(sent, FormRequest), "the application makes such"
    largest = bounds.largest_request if page.uploads else MAX_FORM
    sent.max_content_length = largest
    if page.uploads:
        sent.take_files(bounds.most_files, call.settings.data)
    try:
        check_secret_form() if page.by_link else check_form(app)
    except RequestEntityTooLarge:
        raise parse.too_large_body(largest) from None
    except CSRFError as error:
        raise Malformed(reason("stale-form", f"the form is none of ours: {error.description}")) from None
    except ClientDisconnected as error:
        raise parse.unread_body_error(error, call.settings.api.largest_body) from None
    call.take_form()


def refusal_page(call: ConsoleRequest, refusal: Refusal) -> Response:
    """Why something is not shown or not done, as a page."""
    if any(each.who for each in refusal.reasons):
        organisation = call.desk.definitions.company().organisation
        refusal.reasons = title_roles(organisation, refusal.reasons, call.language)
    problem = build_problem(refusal, call.request.path, call.language, call.definition)
    sites = str(refusal.reasons[0].facts["sites"]).split(", ") if isinstance(refusal, Ambiguous) else []
    links = {site: f"{quote(call.request.path)}?{urlencode({'site': site})}" for site in sites}
    title = str(problem["title"])
    answer = call.page(call.refusal_template, title, refusal.status, problem=problem, links=links)
    answer.headers.update(headers_of(refusal))
    return answer
