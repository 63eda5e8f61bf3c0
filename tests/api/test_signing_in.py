"""Tokens: got with a password, shown once, and worth nothing once revoked."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice

import pytest
from api_desk import PASSWORD, Call, Caller, codes
from flask import Flask
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from service import auth, wallclock
from service.application import create_app
from service.bootstrap import Desk


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
    assert auth.hash_token(token) in kept


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

    monkeypatch.setattr(auth, "_hasher", Hasher)
    monkeypatch.setattr(auth, "_dummy_hash", lambda: "stored by nobody")
    assert not auth.verify_password(None, "x")
    assert auth.verify_password("stored", "x")
    assert len(verified) == 2


def test_who_fails_too_often_must_wait(nobody: Caller) -> None:
    """429 with Retry-After after five failures, for that account from that address only."""
    for _ in range(5):
        assert nobody.post("/api/tokens", asked(password="wrong")).status_code == 401
    answer = nobody.post("/api/tokens", asked())
    assert (answer.status_code, codes(answer)) == (429, ["too-many-failures"])
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert nobody.post("/api/tokens", asked(account="receptionist")).status_code == 201


def test_while_one_waits_the_right_password_is_refused_too_and_it_is_said(nobody: Caller) -> None:
    for _ in range(5):
        nobody.post("/api/tokens", asked(password="wrong"))
    answer = nobody.post("/api/tokens", asked())
    assert "with any password" in answer.json["detail"]
    assert answer.headers["Retry-After"]


def test_failures_outlast_a_restart_and_are_shared_by_processes(nobody: Caller, desk: Desk) -> None:
    for _ in range(5):
        nobody.post("/api/tokens", asked(password="wrong"))
    another = Caller(create_app(desk).test_client(), "", "")
    assert codes(another.post("/api/tokens", asked())) == ["too-many-failures"]


@pytest.mark.parametrize("account", ["CS-Officer", "ｃｓ－officer", "cs–officer", " cs-officer"])
def test_one_signs_in_however_the_account_is_typed(nobody: Caller, account: str) -> None:
    """And is one account to the wait, too."""
    assert nobody.post("/api/tokens", asked(account)).status_code == 201
    for _ in range(5):
        nobody.post("/api/tokens", asked(account, "wrong"))
    assert codes(nobody.post("/api/tokens", asked())) == ["too-many-failures"]


def test_one_password_is_not_tried_on_every_account_from_one_address(
    nobody: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixty accounts: after fifty failures the address waits; others sign in."""
    monkeypatch.setattr("service.sign_in.verify_password", lambda stored, password: password == PASSWORD)
    answers = [nobody.post("/api/tokens", asked(f"account{n}", "wrong")).status_code for n in range(60)]
    assert answers == [401] * 50 + [429] * 10
    body = asked()
    assert nobody.post("/api/tokens", body).status_code == 429
    elsewhere = {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}}
    assert nobody.client.post("/api/tokens", json=body, **elsewhere).status_code == 201


def test_all_addresses_of_one_subscriber_are_one(nobody: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.sign_in.verify_password", lambda stored, password: False)
    for number in range(6):
        last = nobody.client.post(
            "/api/tokens", json=asked(), environ_base={"REMOTE_ADDR": f"2001:db8:0:1::{number}"}
        )
    assert last.status_code == 429


def test_addresses_of_two_subscribers_are_two(nobody: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a socket for both versions writes the old ones in the new way."""
    monkeypatch.setattr("service.sign_in.verify_password", lambda stored, password: False)
    for address in ("2001:db8:0:1::1", "2001:db8:0:2::1", "::ffff:192.0.2.1", "::ffff:192.0.2.2") * 3:
        environ = {"REMOTE_ADDR": address}
        assert nobody.client.post("/api/tokens", json=asked(), environ_base=environ).status_code == 401


def test_a_failed_sign_in_is_logged_and_counted_without_the_password(
    nobody: Caller, capsys: pytest.CaptureFixture[str]
) -> None:
    with capture_logs() as logged:
        nobody.post("/api/tokens", asked(password="do not show me"))
    (line,) = [each for each in logged if each["event"] == "sign-in failed"]
    assert (line["account"], line["address"]) == ("cs-officer", "127.0.0.1")
    assert "do not show me" not in str(logged)
    assert 'huifang_sign_in_failures_total{why="credentials"} 1.0' in nobody.get("/metrics").text


def test_who_guesses_keeps_nobody_else_waiting(
    app: Flask, nobody: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of sixteen at once, all threads but two check passwords; the others are told to come again."""
    inside, go = threading.Semaphore(0), threading.Event()

    def slow(stored: str | None, password: str) -> bool:
        inside.release()
        return go.wait(20) and False

    monkeypatch.setattr("service.sign_in.verify_password", slow)

    def guess(number: int) -> TestResponse:
        return Caller(app.test_client(), "", "").post("/api/tokens", asked(f"account{number}", "wrong"))

    with ThreadPoolExecutor(16) as pool:
        first = pool.submit(guess, 0)
        assert inside.acquire(timeout=20)
        waiting = [pool.submit(guess, number) for number in range(1, 16)]
        turned_away = [f.result() for f in islice(as_completed(waiting, timeout=20), 10)]
        assert {codes(each)[0] for each in turned_away} == {"busy-signing-in"}
        assert {each.headers["Retry-After"] for each in turned_away} == {"1"}
        assert not inside.acquire(blocking=False), "one at a time"
        go.set()
        assert first.result(timeout=20).status_code == 401


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
    desk.people.update_staff("id-cs-officer", active=False)
    assert caller.get("/api/me").status_code == 401
    now = wallclock.now()
    token = auth.new_secret()
    desk.tokens.issue(
        id="old", staff_id="id-receptionist", name="old", digest=auth.hash_token(token), scopes=(),
        expires_at=now - 1, at=now - 100,
    )  # fmt: skip
    assert Caller(caller.client, "", token).get("/api/me").status_code == 401


def test_a_token_lives_no_longer_than_the_desk_allows(nobody: Caller, desk: Desk) -> None:
    """Asking for ten years gets what the settings say."""
    answer = nobody.post("/api/tokens", asked(expires_in=10 * 365 * 86_400)).json
    found = desk.tokens.list_of("id-cs-officer")[0]
    assert found.expires_at is not None
    assert found.expires_at - found.created_at == desk.settings.api.token_life
    assert answer["expires_at"]


def test_what_is_wrong_with_the_asking_never_shows_the_password(nobody: Caller) -> None:
    """422 names the field and keeps its value to itself."""
    answer = nobody.post("/api/tokens", {"account": 5, "password": "do not show me " * 20, "colour": 1})
    assert answer.status_code == 422
    assert "do not show me" not in answer.text
