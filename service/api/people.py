"""The user, their tokens, their sites and their colleagues."""

from __future__ import annotations

from typing import Any

from service import auth
from service.api.http.ids import new_id
from service.api.http.request import ApiRequest
from service.api.http.response import ApiResponse, empty_response, json_response
from service.api.http.route import Routes
from service.refusals import reason
from service.schemas import account_bodies, queries
from workflows.core.people import Staff
from workflows.errors import KeyReused, NotFound, Reason
from workflows.language.forms.mask import mask_address
from workflows.storage.errors import Conflict
from workflows.storage.people.tokens import Token
from workflows.timing.instants import Instant, rfc3339

routes = Routes("people")


@routes.post(
    "/api/tokens",
    "Sign in: get a token",
    "IssuedToken",
    body=account_bodies.IssueToken(),
    anybody=True,
    refuses=(401, 429),
)
def issue_token(request: ApiRequest) -> ApiResponse:
    """Issue a token for an account and its password. The token is shown this once."""
    body, sign_in = request.body, request.sign_in
    address = request.request.remote_addr or ""
    staff = sign_in.check(body["account"], body["password"], address, request.now)
    life = min(body.get("expires_in") or request.settings.api.token_life, request.settings.api.token_life)
    if request.key is not None:
        return _reissue(request, staff, life)
    token = auth.new_secret()
    return _issue(request, staff, new_id(request.now), token, request.now, life)


def _issue(
    request: ApiRequest, staff: Staff, identity: str, token: str, at: Instant, life: int
) -> ApiResponse:
    request.desk.tokens.issue(
        id=identity,
        staff_id=staff.id,
        name=request.body["name"],
        digest=auth.hash_token(token),
        scopes=(),
        expires_at=at + life,
        at=at,
    )
    return _token_response(identity, token, request.body["name"], at, at + life)


def _token_response(identity: str, token: str, name: str, at: Instant, expires_at: Instant) -> ApiResponse:
    shown = {
        "id": identity,
        "token": token,
        "name": name,
        "created_at": rfc3339(at),
        "expires_at": rfc3339(expires_at),
    }
    heads = {"Cache-Control": "no-store", "Location": f"/api/tokens/{identity}"}
    return json_response(shown, 201, heads)


def _reissue(request: ApiRequest, staff: Staff, life: int) -> ApiResponse:
    """The token of an idempotency key: the same at each repetition, although it is not stored."""
    assert request.key is not None, "asked only with a key"
    token = auth.derive_secret(request.settings.signature, staff.id, request.key)
    identity = auth.derive_token_id(token)
    try:
        return _issue(request, staff, identity, token, request.now, life)
    except Conflict:
        before = next(each for each in request.desk.tokens.list_of(staff.id) if each.id == identity)
    if before.revoked_at is not None:
        raise KeyReused(Reason("key-reused", "the key was used before, for a token that was revoked"))
    expires_at = before.expires_at or before.created_at
    if (before.name, expires_at - before.created_at) != (request.body["name"], life):
        raise KeyReused(Reason("key-reused", "the key was used before, for another token"))
    answer = _token_response(identity, token, before.name, before.created_at, expires_at)
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


@routes.get("/api/tokens", "List my tokens", "Tokens")
def list_tokens(request: ApiRequest) -> ApiResponse:
    """The user's valid tokens, without their secrets."""
    found = [
        _render_token(each, request)
        for each in request.desk.tokens.list_of(request.staff.id)
        if _is_alive(each, request.now)
    ]
    return json_response({"items": found})


def _is_alive(token: Token, now: Instant) -> bool:
    return token.revoked_at is None and (token.expires_at is None or token.expires_at > now)


def _render_token(token: Token, request: ApiRequest) -> dict[str, Any]:
    assert request.bearer is not None, "the route asks for a token"
    return {
        "id": token.id,
        "name": token.name,
        "created_at": rfc3339(token.created_at),
        "expires_at": rfc3339(token.expires_at) if token.expires_at is not None else None,
        "current": token.id == request.bearer.token,
    }


@routes.delete("/api/tokens/{id}", "Revoke a token of mine", refuses=(404,))
def revoke_token(request: ApiRequest, id: str) -> ApiResponse:
    """End one of the user's tokens."""
    mine = {each.id for each in request.desk.tokens.list_of(request.staff.id)}
    if id not in mine or not request.desk.tokens.revoke(request.staff.id, id, request.now):
        raise NotFound(reason("unknown-token", "you have no such token"))
    return empty_response()


@routes.get("/api/me", "Who am I", "Me")
def me(request: ApiRequest) -> ApiResponse:
    """The user, with their sites, roles and departments there, and for whom they stand in now."""
    return json_response(render_me(request, request.staff))


def render_me(request: ApiRequest, staff: Staff) -> dict[str, Any]:
    """The user as JSON, with what is only shown to themselves."""
    contact = request.desk.people.contact(staff.id)
    return {
        "id": staff.id,
        "account": staff.account,
        "name": staff.name,
        "language": staff.language,
        "mail": contact.get("mail"),
        "url": mask_address(contact["url"]) if "url" in contact else None,
        "sites": [
            {
                "id": site,
                "roles": sorted(staff.roles(site)),
                "departments": sorted(staff.departments(site)),
                "manager": bool(staff.roles(site) & set(request.settings.api.publishers)),
                "stands_in_for": [
                    {"id": each.id, "name": each.name}
                    for each in request.desk.people.directory(site).find_delegators(staff.id, request.now)
                ],
            }
            for site in request.sites
        ],
    }


@routes.get("/api/sites", "List my sites", "Sites")
def list_sites(request: ApiRequest) -> ApiResponse:
    """The sites where the user has a post."""
    mine = set(request.sites)
    items = [
        {"id": site.id, "name": site.name, "zone": site.zone}
        for site in request.desk.people.sites()
        if site.id in mine
    ]
    return json_response({"items": items})


@routes.get(
    "/api/staff", "List the staff of my sites", "StaffList", query=queries.SiteQuery(), refuses=(404,)
)
def list_staff(request: ApiRequest) -> ApiResponse:
    """The staff of a site, to find whom a ticket can be assigned to."""
    items = [
        {
            "id": member.id,
            "account": member.account,
            "name": member.name,
            "site": site,
            "roles": sorted(member.roles(site)),
            "departments": sorted(member.departments(site)),
        }
        for site in request.requested_sites()
        for member in sorted(
            request.desk.people.directory(site).staff.values(), key=lambda each: each.account
        )
    ]
    return json_response({"items": items})
