"""The forms about people: add, change, give posts, invite, disable, end what somebody is signed in by.

Each is the API's act, with its rights and its refusals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from flask import Response

from service.api import accounts, staff_accounts
from service.console.admin.admin_page import choose_managed_site, new_pages
from service.console.admin.people.person import (
    ACCOUNT_FIELDS,
    PATH,
    AccountForm,
    person_path,
    show_person,
)
from service.console.admin.people.view import new_person_page
from service.console.api_answer import read_answer
from service.console.http.console_request import ConsoleRequest
from service.schemas import account_bodies
from service.schemas.load import read_body
from workflows.errors import NotFound, Refusal

pages = new_pages()


@pages.post(PATH)
def add_person(call: ConsoleRequest) -> Response:
    """Add somebody with a post; they cannot sign in before they are invited."""
    site, form = choose_managed_site(call), call.request.form
    posts = [{"site": site, **post} for post in _read_posts(form)]

    def create() -> str:
        given = _read_account(form) | {"posts": posts}
        call.body = read_body(account_bodies.AddAccount(), given)
        return person_path(read_answer(staff_accounts.add_account(call))["id"])

    try:
        return call.create_once(create, call.text("admin_people", "added"))
    except Refusal as refusal:
        return new_person_page(call, site, AccountForm.of(call, "new", refusal))


def _read_account(form: Mapping[str, str]) -> dict[str, Any]:
    """What was typed; nothing of what was left empty."""
    return {name: form[name].strip() for name in ACCOUNT_FIELDS if form.get(name, "").strip()}


def _read_posts(form: Mapping[str, str]) -> list[dict[str, Any]]:
    """The posts of the rows in which a role was chosen."""
    found: list[dict[str, Any]] = []
    for place in count():
        if f"role.{place}" not in form:
            return found  # too many are refused as a whole, so that none is taken away unseen
        if role := form[f"role.{place}"]:
            found.append({"role": role, "department": form.get(f"department.{place}") or None})
    return found


def _act(
    call: ConsoleRequest, staff: str, form: str, act: Callable[[], object], notice: str = "saved"
) -> Response:
    """Do what the form of this name asks for; a refusal is said beside it."""
    try:
        return call.act_once(person_path(staff), act, call.text("admin_people", notice))
    except NotFound:
        raise
    except Refusal as refusal:
        return show_person(call, staff, AccountForm.of(call, form, refusal))


@pages.post(f"{PATH}/<staff>/account")
def change_person(call: ConsoleRequest, staff: str) -> Response:
    """Change what was typed. An address goes when it is marked."""
    form = call.request.form
    given: dict[str, Any] = _read_account(form)
    given |= dict.fromkeys((name for name in ("mail", "url") if form.get(f"remove-{name}")), None)

    def act() -> None:
        call.body = read_body(account_bodies.ChangeAccount(), given)
        before = read_answer(staff_accounts.show_account(call, staff))
        if call.body.get("account") == before["account"]:  # another name is for few to give
            del call.body["account"]
        staff_accounts.change_account(call, staff)

    return _act(call, staff, "account", act)


@pages.post(f"{PATH}/<staff>/posts/<site>")
def put_posts(call: ConsoleRequest, staff: str, site: str) -> Response:
    """Give these posts at the site, and take all others there."""

    def act() -> None:
        given = {"site": site, "posts": _read_posts(call.request.form)}
        call.body = read_body(account_bodies.PutPosts(), given)
        staff_accounts.put_posts(call, staff)

    return _act(call, staff, f"posts-{site}", act, "posts-saved")


@pages.post(f"{PATH}/<staff>/invitation")
def invite(call: ConsoleRequest, staff: str) -> Response:
    """A link to set a password: sent, or shown on the page that answers, and never again."""
    send = bool(call.request.form.get("send"))
    links: list[str] = []

    def act() -> None:
        call.body = {"send": send}
        links.append(read_answer(staff_accounts.invite(call, staff))["link"] or "")

    if send:
        return _act(call, staff, "invitation", act, "invited")
    try:
        answer = call.act_once(person_path(staff), act)
    except NotFound:
        raise
    except Refusal as refusal:
        return show_person(call, staff, AccountForm.of(call, "invitation", refusal))
    return show_person(call, staff, link=links[0]) if links else answer


@pages.post(f"{PATH}/<staff>/active")
def set_active(call: ConsoleRequest, staff: str) -> Response:
    """Disable the account, or let it sign in again. Open tickets of who is disabled are handed over."""
    active = call.request.form.get("active") == "yes"

    def act() -> None:
        call.body = {"active": active}
        staff_accounts.change_account(call, staff)

    return _act(call, staff, "active", act, "enabled" if active else "disabled")


@pages.post(f"{PATH}/<staff>/sign-ins")
def end_sign_ins(call: ConsoleRequest, staff: str) -> Response:
    """Sign somebody out everywhere, such as after a telephone was lost."""

    def act() -> None:
        (post, *_) = read_answer(staff_accounts.show_account(call, staff))["posts"]  # at the user's own sites
        call.query = {"site": post["site"]}
        accounts.end_tokens_of(call, staff)

    return _act(call, staff, "sign-ins", act, "signed-out")
