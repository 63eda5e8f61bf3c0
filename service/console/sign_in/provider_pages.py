"""Signing in at the provider of the settings: there, and back."""

from __future__ import annotations

import hmac
from typing import Any

import structlog
from flask import Response, session

from service.console.http.console_request import ConsoleRequest, own_path
from service.console.http.pages import Pages
from service.console.sign_in.session import begin_session
from service.console.sign_in.view import HOME, sign_in_page
from service.oidc.claimed_account import find_claimed_account
from service.oidc.provider import OidcProvider, PendingSignIn, provider_of
from service.oidc.provider_error import ProviderError
from workflows.errors import NotFound, Reason

pages = Pages()
PATH = "/sign-in/provider"
ANSWER = f"{PATH}/answer"
_PENDING = "oidc"  # in the cookie of forms, which is signed
_PATIENCE = 600  # seconds in which one has to come back
_LONGEST = 4_000  # characters of a code
_STATUS = {"away": 503, "no-account": 403, "mail": 403}  # of the faults; the others are 400

_log = structlog.get_logger("huifang.sign_in")


@pages.get(PATH, anybody=True)
def go_to_provider(call: ConsoleRequest) -> Response:
    """Send the browser to the provider, and remember where it wanted to go."""
    onwards = own_path(call.request.args.get("next"), HOME)
    try:
        address, pending = _provider(call).begin(onwards, call.now)
    except ProviderError as error:
        return _refuse(call, error, onwards)
    session[_PENDING] = pending.values()
    return Response(status=303, headers={"Location": address})


@pages.get(ANSWER, anybody=True)
def come_back(call: ConsoleRequest) -> Response:
    """Take what the provider answers: once, in the browser that was sent there."""
    provider, arguments = _provider(call), call.request.args
    kept = session.pop(_PENDING, None)
    onwards = HOME
    try:
        pending = _read_pending(kept, arguments.get("state", ""), call.now)
        onwards = own_path(pending.onwards, HOME)
        code = arguments.get("code", "")
        if "error" in arguments or not 0 < len(code) <= _LONGEST:
            raise ProviderError("refused")
        claims = provider.finish(code, pending, call.now)
        staff = find_claimed_account(call.desk.people, call.settings.oidc.claim, claims)
    except ProviderError as error:
        return _refuse(call, error, onwards)
    return begin_session(call, staff, onwards)


def _provider(call: ConsoleRequest) -> OidcProvider:
    """The provider of the settings; NotFound if there is none."""
    settings = call.settings
    if not settings.oidc.issuer:
        raise NotFound(Reason("no-provider", "people sign in by password here"))
    return provider_of(settings.oidc, f"{settings.channels.base_url}{ANSWER}")


def _read_pending(kept: Any, state: str, now: int) -> PendingSignIn:
    """The sign-in that this browser has begun. Raises ProviderError if it has not, or too long ago."""
    try:
        pending = PendingSignIn(**kept)
    except TypeError:
        raise ProviderError("expired") from None
    same = hmac.compare_digest(pending.state.encode(), state.encode("utf-8", "replace"))
    if not same or not 0 <= now - pending.began_at <= _PATIENCE:
        raise ProviderError("expired")
    return pending


def _refuse(call: ConsoleRequest, error: ProviderError, onwards: str) -> Response:
    """The sign-in page with why it came to nothing; the log has it without whose it was."""
    _log.warning("sign-in by the provider failed", fault=error.fault, cause=type(error.__cause__).__name__)
    why = call.text("sign_in", f"provider-{error.fault}")
    return sign_in_page(call, onwards, why, _STATUS.get(error.fault, 400))
