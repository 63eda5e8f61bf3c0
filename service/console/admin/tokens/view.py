"""Tokens for one's own programs: made with the password, shown once, and ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from service.api import people
from service.console.admin.admin_page import PARTS, admin_page, new_pages
from service.console.api_answer import read_answer
from service.console.forms.sent_form import sort_faults
from service.console.http.console_request import ConsoleRequest
from service.refusals import TooMany, Unauthorized, reason
from service.schemas import account_bodies
from service.schemas.load import read_body
from workflows.errors import Invalid, KeyReused, Refusal

pages = new_pages()
_PATH = PARTS["tokens"]
_DAY = 86_400
_FIELDS = ("name", "days", "password")
_REPLAYED = "Idempotency-Replayed"


@pages.get(_PATH)
def list_tokens(call: ConsoleRequest) -> Response:
    """One's valid tokens, without their secrets, and the form for a new one."""
    return _tokens_page(call)


def _tokens_page(
    call: ConsoleRequest,
    wrong: Mapping[str, Sequence[str]] | None = None,
    general: Sequence[str] = (),
    status: int = 200,
    secret: str = "",
) -> Response:
    """The page; `secret` is the token that was made just now, and is shown on this page alone."""
    return admin_page(
        call,
        "tokens",
        "tokens/tokens.html",
        status=status,
        tokens=read_answer(people.list_tokens(call))["items"],
        longest=call.settings.api.token_life // _DAY,
        wrong=wrong or {},
        general=general,
        secret=secret,
        typed={name: call.request.form.get(name, "") for name in ("name", "days")},
    )


@pages.post(_PATH)
def issue_token(call: ConsoleRequest) -> Response:
    """Make a token. A form that comes again makes none, and shows none."""
    try:
        call.body = read_body(account_bodies.IssueToken(), _read_form(call))
        answer = people.issue_token(call)
    except Unauthorized:
        wrong = Invalid(reason("bad-credentials", "the password is not right", field="password"))
        return _refuse(call, wrong)
    except KeyReused:
        return call.go_to(_PATH)
    except (Invalid, TooMany) as refusal:
        return _refuse(call, refusal)
    if _REPLAYED in answer.headers:
        return call.go_to(_PATH)
    return _tokens_page(call, secret=read_answer(answer)["token"])


def _read_form(call: ConsoleRequest) -> dict[str, Any]:
    form = call.request.form
    days = form.get("days", "").strip()
    given: dict[str, Any] = {
        "account": call.staff.account,
        "name": form.get("name", "").strip(),
        "password": form.get("password", ""),
    }
    if days:
        number = int(days) if days.isascii() and days.isdecimal() and len(days) < 5 else 0
        if not number:
            raise Invalid(reason("bad-value", "a number of days, such as 30", field="days"))
        given["expires_in"] = number * _DAY
    return given


def _refuse(call: ConsoleRequest, refusal: Refusal) -> Response:
    wrong, general = sort_faults(call, refusal, None, _FIELDS)
    return _tokens_page(call, wrong, general, refusal.status)


@pages.post(f"{_PATH}/<id>/revoke")
def revoke_token(call: ConsoleRequest, id: str) -> Response:
    """End one of one's tokens."""
    return call.act_once(_PATH, lambda: people.revoke_token(call, id), call.text("admin_tokens", "revoked"))
