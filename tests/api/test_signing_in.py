"""Tokens: got with a password, shown once, and worth nothing once revoked."""

from __future__ import annotations

import pytest
from api_desk import PASSWORD, Call, Caller, codes
from flask import Flask

from service import auth, wallclock
from service.wiring import Desk


@pytest.fixture
def nobody(app: Flask) -> Caller:
    """Somebody who has not signed in."""
    return Caller(app.test_client(), "", "")


def asked(account: str = "cs-officer", password: str = PASSWORD, **more: object) -> dict[str, object]:
    """The body that asks for a token."""
    return {"account": account, "password": password, "name": "script", **more}


def test_a_password_gets_a_token_that_works(nobody: Caller, app: Flask) -> None:
    """201, not to be kept by any cache; the token tells who one is."""
    answer = nobody.post("/api/tokens", asked(expires_in=3_600))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    signed_in = Caller(app.test_client(), "", answer.json["token"])
    me = signed_in.get("/api/me").json
    assert (me["account"], me["sites"][0]["roles"]) == ("cs-officer", ["cs-officer"])
    listed = signed_in.get("/api/tokens").json["items"]
    assert [(t["name"], t["current"]) for t in listed] == [("script", True)]
    assert answer.json["token"] not in str(listed)


def test_the_token_itself_is_not_kept(nobody: Caller, desk: Desk) -> None:
    """Only its SHA-256 is in the database."""
    token = nobody.post("/api/tokens", asked()).json["token"]
    with desk.database.connect() as session:
        kept = str(session.run("SELECT * FROM tokens").fetchall())
    assert token not in kept
    assert auth.digest_of(token) in kept


def test_a_wrong_password_and_an_unknown_account_are_answered_alike(nobody: Caller) -> None:
    """401 with the same words; who has an account is nobody's business."""
    wrong = nobody.post("/api/tokens", asked(password="wrong"))
    unknown = nobody.post("/api/tokens", asked(account="nobody-of-that-name"))
    assert (wrong.status_code, codes(wrong)) == (401, ["bad-credentials"])
    assert wrong.data == unknown.data
    assert "WWW-Authenticate" in wrong.headers


def test_an_unknown_account_takes_as_long_as_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password is verified in either case."""
    verified: list[str] = []

    class Hasher:
        def verify(self, stored: str, password: str) -> None:
            verified.append(stored)

    monkeypatch.setattr(auth, "_HASHER", Hasher())
    assert not auth.fits(None, "x")
    assert auth.fits("stored", "x")
    assert len(verified) == 2


def test_who_fails_too_often_must_wait(nobody: Caller) -> None:
    """429 with Retry-After after five failures, for that account from that address only."""
    for _ in range(5):
        assert nobody.post("/api/tokens", asked(password="wrong")).status_code == 401
    answer = nobody.post("/api/tokens", asked())
    assert (answer.status_code, codes(answer)) == (429, ["too-many-failures"])
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert nobody.post("/api/tokens", asked(account="receptionist")).status_code == 201


def test_a_revoked_token_is_worthless(call: Call) -> None:
    """204, then 401; revoking what is not mine is 404."""
    caller, other = call("cs-officer"), call("receptionist")
    mine = caller.get("/api/tokens").json["items"][0]["id"]
    assert other.send("DELETE", f"/api/tokens/{mine}").status_code == 404
    assert caller.send("DELETE", f"/api/tokens/{mine}").status_code == 204
    answer = caller.get("/api/me")
    assert (answer.status_code, codes(answer)) == (401, ["token-unknown"])
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer nonsense", "Bearer \x7f"]
)
def test_nothing_is_shown_to_who_has_no_token(nobody: Caller, header: str | None) -> None:
    """401 with WWW-Authenticate, on every route that is not for everybody."""
    for path in ("/api/me", "/api/tickets", "/api/workflows", "/api/outbox", "/api/tickets/TS-1"):
        answer = nobody.client.get(path, headers={"Authorization": header} if header is not None else {})
        assert answer.status_code == 401
        assert "WWW-Authenticate" in answer.headers


def test_an_expired_token_and_one_of_somebody_who_left_are_worthless(call: Call, desk: Desk) -> None:
    """401 for both."""
    caller = call("cs-officer")
    desk.people.change_staff("id-cs-officer", active=False)
    assert caller.get("/api/me").status_code == 401
    now = wallclock.now()
    token = auth.new_secret()
    desk.tokens.issue(
        id="old", staff_id="id-receptionist", name="old", digest=auth.digest_of(token), scopes=(),
        expires_at=now - 1, at=now - 100,
    )  # fmt: skip
    assert Caller(caller.client, "", token).get("/api/me").status_code == 401


def test_a_token_lives_no_longer_than_the_desk_allows(nobody: Caller, desk: Desk) -> None:
    """Asking for ten years gets what the settings say."""
    answer = nobody.post("/api/tokens", asked(expires_in=10 * 365 * 86_400)).json
    found = desk.tokens.of("id-cs-officer")[0]
    assert found.expires_at is not None
    assert found.expires_at - found.created_at == desk.settings.api.token_life
    assert answer["expires_at"]


def test_what_is_wrong_with_the_asking_never_shows_the_password(nobody: Caller) -> None:
    """422 names the field and keeps its value to itself."""
    answer = nobody.post("/api/tokens", {"account": 5, "password": "do not show me " * 20, "colour": 1})
    assert answer.status_code == 422
    assert "do not show me" not in answer.text
