"""The cookies of the console. Over https their names begin with `__Host-`, so that no other host can set
them; on a plain address of this machine, where browsers refuse such names, they do without."""

from __future__ import annotations

from flask import Request, Response

SESSION = "huifang_session"
FORMS = "huifang_forms"
LANGUAGE = "huifang_language"
THEME = "huifang_theme"
KNOWN = "huifang_known"
KEYS, KEYS_OFF = "huifang_keys", "off"
SESSION_NAMES = (SESSION, f"__Host-{SESSION}")
_YEAR = 365 * 86_400  # seconds


def cookie_name(request: Request, name: str) -> str:
    """The name as this request's browser knows it."""
    return f"__Host-{name}" if request.is_secure else name


def read_cookie(request: Request, name: str) -> str | None:
    """The value of the cookie, or None."""
    return request.cookies.get(cookie_name(request, name))


def set_cookie(request: Request, answer: Response, name: str, value: str, seconds: int = _YEAR) -> None:
    """Let the browser keep the value for so long; no script reads it."""
    answer.set_cookie(
        cookie_name(request, name),
        value,
        max_age=seconds,
        path="/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",  # the link of a letter comes from elsewhere, and brings it along
    )


def delete_cookie(request: Request, answer: Response, name: str) -> None:
    """Let the browser forget the cookie."""
    answer.delete_cookie(
        cookie_name(request, name), path="/", secure=request.is_secure, httponly=True, samesite="Lax"
    )


def renew_keys(request: Request, answer: Response) -> None:
    """Keep it for a further year that somebody has turned the keys of lists off. keyboard.js writes and reads
    that, under one name everywhere; what a script has written, some browsers forget after a week."""
    if request.cookies.get(KEYS) == KEYS_OFF:
        answer.set_cookie(KEYS, KEYS_OFF, max_age=_YEAR, path="/", secure=request.is_secure, samesite="Lax")
