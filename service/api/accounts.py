"""The user's own account, its tokens, and the history of the accounts of a site."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from service import auth
from service.api.change_view import render_author
from service.api.http.paging import page_limit, seq_cursor, seq_page
from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, empty_response, json_response
from service.api.http.route import Routes
from service.api.people import render_me
from service.api.tickets.collection import choose_site, find_staff
from service.channels.contact import CONTACTS, check_contact, merge_contact
from service.passwords import check_password
from service.refusals import Unauthorized, reason
from service.schemas import account_bodies, queries
from workflows.core.commands import Actor
from workflows.errors import Invalid, NotFound
from workflows.storage.people.people import Account
from workflows.storage.people.staff_changes import Author, StaffChange

routes = Routes("people")


@routes.patch("/api/me", "Change one's language and addresses", "Me", body=account_bodies.ChangeMe())
def change_me(request: ApiRequest) -> ApiResponse:
    """Set the language of the user's answers and letters, and the addresses to which letters go."""
    staff, language, contact = request.staff, request.body.get("language"), None
    if request.body.keys() & set(CONTACTS):
        contact = merge_contact(request.desk.people.contact(staff.id), request.body)
        if reasons := check_contact(request.settings.channels, contact):
            raise Invalid(reasons)
    account = Account(staff=staff, password_hash=None, active=True)
    request.desk.accounts.update(account, author_of(request), language=language, contact=contact)
    return json_response(render_me(request, replace(staff, language=language or staff.language)))


@routes.put(
    "/api/me/password", "Change one's password", "Me", body=account_bodies.ChangePassword(), refuses=(429,)
)
def change_password(request: ApiRequest) -> ApiResponse:
    """Change the password; needs the present one. All tokens of the user end, except the one used for this
    request."""
    staff, body = request.staff, request.body
    assert request.bearer is not None, "the route asks for a token"
    reasons = [found] if (found := check_password(body["new"], (staff.account, staff.name))) else []
    if reasons:
        raise Invalid([replace(each, field="new") for each in reasons])
    try:
        address, browser = request.request.remote_addr or "", request.known_browser(staff.account)
        request.sign_in.check(staff.account, body["current"], address, request.now, browser)
    except Unauthorized:
        raise Invalid(reason("bad-credentials", "the password is not right", field="current")) from None
    stored = auth.hash_password(body["new"])
    request.desk.accounts.set_password(staff, stored, author_of(request), keep=request.bearer.token)
    return json_response(render_me(request, staff))


@routes.delete("/api/tokens", "End my other tokens")
def end_tokens(request: ApiRequest) -> ApiResponse:
    """End all tokens of the user, except the one used for this request."""
    assert request.bearer is not None, "the route asks for a token"
    request.desk.accounts.revoke_tokens([request.staff], author_of(request), keep=request.bearer.token)
    return empty_response()


@routes.delete(
    "/api/staff/{staff}/tokens",
    "End the tokens of a colleague",
    query=queries.SiteQuery(),
    refuses=(403, 404, 422),
)
def end_tokens_of(request: ApiRequest, staff: str) -> ApiResponse:
    """End all tokens of a colleague, for example after a telephone was lost. For administrators of the
    desk at a site where the colleague works."""
    site = request.check_managed_site(choose_site(request, request.query.get("site")))
    found = find_staff(request, staff, (site,))
    if found is None:
        raise NotFound(reason("unknown-staff", "nobody of that name works at this site"))
    request.desk.accounts.revoke_tokens([found], author_of(request, site))
    return empty_response()


@routes.get(
    "/api/account-history",
    "See who changed which account",
    "AccountHistory",
    query=queries.PageQuery(),
    refuses=(403, 404, 422),
    linked=True,
)
def show_account_history(request: ApiRequest) -> ApiResponse:
    """Changes of accounts and of posts at the site, oldest first, for everybody who holds a post there.
    For administrators of the desk."""
    after, limit = seq_cursor(request), page_limit(request)
    site = request.check_managed_site(choose_site(request, request.query.get("site")))
    found = request.desk.accounts.history(site, after, limit + 1)
    return seq_page(request, found, _render_change)


def _render_change(change: StaffChange) -> dict[str, Any]:
    return {
        **render_author(change),
        "kind": change.kind,
        "staff": change.staff_id,
        "account": change.account,
        "site": change.site,
        "before": change.before,
        "after": change.after,
    }


def author_of(request: ApiRequest, site: str | None = None) -> Author:
    """The user as the author of a change now; with a site, with the roles held there."""
    staff = request.staff
    roles = staff.roles(site) if site else frozenset[str]()
    return Author(Actor(id=staff.id, name=staff.name, roles=roles, surface=request.surface), request.now)
