"""The page where a link leads by which a member of staff sets a password: a plain HTML form, without script.

The code is only in the link and in the form: logs hold no query, the page is not cached, and it loads and
links to nothing elsewhere that could learn the address.
"""

from __future__ import annotations

from html import escape

from flask import Flask, Response, request

from service import auth, wallclock
from service.bootstrap import Desk
from service.password_links import PATH
from service.passwords import check_password
from service.problems import render_reason
from service.texts import negotiate_language, say
from workflows.core.commands import Actor
from workflows.core.people import Staff
from workflows.errors import Reason
from workflows.storage.people.staff_changes import Author

MAX_BODY = 16_384  # bytes of a form
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
_STYLE = (
    "html{color-scheme:light dark}"
    "body{font:1rem/1.6 system-ui,sans-serif;max-width:26rem;margin:3rem auto;padding:0 1rem}"
    "label,input,button{display:block;width:100%;box-sizing:border-box;font:inherit}"
    "input,button{margin:.3rem 0 1rem;padding:.5rem}.wrong{color:light-dark(#a00,#f99)}"
)


def register(app: Flask, desk: Desk) -> None:
    """Add the page to the application."""

    @app.get(PATH)
    def ask() -> Response:
        code = request.args.get("code", "")
        person = _find_owner(desk, code)
        if person is None:
            return _expired_response(desk)
        return _page_response(person.language, _render_form(person, code, None), 200)

    @app.post(PATH)
    def answer() -> Response:
        request.max_content_length = MAX_BODY
        code, password = request.form.get("code", ""), request.form.get("password", "")
        person = _find_owner(desk, code)
        if person is None:
            return _expired_response(desk)
        wrong = _answer_error(person, password, request.form.get("again", ""))
        if wrong is not None:
            return _page_response(person.language, _render_form(person, code, wrong), 422)
        author = Author(Actor(id=person.id, name=person.name, surface="link"), wallclock.now())
        stored = auth.hash_password(password)
        if not desk.accounts.use_link(auth.hash_token(code), person, stored, author):
            return _expired_response(desk)
        onwards = f'<p><a href="/sign-in">{_word(person.language, "sign-in")}</a></p>'
        return _page_response(person.language, f"<p>{_word(person.language, 'done')}</p>{onwards}", 200)


def _find_owner(desk: Desk, code: str) -> Staff | None:
    staff_id = desk.accounts.find_link_owner(auth.hash_token(code), wallclock.now()) if code else None
    return desk.people.staff(staff_id) if staff_id else None


def _answer_error(person: Staff, password: str, again: str) -> str | None:
    """What is wrong with the form, in the reader's language; None if nothing is."""
    if password != again:
        return say(person.language, "password", "differ") or ""
    found: Reason | None = check_password(password, (person.account, person.name))
    return str(render_reason(found, person.language, None)["message"]) if found else None


def _render_form(person: Staff, code: str, wrong: str | None) -> str:
    def word(key: str) -> str:
        return _word(person.language, key)

    error = f'<p class="wrong" role="alert">{escape(wrong)}</p>' if wrong else ""
    fields = "".join(
        f'<label for="{name}">{word(name)}</label><input id="{name}" name="{name}" type="password" required'
        ' autocomplete="new-password">'
        for name in ("password", "again")
    )
    return (
        f"<p>{word('for')} <b>{escape(person.account)}</b></p>{error}"
        f'<form method="post" action="{PATH}"><input type="hidden" name="code" value="{escape(code)}">'
        f'<input type="text" name="username" value="{escape(person.account)}" autocomplete="username" hidden>'
        f"{fields}<button>{word('set')}</button></form>"
    )


def _expired_response(desk: Desk) -> Response:
    language = negotiate_language(request.headers.get("Accept-Language", ""), desk.settings.language)
    return _page_response(language, f"<p>{_word(language, 'over')}</p>", 404)


def _page_response(language: str, body: str, status: int) -> Response:
    title = _word(language, "title")
    html = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><style>{_STYLE}</style></head>'
        f"<body><main><h1>{title}</h1>{body}</main></body></html>"
    )
    page = Response(html, status, mimetype="text/html")
    page.headers["Content-Security-Policy"] = _POLICY
    page.headers["Content-Language"] = language
    page.headers["Cache-Control"] = "no-store"
    return page


def _word(language: str, key: str) -> str:
    return escape(say(language, "password", key) or key)
