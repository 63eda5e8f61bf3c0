"""Every form carries a token that only our own pages know (Flask-WTF), signed into a cookie of its own.

A new sign-in begins with an empty cookie, so that a token from before is worth nothing after it.
"""

from __future__ import annotations

from flask import Flask, Request, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect, validate_csrf

from service.console.http.cookie import FORMS, cookie_name
from service.settings import Settings


class FormSession(SecureCookieSessionInterface):
    """The cookie that the tokens of forms, and notices for the next page, are signed into."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie says; None for the API, which has none."""
        return None if request.path.startswith("/api/") else super().open_session(app, request)

    def get_cookie_name(self, app: Flask) -> str:  # noqa: ARG002 - the base's signature
        """Its name, by how the browser came here."""
        return cookie_name(request, FORMS)

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - the base's signature
        """Whether it is sent by https only."""
        return request.is_secure


def protect_forms(app: Flask, settings: Settings) -> None:
    """Sign the cookie with the secret of the settings. `serve` checks the token of each form that is sent."""
    app.secret_key = settings.signature
    app.session_interface = FormSession()
    app.config.update(
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_CHECK_DEFAULT=False,  # the API has no cookies
        WTF_CSRF_TIME_LIMIT=None,  # as long as the cookie: nobody loses what was typed over lunch
    )
    CSRFProtect(app)


def check_form(app: Flask) -> None:
    """Raises CSRFError, a 400, unless the form of the present request carries the token of its browser."""
    protection: CSRFProtect = app.extensions["csrf"]
    protection.protect()


def check_secret_form() -> None:
    """The same for a page whose address is a secret: the browser does not tell from which it comes."""
    try:
        validate_csrf(request.form.get("csrf_token", ""))
    except ValueError as error:  # of WTForms
        raise CSRFError(str(error)) from None
