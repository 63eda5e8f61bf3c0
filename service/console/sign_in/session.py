"""The session of a browser: begun under a secret that nobody knew before, ended with what its forms knew."""

from __future__ import annotations

from flask import Response, session

from service import auth
from service.api.http.ids import new_id
from service.console.http.console_request import ConsoleRequest
from service.console.http.cookie import SESSION, set_cookie
from service.console.http.known_browser import KnownBrowser
from workflows.core.people import Staff

SIGNED_IN_FOR = 12 * 3_600  # seconds


def begin_session(call: ConsoleRequest, staff: Staff, onwards: str) -> Response:
    """Sign the browser in, end the session that it had, and lead it on to a page of ours."""
    end_session(call)
    secret = auth.new_secret()
    call.desk.sign_in_sessions.begin(
        id=new_id(call.now),
        staff_id=staff.id,
        digest=auth.hash_token(secret),
        at=call.now,
        expires_at=call.now + SIGNED_IN_FOR,
    )
    answer = call.go_to(onwards)
    set_cookie(call.request, answer, SESSION, secret, SIGNED_IN_FOR)
    KnownBrowser(call.request, call.settings.signature).remember(answer, staff.account)
    return answer


def end_session(call: ConsoleRequest) -> None:
    """End the browser's session, if it has one, and what its forms knew."""
    if call.bearer is not None:
        call.desk.sign_in_sessions.end(call.staff.id, call.bearer.token)
    session.clear()
