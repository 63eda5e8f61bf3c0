"""Signing in by account and password, and out, here or everywhere.

A sign-in begins a new session, under a secret that nobody knew before, and ends the one that the browser had.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, session

from service.api import accounts
from service.console.http.console_request import ConsoleRequest, own_path
from service.console.http.cookie import LANGUAGE, SESSION, THEME, delete_cookie, set_cookie
from service.console.http.pages import Pages
from service.console.layout.frame import THEMES
from service.console.sign_in.session import begin_session, end_session
from service.problems import render_reason
from service.refusals import TooMany, Unauthorized, headers_of
from workflows.language.forms.field import LANGUAGES

pages = Pages()
HOME = "/desk"
_LONGEST = 200  # characters of an account or a password


@pages.get("/sign-in", anybody=True)
def show_sign_in(call: ConsoleRequest) -> Response:
    """The form; who is signed in is led on."""
    onwards = own_path(call.request.args.get("next"), HOME)
    return call.go_to(onwards) if call.bearer is not None else sign_in_page(call, onwards)


def sign_in_page(call: ConsoleRequest, onwards: str, wrong: str = "", status: int = 200) -> Response:
    """The page with the form, and why a sign-in came to nothing."""
    account = call.request.form.get("account", "")[:_LONGEST]
    title = call.text("sign_in", "title")
    oidc = call.settings.oidc
    return call.page(
        "sign_in/sign_in.html",
        title,
        status,
        wrong=wrong,
        onwards=onwards,
        account=account,
        provider=(oidc.title or urlsplit(oidc.issuer).hostname) if oidc.issuer else "",
    )


@pages.post("/sign-in", anybody=True)
def sign_in(call: ConsoleRequest) -> Response:
    """Sign in, and go on to the page that was asked for, if it is one of ours."""
    form = call.request.form
    onwards = own_path(form.get("next"), HOME)
    account, password = (form.get(name, "")[: _LONGEST + 1] for name in ("account", "password"))
    try:
        address, browser = call.request.remote_addr or "", call.known_browser(account)
        staff = call.sign_in.check(account, password, address, call.now, browser)
    except (Unauthorized, TooMany) as refusal:
        why = str(render_reason(refusal.reasons[0], call.language, None)["message"])
        answer = sign_in_page(call, onwards, why, refusal.status)
        answer.headers.update(headers_of(refusal))
        return answer
    return begin_session(call, staff, onwards)


@pages.post("/sign-out", anybody=True)
def sign_out(call: ConsoleRequest) -> Response:
    """Sign this browser out."""
    end_session(call)
    return _signed_out(call)


@pages.post("/sign-out-everywhere")
def sign_out_everywhere(call: ConsoleRequest) -> Response:
    """Sign out on every browser, and end the tokens of programs as well."""
    call.desk.accounts.revoke_tokens([call.staff], accounts.author_of(call))
    session.clear()
    return _signed_out(call)


def _signed_out(call: ConsoleRequest) -> Response:
    answer = call.go_to("/sign-in", call.text("sign_in", "signed-out"))
    delete_cookie(call.request, answer, SESSION)
    answer.headers["Clear-Site-Data"] = '"storage"'  # inspections that were kept here, and their pages
    return answer


@pages.post("/language", anybody=True)
def choose_language(call: ConsoleRequest) -> Response:
    """Take another language: of the account, if somebody is signed in, and of this browser."""
    chosen = call.request.form.get("language", "")
    answer = call.go_to(own_path(call.request.form.get("next"), HOME))
    if chosen in LANGUAGES:
        set_cookie(call.request, answer, LANGUAGE, chosen)
        if call.bearer is not None:
            call.body = {"language": chosen}
            accounts.change_me(call)
    return answer


@pages.post("/theme", anybody=True)
def choose_theme(call: ConsoleRequest) -> Response:
    """Light, dark, or as the machine says."""
    chosen = call.request.form.get("theme", "")
    answer = call.go_to(own_path(call.request.form.get("next"), HOME))
    if chosen in THEMES:
        set_cookie(call.request, answer, THEME, chosen)
    return answer
