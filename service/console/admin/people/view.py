"""The people of a site: a list with a search, what was changed, the form for somebody new, and each."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from flask import Response

from service.api import accounts
from service.console.admin.admin_page import PAGE_SIZE, admin_page, choose_managed_site, new_pages
from service.console.admin.health.health_check import read_reachability
from service.console.admin.people.person import (
    NOTHING_REFUSED,
    PATH,
    AccountForm,
    describe_post,
    list_departments,
    list_roles,
    person_path,
    show_person,
)
from service.console.api_answer import read_answer
from service.console.http.console_request import ConsoleRequest
from service.console.http.sealed_search import FIND, STATUS_ENDED, open_search, seal_search
from service.console.layout.frame import LANGUAGE_NAMES
from workflows.language.forms.organisation import Organisation
from workflows.storage.people.people import Account

pages = new_pages()
_LONGEST = 100  # characters of a search


@pages.get(PATH)
def list_people(call: ConsoleRequest) -> Response:
    """Accounts with a post at the site, by account, disabled ones too; of a search for a part of a name
    (`?find=`, sealed) those that have it."""
    site, asked = choose_managed_site(call), call.request.args
    said, cursor = open_search(call, PATH), asked.get("cursor", "")
    q = (said or {}).get("q", "")
    found = call.desk.people.accounts_at(site, cursor, PAGE_SIZE + 1, q) if said is not None else ()
    organisation = call.desk.definitions.company().organisation
    here = {"site": site, **({FIND: asked[FIND]} if FIND in asked else {})}
    unreached = read_reachability(call.desk).unreached
    more = len(found) > PAGE_SIZE
    following = urlencode({**here, "cursor": found[PAGE_SIZE - 1].staff.account}) if more else ""
    return admin_page(
        call,
        "people",
        "people/list.html",
        site=site,
        status=200 if said is not None else STATUS_ENDED,
        people=[_render_row(call, organisation, each, site, unreached) for each in found[:PAGE_SIZE]],
        q=q,
        ended=said is None,
        first=f"{PATH}?{urlencode(here)}" if cursor else "",
        following=f"{PATH}?{following}" if more else "",
    )


@pages.post(f"{PATH}/find")
def search_people(call: ConsoleRequest) -> Response:
    """Look for accounts by a part of a name, which stands sealed in the address that this leads to."""
    site, said = choose_managed_site(call), call.request.form.get("q", "").strip()[:_LONGEST]
    return call.go_to(f"{PATH}?{urlencode({'site': site, **seal_search(call, PATH, {'q': said})})}")


def _render_row(
    call: ConsoleRequest, organisation: Organisation, account: Account, site: str, unreached: Collection[str]
) -> dict[str, Any]:
    staff = account.staff
    here = (post for post in staff.memberships if post.site == site)
    return {
        "path": person_path(staff.id),
        "name": staff.name,
        "account": staff.account,
        "active": account.active,
        "password": account.password_hash is not None,
        "reached": staff.id not in unreached,
        "posts": [describe_post(organisation, each.role, each.department, call.language) for each in here],
    }


@pages.get(f"{PATH}/new")
def begin_person(call: ConsoleRequest) -> Response:
    """The form for somebody new."""
    return new_person_page(call, choose_managed_site(call))


def new_person_page(call: ConsoleRequest, site: str, refused: AccountForm = NOTHING_REFUSED) -> Response:
    """The form for somebody new, with what was typed."""
    organisation = call.desk.definitions.company().organisation
    return admin_page(
        call,
        "people",
        "people/new.html",
        title=call.text("admin_people", "new"),
        site=site,
        status=refused.status,
        refused=refused,
        typed=call.request.form,
        roles=list_roles(organisation, call.language),
        departments=list_departments(organisation, call.language),
        languages=LANGUAGE_NAMES,
    )


@pages.get(f"{PATH}/history")
def show_history(call: ConsoleRequest) -> Response:
    """What was changed of the accounts and posts at the site, oldest first."""
    site, cursor = choose_managed_site(call), call.request.args.get("cursor")
    call.query = {"site": site, "cursor": cursor, "limit": PAGE_SIZE}
    found = read_answer(accounts.show_account_history(call))
    organisation = call.desk.definitions.company().organisation
    following = urlencode({"site": site, "cursor": found["next"]}) if found["next"] else ""
    return admin_page(
        call,
        "people",
        "people/history.html",
        title=call.text("admin", "history"),
        site=site,
        changes=[_render_change(call, organisation, each) for each in found["items"]],
        first=f"{PATH}/history?{urlencode({'site': site})}" if cursor else "",
        following=f"{PATH}/history?{following}" if following else "",
    )


def _render_change(
    call: ConsoleRequest, organisation: Organisation, change: dict[str, Any]
) -> dict[str, Any]:
    """A change; posts are said by their titles."""
    return {
        **change,
        **{side: _describe(call, organisation, change[side] or {}) for side in ("before", "after")},
    }


def _describe(call: ConsoleRequest, organisation: Organisation, values: dict[str, Any]) -> str:
    if "role" in values:
        return describe_post(organisation, values["role"], values.get("department"), call.language)
    texts = (", ".join(each) if isinstance(each, list) else str(each) for each in values.values())
    return " · ".join(filter(None, texts))


@pages.get(f"{PATH}/<staff>")
def show(call: ConsoleRequest, staff: str) -> Response:
    """Somebody with a post at a site that the user looks after."""
    return show_person(call, staff)
