"""Signing in to the console: the same checks as for a token, and a session that nobody can fix, steal or
revive."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from api_desk import PASSWORD, caller
from flask import Flask
from plain_browser import PlainBrowser
from werkzeug.test import TestResponse

from service import auth, wallclock
from service.bootstrap import Desk
from workflows.core.commands import CLOCK
from workflows.language.forms.field import LANGUAGES
from workflows.storage.people.staff_changes import Author

Enter = Callable[..., PlainBrowser]


def test_who_signs_in_comes_to_the_page_that_was_asked_for(browser: PlainBrowser) -> None:
    asked = browser.look("/desk?tab=mine")
    assert (asked.status_code, asked.headers["Location"]) == (303, "/sign-in?next=%2Fdesk%3Ftab%3Dmine")
    onwards = browser.sign_in("cs-officer", path=asked.headers["Location"])
    assert onwards.headers["Location"] == "/desk?tab=mine"
    assert browser.follow().status_code == 200


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "evil"]
)
def test_nobody_is_led_elsewhere(browser: PlainBrowser, elsewhere: str) -> None:
    browser.look("/sign-in")
    onwards = browser.send("/sign-in", account="cs-officer", password=PASSWORD, next=elsewhere)
    assert onwards.headers["Location"] == "/desk"


def test_the_cookie_is_read_by_no_script_and_bound_to_the_host_over_https(app: Flask) -> None:
    plain, sealed = PlainBrowser(app.test_client()), PlainBrowser(app.test_client())
    plain.sign_in("cs-officer")
    (cookie,) = [each for each in plain.page.headers.getlist("Set-Cookie") if "session" in each]
    assert cookie.startswith("huifang_session=")
    here, heads = "https://localhost", {"Referer": "https://localhost/sign-in"}
    sealed.shown = sealed.client.get("/sign-in", base_url=here)
    form = sealed.form("/sign-in").values
    answer = sealed.client.post(
        "/sign-in", data={**form, "account": "cs-officer", "password": PASSWORD}, headers=heads, base_url=here
    )
    (secure,) = [each for each in answer.headers.getlist("Set-Cookie") if "session" in each]
    assert secure.startswith("__Host-huifang_session=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
        assert part in secure
    assert "Secure" in secure
    assert "Domain" not in secure


def test_a_wrong_password_is_said_and_counted(browser: PlainBrowser, desk: Desk) -> None:
    """As by `POST /api/tokens`: then not even the right one helps."""
    for _ in range(desk.settings.api.sign_in_failures):
        wrong = browser.sign_in("cs-officer", "not that one")
        assert (wrong.status_code, 'role="alert"' in wrong.text) == (401, True)
    waiting = browser.sign_in("cs-officer")
    assert waiting.status_code == 429
    assert int(waiting.headers["Retry-After"]) > 0


def guess(app: Flask, account: str, times: int) -> None:
    """Somebody else at the same address tries wrong passwords, until waiting is all that is left."""
    stranger = PlainBrowser(app.test_client())
    for _ in range(times):
        assert stranger.sign_in(account, "not that one").status_code == 401
    assert stranger.sign_in(account).status_code == 429


def test_who_guesses_next_door_locks_nobody_out_of_a_known_browser(
    enter: Enter, app: Flask, desk: Desk
) -> None:
    """It is known after signing out, too; at the same address another browser waits."""
    browser = enter("cs-officer")
    browser.look("/desk")
    browser.send("/sign-out")
    guess(app, "cs-officer", desk.settings.api.sign_in_failures)
    assert PlainBrowser(app.test_client()).sign_in("cs-officer").status_code == 429
    assert browser.sign_in("cs-officer").status_code == 303
    browser.look("/me")
    new = "a wholly other made-up password"
    assert browser.send("/me/password", current=PASSWORD, new=new, again=new).status_code == 303


def test_nor_does_who_guesses_every_account(
    enter: Enter, app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.sign_in.verify_password", lambda stored, password: password == PASSWORD)
    browser, stranger = enter("cs-officer"), PlainBrowser(app.test_client())
    for place in range(desk.settings.api.sign_in_failures_by_address):
        stranger.sign_in(f"account{place}", "not that one")
    assert stranger.sign_in("receptionist").status_code == 429
    browser.client.delete_cookie("huifang_session")
    assert browser.sign_in("cs-officer").status_code == 303


def test_a_known_browser_guesses_no_more_than_others(enter: Enter, desk: Desk) -> None:
    """Neither its own account, nor that of somebody who has never signed in there; what a stranger makes up
    is no known browser."""
    browser = enter("cs-officer")
    browser.client.delete_cookie("huifang_session")
    known = browser.client.get_cookie("huifang_known")
    assert known is not None
    for account in ("cs-officer", "receptionist"):
        for _ in range(desk.settings.api.sign_in_failures):
            assert browser.sign_in(account, "not that one").status_code == 401
        assert browser.sign_in(account).status_code == 429
    for made_up in (known.value[:-2], "x" + known.value, "", "x.y.z"):
        browser.client.set_cookie("huifang_known", made_up)
        assert browser.sign_in("receptionist").status_code == 429


def test_several_people_at_one_browser_are_all_known(enter: Enter, app: Flask, desk: Desk) -> None:
    browser = enter("cs-officer")
    for account in ("receptionist", "cleaner"):
        browser.client.delete_cookie("huifang_session")
        assert browser.sign_in(account).status_code == 303
    guess(app, "cs-officer", desk.settings.api.sign_in_failures)
    browser.client.delete_cookie("huifang_session")
    assert browser.sign_in("cs-officer").status_code == 303


def test_a_session_that_was_there_before_is_not_the_one_after(browser: PlainBrowser) -> None:
    """Neither one that somebody else has put there, nor one's own of before."""
    browser.client.set_cookie("huifang_session", "hf_put_there_by_somebody")
    browser.sign_in("cs-officer")
    first = browser.client.get_cookie("huifang_session")
    assert first is not None
    assert first.value != "hf_put_there_by_somebody"
    browser.look("/me")
    token = browser.form("/sign-out").values["csrf_token"][0]
    values = {"account": "receptionist", "password": PASSWORD, "csrf_token": token}
    assert browser.client.post("/sign-in", data=values).status_code == 303
    browser.client.set_cookie("huifang_session", first.value)
    assert browser.look("/desk").status_code == 303


def test_who_has_signed_out_is_out_with_the_same_cookie_too(enter: Enter) -> None:
    browser = enter("cs-officer")
    stolen = browser.client.get_cookie("huifang_session")
    assert stolen is not None
    browser.look("/desk")
    assert browser.send("/sign-out").status_code == 303
    browser.client.set_cookie("huifang_session", stolen.value)
    assert browser.look("/desk").status_code == 303


def test_signing_out_everywhere_ends_every_browser_and_token(enter: Enter, app: Flask, desk: Desk) -> None:
    one, other, program = enter("cs-officer"), enter("cs-officer"), caller(app, desk, "cs-officer")
    stranger = enter("receptionist")
    one.look("/me")
    one.send("/sign-out-everywhere")
    assert other.look("/desk").status_code == 303
    assert program.get("/api/me").status_code == 401
    assert stranger.look("/desk").status_code == 200


def test_a_new_password_ends_the_other_sessions(enter: Enter) -> None:
    one, other = enter("cs-officer"), enter("cs-officer")
    one.look("/me")
    new = "a wholly other made-up password"
    wrong = one.send("/me/password", current="not that one", new=new, again=new)
    assert wrong.status_code == 422
    assert one.send("/me/password", current=PASSWORD, new=new, again=new).status_code == 303
    assert one.follow().status_code == 200
    assert other.look("/desk").status_code == 303
    assert other.sign_in("cs-officer").status_code == 401


def test_a_disabled_account_is_out_at_once(enter: Enter, desk: Desk) -> None:
    browser, known = enter("cs-officer"), desk.people.account("cs-officer")
    assert known is not None
    desk.accounts.set_active(known.staff, Author(CLOCK, wallclock.now()), active=False)
    assert browser.look("/desk").status_code == 303


def test_a_session_is_no_token_and_a_token_no_session(enter: Enter, app: Flask, desk: Desk) -> None:
    cookie = enter("cs-officer").client.get_cookie("huifang_session")
    assert cookie is not None
    heads = {"Authorization": f"Bearer {cookie.value}"}
    assert app.test_client().get("/api/me", headers=heads).status_code == 401
    browser = PlainBrowser(app.test_client())
    browser.client.set_cookie("huifang_session", caller(app, desk, "cs-officer").token)
    assert browser.look("/desk").status_code == 303


def test_a_session_ends_by_itself_and_is_removed(browser: PlainBrowser, desk: Desk) -> None:
    secret, now = auth.new_secret(), wallclock.now()
    desk.sign_in_sessions.begin(
        id="old", staff_id="id-cs-officer", digest=auth.hash_token(secret), at=now - 9, expires_at=now - 1
    )
    browser.client.set_cookie("huifang_session", secret)
    assert browser.look("/desk").status_code == 303
    assert desk.sign_in_sessions.delete_expired(now) == 1


def test_a_form_without_its_token_is_refused(enter: Enter) -> None:
    """Also with the token of another browser."""
    browser, other = enter("cs-officer"), enter("receptionist")
    browser.look("/me")
    other.look("/me")
    foreign = other.form("/sign-out").values["csrf_token"][0]
    for token in (None, "", "nonsense", foreign):
        refused = browser.client.post("/sign-out", data={} if token is None else {"csrf_token": token})
        assert refused.status_code == 400
    assert browser.look("/desk").status_code == 200


def test_no_page_may_be_framed_scripted_or_kept(enter: Enter) -> None:
    page = enter("cs-officer").look("/desk")
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'self'"):
        assert part in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert page.headers["Cache-Control"] == "no-store"
    assert "style=" not in page.text
    assert "<script>" not in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_reads_their_own_language(browser: PlainBrowser, language: str) -> None:
    """By the browser's wish first, then by their own choice."""
    browser.language = language
    words = {"en": "Sign in", "zh-Hans": "登录", "zh-Hant": "登入", "es": "Iniciar sesión"}
    assert f"<h1>{words[language]}</h1>" in browser.look("/sign-in").text
    other = "en" if language != "en" else "es"
    assert browser.send("/language", language=other).status_code == 303
    assert f"<h1>{words[other]}</h1>" in browser.follow().text


def test_the_language_of_the_account_is_changed_with_the_page(enter: Enter, desk: Desk) -> None:
    browser = enter("cs-officer")
    browser.look("/desk?tab=mine")
    browser.send("/language", language="es")
    assert browser.page.headers["Location"] == "/desk?tab=mine"
    assert "Mi mesa" in browser.follow().text
    known = desk.people.account("cs-officer")
    assert known is not None
    assert known.staff.language == "es"


def test_the_theme_is_kept_by_the_browser(browser: PlainBrowser) -> None:
    browser.look("/console/components")
    browser.send("/theme", theme="dark")
    assert 'data-theme="dark"' in browser.follow().text


def test_that_keys_are_off_is_kept_by_the_browser_for_a_further_year(browser: PlainBrowser) -> None:
    browser.client.set_cookie("huifang_keys", "off")
    (kept,) = cookies_of_keys(browser.look("/sign-in"))
    assert "Max-Age=31536000" in kept
    assert "HttpOnly" not in kept, "keyboard.js reads it"


def test_nothing_is_kept_of_keys_that_are_on(browser: PlainBrowser) -> None:
    assert cookies_of_keys(browser.look("/sign-in")) == []
    browser.client.set_cookie("huifang_keys", "made-up")
    assert cookies_of_keys(browser.look("/sign-in")) == []


def cookies_of_keys(page: TestResponse) -> list[str]:
    return [each for each in page.headers.getlist("Set-Cookie") if each.startswith("huifang_keys=")]
