"""Accounts of the staff, for those who look after the desk: add, change, give posts, invite, disable.

A manager sees and changes posts at their own sites. What concerns the person everywhere (name to sign in
with, password, whether the account is active) is for who looks after every site where the person works.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from service import password_links
from service.accounts import AccountDraft, check_account_name, check_posts, create_account
from service.api.accounts import author_of
from service.api.http.paging import page_limit, page_response
from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, json_response
from service.api.http.route import Routes
from service.api.tickets.collection import choose_site
from service.channels.contact import CONTACTS, check_contact, merge_contact
from service.channels.letter import Undeliverable
from service.departures import HandoverCounts, hand_over_tickets_of
from service.refusals import reason
from service.schemas import account_bodies, queries
from workflows.core.people import Membership
from workflows.errors import Blocked, Forbidden, Invalid, NotFound, Reason
from workflows.language.forms.mask import mask_address
from workflows.storage.errors import Conflict
from workflows.storage.people.people import Account
from workflows.timing.instants import rfc3339

routes = Routes("people")


@routes.get(
    "/api/accounts",
    "List the accounts of a site",
    "Accounts",
    query=queries.AccountsQuery(),
    refuses=(403, 404, 422),
    linked=True,
)
def list_accounts(request: ApiRequest) -> ApiResponse:
    """Accounts with a post at the site, disabled ones too, by name. For administrators of the desk there."""
    site, limit = (
        request.check_managed_site(choose_site(request, request.query.get("site"))),
        page_limit(request),
    )
    cursor, q = request.query.get("cursor") or "", request.query.get("q") or ""
    found = request.desk.people.accounts_at(site, cursor, limit + 1, q)
    following = found[limit - 1].staff.account if len(found) > limit else None
    return page_response(request, [_render(request, each) for each in found[:limit]], following)


@routes.post(
    "/api/accounts",
    "Add an account",
    "Account",
    body=account_bodies.AddAccount(),
    refuses=(403, 404, 409, 422),
)
def add_account(request: ApiRequest) -> ApiResponse:
    """Add somebody with their posts. Nobody can sign in yet: that takes an invitation."""
    body = request.body
    posts = tuple(Membership(each["site"], each["role"], each["department"]) for each in body["posts"])
    for site in dict.fromkeys(post.site for post in posts):
        request.check_managed_site(site)
    draft = AccountDraft(
        account=body["account"],
        name=body["name"],
        language=body.get("language") or request.settings.language,
        posts=posts,
        contact=merge_contact({}, body),
    )
    person = create_account(request.desk, draft, author_of(request))
    answer = _render(request, Account(staff=person, password_hash=None, active=True))
    return json_response(answer, 201, {"Location": f"/api/accounts/{person.id}"})


@routes.get("/api/accounts/{staff}", "See an account", "Account", refuses=(403, 404))
def show_account(request: ApiRequest, staff: str) -> ApiResponse:
    """An account by its id or name."""
    return json_response(_render(request, _find(request, staff)))


@routes.patch(
    "/api/accounts/{staff}",
    "Change an account",
    "Account",
    body=account_bodies.ChangeAccount(),
    refuses=(403, 404, 409, 422),
)
def change_account(request: ApiRequest, staff: str) -> ApiResponse:
    """Change what is given. Who is disabled is signed out everywhere, and their open tickets are handed
    over, each by a step that says why."""
    found, body = _find(request, staff), request.body
    if body.keys() & {"account", "active"}:
        _check_whole_account(request, found)
    if body.get("active") is False and found.staff.id == request.staff.id:
        raise Blocked(reason("own-account", "nobody disables their own account", field="active"))
    _update(request, found)
    handed: HandoverCounts | None = None
    if "active" in body and body["active"] != found.active:
        request.desk.accounts.set_active(found.staff, author_of(request), active=body["active"])
        handed = hand_over_tickets_of(request.desk, found.staff.id, request.now)
    return json_response(_render(request, _find(request, found.staff.id), handed))


@routes.put(
    "/api/accounts/{staff}/posts",
    "Say which posts somebody holds at a site",
    "Account",
    body=account_bodies.PutPosts(),
    refuses=(403, 404, 409, 422),
)
def put_posts(request: ApiRequest, staff: str) -> ApiResponse:
    """Give these posts at the site and take all others there. Open tickets for which the person has no post
    any more are handed over, each by a step that says why."""
    site = request.check_managed_site(request.body["site"])
    found = _find(request, staff)
    there = tuple(Membership(site, each["role"], each["department"]) for each in request.body["posts"])
    if reasons := check_posts(request.desk, there):
        raise Invalid(reasons)
    _check_not_last_manager(request, found, site, there)
    others = tuple(post for post in found.staff.memberships if post.site != site)
    request.desk.accounts.set_posts(found.staff, (*others, *there), author_of(request, site))
    handed = hand_over_tickets_of(request.desk, found.staff.id, request.now)
    account = request.desk.people.account(found.staff.account)
    assert account is not None, "accounts are never deleted"
    return json_response(_render(request, account, handed))


@routes.put(
    "/api/accounts/{staff}/invitation",
    "Invite somebody to set a password",
    "Invitation",
    body=account_bodies.Invite(),
    refuses=(403, 404, 409, 422),
)
def invite(request: ApiRequest, staff: str) -> ApiResponse:
    """A link by which the person sets a password, once, within the time of the settings. It ends earlier
    links, and is shown this once: who has lost it asks for another."""
    found = _find(request, staff)
    _check_whole_account(request, found)
    if not found.active:
        raise Blocked(reason("disabled-account", "the account is disabled"))
    address = request.desk.people.contact(found.staff.id).get("mail") if request.body["send"] else None
    if request.body["send"] and not (address and request.settings.channels.base_url):
        raise Invalid(reason("no-address", "no link can be sent: there is no e-mail address", field="send"))
    link = password_links.create_password_link(request.desk, found.staff, author_of(request))
    if address is not None:
        try:
            password_links.send_password_link(request.desk, found.staff, address, link)
        except Undeliverable as error:
            raise Blocked(reason("not-sent", f"the link could not be sent: {error.reason}")) from None
    shown = {
        "link": None if address else link,
        "sent_to": mask_address(address) if address else None,
        "expires_at": rfc3339(request.now + request.settings.api.link_life),
    }
    return json_response(shown, 200, {"Cache-Control": "no-store"})


def _update(request: ApiRequest, found: Account) -> None:
    """Change name, language, account name and addresses, as far as they are given."""
    body, rename, reasons = request.body, None, list[Reason]()
    if "account" in body:
        rename, reasons = check_account_name(request.desk, body["account"], besides=found.staff.id)
    contact = None
    if body.keys() & set(CONTACTS):
        contact = merge_contact(request.desk.people.contact(found.staff.id), body)
        reasons += check_contact(request.settings.channels, contact)
    if reasons:
        raise Invalid(reasons)
    name, language = body.get("name"), body.get("language")
    try:
        request.desk.accounts.update(
            found, author_of(request), name=name, language=language, rename=rename, contact=contact
        )
    except Conflict:
        raise Blocked(reason("exists", f"there is an account {rename!r} already", field="account")) from None


def _find(request: ApiRequest, named: str) -> Account:
    """The account with this id or name, if it has a post at a site that the user looks after."""
    managed = request.managed_sites()
    member = request.desk.people.staff(named)
    found = request.desk.people.account(member.account if member else named)
    if found is None or not any(post.site in managed for post in found.staff.memberships):
        raise NotFound(reason("unknown-staff", "nobody of that name works at your sites"))
    return found


def _check_whole_account(request: ApiRequest, found: Account) -> None:
    """Raise Forbidden unless the user looks after every site where the person works."""
    managed = request.managed_sites()
    if not all(post.site in managed for post in found.staff.memberships):
        message = "the person works at other sites too; this is for who looks after all of them"
        raise Forbidden(reason("works-elsewhere", message))


def _check_not_last_manager(
    request: ApiRequest, found: Account, site: str, posts: tuple[Membership, ...]
) -> None:
    """Raise Blocked if nobody would look after the site any more."""
    managers = set(request.settings.api.publishers)
    if any(post.role in managers for post in posts) or not found.staff.roles(site) & managers:
        return
    others = request.desk.people.directory(site).staff.values()
    if not any(each.roles(site) & managers for each in others if each.id != found.staff.id):
        raise Blocked(reason("last-manager", "nobody would look after this site any more", site=site))


def _render(request: ApiRequest, account: Account, handed: HandoverCounts | None = None) -> dict[str, Any]:
    staff, managed = account.staff, set(request.managed_sites())
    contact = request.desk.people.contact(staff.id)
    shown: dict[str, Any] = {
        "id": staff.id,
        "account": staff.account,
        "name": staff.name,
        "language": staff.language,
        "active": account.active,
        "password": account.password_hash is not None,
        **{kind: mask_address(contact[kind]) if kind in contact else None for kind in CONTACTS},
        "posts": [
            {"site": post.site, "role": post.role, "department": post.department}
            for post in staff.memberships
            if post.site in managed
        ],
        "elsewhere": any(post.site not in managed for post in staff.memberships),
    }
    if handed is not None:
        remaining = handed.total - handed.handed_over - handed.waiting
        shown["handover"] = {name: value for name, value in asdict(handed).items() if name != "failed"} | {
            "kept": remaining
        }
    return shown
