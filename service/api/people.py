"""Who is asking, their tokens, their sites and their colleagues."""

from __future__ import annotations

from typing import Any

from service import auth
from service.api.answers import Answer, as_json, nothing
from service.api.call import Call
from service.api.identifiers import new_id
from service.api.routing import Routes
from service.refusals import reason
from service.schemas import bodies, queries
from workflows.core.people import Staff
from workflows.errors import KeyReused, NotFound, Reason
from workflows.storage.conflicts import Conflict
from workflows.storage.tokens import Token
from workflows.timing.instants import Instant, rfc3339

routes = Routes("people")


@routes.post(
    "/api/tokens",
    "Sign in: get a token",
    "IssuedToken",
    body=bodies.IssueToken(),
    anybody=True,
    refuses=(401, 429),
)
def issue_token(call: Call) -> Answer:
    """A token for an account and its password. It is shown this once."""
    body, sign_in = call.body, call.sign_in
    address = call.request.remote_addr or ""
    staff = sign_in.check(body["account"], body["password"], address, call.now)
    life = min(body.get("expires_in") or call.settings.api.token_life, call.settings.api.token_life)
    if call.key is not None:
        return _issued_again(call, staff, life)
    token = auth.new_secret()
    return _issued(call, staff, new_id(call.now), token, call.now, life)


def _issued(call: Call, staff: Staff, identity: str, token: str, at: Instant, life: int) -> Answer:
    call.desk.tokens.issue(
        id=identity,
        staff_id=staff.id,
        name=call.body["name"],
        digest=auth.digest_of(token),
        scopes=(),
        expires_at=at + life,
        at=at,
    )
    return _shown_once(identity, token, call.body["name"], at, at + life)


def _shown_once(identity: str, token: str, name: str, at: Instant, expires_at: Instant) -> Answer:
    shown = {
        "id": identity,
        "token": token,
        "name": name,
        "created_at": rfc3339(at),
        "expires_at": rfc3339(expires_at),
    }
    heads = {"Cache-Control": "no-store", "Location": f"/api/tokens/{identity}"}
    return as_json(shown, 201, heads)


def _issued_again(call: Call, staff: Staff, life: int) -> Answer:
    """The token of an idempotency key: the same one each time, though it is kept nowhere."""
    assert call.key is not None, "asked only with a key"
    token = auth.derived_secret(call.settings.signature, staff.id, call.key)
    identity = auth.derived_id(token)
    try:
        return _issued(call, staff, identity, token, call.now, life)
    except Conflict:
        before = next(each for each in call.desk.tokens.of(staff.id) if each.id == identity)
    expires_at = before.expires_at or before.created_at
    if (before.name, expires_at - before.created_at) != (call.body["name"], life):
        raise KeyReused(Reason("key-reused", "the key was used before, for another token"))
    answer = _shown_once(identity, token, before.name, before.created_at, expires_at)
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


@routes.get("/api/tokens", "List my tokens", "Tokens")
def list_tokens(call: Call) -> Answer:
    """The asker's tokens that can still be used, without their secrets."""
    found = [_token(each, call) for each in call.desk.tokens.of(call.staff.id) if _alive(each, call.now)]
    return as_json({"items": found})


def _alive(token: Token, now: Instant) -> bool:
    return token.revoked_at is None and (token.expires_at is None or token.expires_at > now)


def _token(token: Token, call: Call) -> dict[str, Any]:
    assert call.bearer is not None, "the route asks for a token"
    return {
        "id": token.id,
        "name": token.name,
        "created_at": rfc3339(token.created_at),
        "expires_at": rfc3339(token.expires_at) if token.expires_at is not None else None,
        "current": token.id == call.bearer.token,
    }


@routes.delete("/api/tokens/{id}", "Revoke a token of mine", refuses=(404,))
def revoke_token(call: Call, id: str) -> Answer:
    """The token is worthless from now on."""
    mine = {each.id for each in call.desk.tokens.of(call.staff.id)}
    if id not in mine or not call.desk.tokens.revoke(call.staff.id, id, call.now):
        raise NotFound(reason("unknown-token", "you have no such token"))
    return nothing()


@routes.get("/api/me", "Who am I", "Me")
def me(call: Call) -> Answer:
    """The asker, with the sites, roles and departments held there, and for whom they stand in now."""
    staff = call.staff
    shown = {
        "id": staff.id,
        "account": staff.account,
        "name": staff.name,
        "language": staff.language,
        "sites": [
            {
                "id": site,
                "roles": sorted(staff.roles(site)),
                "departments": sorted(staff.departments(site)),
                "manager": bool(staff.roles(site) & set(call.settings.api.publishers)),
                "stands_in_for": [
                    {"id": each.id, "name": each.name}
                    for each in call.desk.people.directory(site).stood_in_for(staff.id, call.now)
                ],
            }
            for site in call.sites
        ],
    }
    return as_json(shown)


@routes.get("/api/sites", "List my sites", "Sites")
def list_sites(call: Call) -> Answer:
    """The sites the asker belongs to."""
    mine = set(call.sites)
    items = [
        {"id": site.id, "name": site.name, "zone": site.zone}
        for site in call.desk.people.sites()
        if site.id in mine
    ]
    return as_json({"items": items})


@routes.get(
    "/api/staff", "List the staff of my sites", "StaffList", query=queries.SiteQuery(), refuses=(404,)
)
def list_staff(call: Call) -> Answer:
    """Who works at a site, for knowing whom a ticket can be given to."""
    items = [
        {
            "id": member.id,
            "account": member.account,
            "name": member.name,
            "site": site,
            "roles": sorted(member.roles(site)),
            "departments": sorted(member.departments(site)),
        }
        for site in call.wanted_sites()
        for member in sorted(call.desk.people.directory(site).staff.values(), key=lambda each: each.account)
    ]
    return as_json({"items": items})
