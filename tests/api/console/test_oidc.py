"""Signing in at a provider of OpenID Connect: only who it proves, only whom the desk knows, and nobody is led
elsewhere."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_provider import CLIENT, SECRET, FakeProvider
from flask import Flask
from joserfc.jwk import OctKey, RSAKey
from plain_browser import PlainBrowser
from pytest_httpserver import HTTPServer

from service import wallclock
from service.application import create_app
from service.bootstrap import Desk
from service.oidc.provider import provider_of
from service.settings import Settings, SettingsError
from service.settings_tables import OidcSettings
from workflows.core.commands import CLOCK
from workflows.storage.people.staff_changes import Author

START = "/sign-in/provider"
MAIL = "officer@example.com"


@pytest.fixture
def provider(httpserver: HTTPServer) -> Iterator[FakeProvider]:
    """A provider at which the officer has signed in."""
    provider_of.cache_clear()  # what an earlier one has said
    yield FakeProvider(httpserver, says={"email": MAIL, "email_verified": True})
    httpserver.check_assertions()


def with_provider(desk: Desk, provider: FakeProvider, **more: Any) -> Flask:
    """The application of the desk with this provider in its settings."""
    oidc = OidcSettings(**{"issuer": provider.issuer, "client": CLIENT, "secret": SECRET, **more})
    channels = replace(desk.settings.channels, base_url="http://localhost")
    return create_app(replace(desk, settings=replace(desk.settings, oidc=oidc, channels=channels)))


@pytest.fixture
def visitor(desk: Desk, provider: FakeProvider) -> PlainBrowser:
    """A browser in front of it; the officer's mail address is known to the desk."""
    give_mail(desk, "cs-officer", MAIL)
    return PlainBrowser(with_provider(desk, provider).test_client())


def give_mail(desk: Desk, account: str, mail: str) -> None:
    known = desk.people.account(account)
    assert known is not None
    desk.accounts.update(known, Author(CLOCK, wallclock.now()), contact={"mail": mail})


def go(visitor: PlainBrowser, provider: FakeProvider, onwards: str = "/desk?tab=mine") -> PlainBrowser:
    """Sign in there, and come back."""
    visitor.look("/sign-in")
    assert f'href="{START}?next=' in visitor.page.text
    sent = visitor.look(f"{START}?next={onwards}")
    assert sent.status_code == 303, sent.text
    visitor.look(provider.take(sent.headers["Location"]))
    return visitor


def is_out(visitor: PlainBrowser) -> bool:
    """Whether nobody is signed in."""
    return visitor.look("/desk").status_code == 303


def test_who_is_known_is_signed_in_and_led_on(visitor: PlainBrowser, provider: FakeProvider) -> None:
    go(visitor, provider)
    assert visitor.page.status_code == 303, visitor.page.text
    assert visitor.page.headers["Location"] == "/desk?tab=mine"
    assert "员工 cs-officer" in visitor.follow().text
    asked = provider.sent
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert asked["redirect_uri"] == f"http://localhost{START}/answer"
    assert asked["scope"] == "openid email"


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/%5Cevil.example"])
def test_nobody_is_led_elsewhere(visitor: PlainBrowser, provider: FakeProvider, elsewhere: str) -> None:
    assert go(visitor, provider, elsewhere).page.headers["Location"] == "/desk"


def test_an_answer_is_taken_once_and_only_in_the_browser_that_began(
    visitor: PlainBrowser, provider: FakeProvider, desk: Desk
) -> None:
    """Otherwise somebody could be signed in as somebody else by a link."""
    address = provider.take(visitor.look(START).headers["Location"])
    other = PlainBrowser(with_provider(desk, provider).test_client())
    assert other.look(address).status_code == 400
    assert is_out(other)
    assert visitor.look(f"{address}x").status_code == 400  # another state
    assert visitor.look(address).status_code == 400  # what was begun is gone
    assert is_out(visitor)


def test_who_comes_back_too_late_begins_again(
    visitor: PlainBrowser, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = provider.take(visitor.look(START).headers["Location"])
    later = wallclock.now() + 601
    monkeypatch.setattr(wallclock, "now", lambda: later)
    answer = visitor.look(address)
    assert (answer.status_code, "took too long" in answer.text) == (400, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://other.example"},
        {"aud": "another-desk"},
        {"nonce": "another"},
        {"exp": 1_700_000_000},
        {"aud": [CLIENT, "another-desk"], "azp": "another-desk"},
    ],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    visitor: PlainBrowser, provider: FakeProvider, wrong: dict[str, Any]
) -> None:
    provider.token = wrong
    answer = go(visitor, provider).page
    assert (answer.status_code, "could not be verified" in answer.text) == (400, True)
    assert is_out(visitor)


def test_a_token_that_another_key_signed_is_refused(visitor: PlainBrowser, provider: FakeProvider) -> None:
    """Also one by the shared secret, which a public key must never be taken for."""
    provider.signs = RSAKey.generate_key(2048, {"kid": "one"})
    assert go(visitor, provider).page.status_code == 400
    secret = base64.urlsafe_b64encode(SECRET.ljust(32).encode()).rstrip(b"=").decode()
    provider.signs, provider.algorithm = OctKey.import_key({"kty": "oct", "k": secret}), "HS256"
    assert go(visitor, provider).page.status_code == 400
    assert is_out(visitor)


def test_new_keys_of_the_provider_are_fetched(
    visitor: PlainBrowser, provider: FakeProvider, desk: Desk
) -> None:
    go(visitor, provider)
    provider.key = RSAKey.generate_key(2048, {"kid": "one"})
    another = PlainBrowser(with_provider(desk, provider).test_client())
    assert go(another, provider).page.headers["Location"] == "/desk?tab=mine"


@pytest.mark.parametrize("verified", [False, None, "true"])
def test_an_address_that_is_not_verified_is_nobodys(
    visitor: PlainBrowser, provider: FakeProvider, verified: object
) -> None:
    provider.says["email_verified"] = verified
    answer = go(visitor, provider).page
    assert (answer.status_code, "no verified e-mail" in answer.text) == (403, True)
    assert is_out(visitor)


def test_only_one_active_account_may_have_the_address(
    visitor: PlainBrowser, provider: FakeProvider, desk: Desk
) -> None:
    """Nobody is let in by chance; no account is made."""
    before = len(desk.people.all_accounts())
    give_mail(desk, "receptionist", "OFFICER@example.com")
    assert go(visitor, provider).page.status_code == 403
    provider.says["email"] = "nobody@example.com"
    assert go(visitor, provider).page.status_code == 403
    provider.says["email"] = MAIL
    known = desk.people.account("receptionist")
    assert known is not None
    desk.accounts.set_active(known.staff, Author(CLOCK, wallclock.now()), active=False)
    assert go(visitor, provider).page.status_code == 303
    assert len(desk.people.all_accounts()) == before


def test_a_claim_can_name_the_account(desk: Desk, provider: FakeProvider) -> None:
    """Exactly: a name that only looks the same is another one. What the token lacks is asked for."""
    browser = PlainBrowser(with_provider(desk, provider, claim="desk_account").test_client())
    provider.says, provider.hides = {"desk_account": "cleaner"}, ("desk_account",)
    go(browser, provider)
    assert "员工 cleaner" in browser.follow().text
    assert "/userinfo" in provider.asked
    stranger = PlainBrowser(with_provider(desk, provider, claim="desk_account").test_client())
    for name in ("Cleaner", "nobody", ""):
        provider.says["desk_account"] = name
        assert go(stranger, provider).page.status_code == 403, name


def test_giving_up_there_is_said(visitor: PlainBrowser, provider: FakeProvider) -> None:
    address = provider.take(visitor.look(START).headers["Location"])
    answer = visitor.look(address.replace("code=the-code", "error=access_denied"))
    assert (answer.status_code, "not completed" in answer.text) == (400, True)
    assert 'name="password"' in answer.text


def test_a_provider_that_is_away_leaves_the_password(desk: Desk, provider: FakeProvider) -> None:
    provider.server.clear()
    provider.server.expect_request("/.well-known/openid-configuration").respond_with_data("no", 500)
    browser = PlainBrowser(with_provider(desk, provider).test_client())
    answer = browser.look(START)
    assert (answer.status_code, "does not answer" in answer.text) == (503, True)
    assert browser.sign_in("cs-officer").status_code == 303


def test_a_provider_that_calls_itself_otherwise_is_not_asked_further(
    desk: Desk, provider: FakeProvider
) -> None:
    slash = f"{provider.issuer}/"
    browser = PlainBrowser(with_provider(desk, provider, issuer=slash).test_client())
    assert browser.look(START).status_code == 503


def test_without_a_provider_nothing_is_offered(app: Flask) -> None:
    browser = PlainBrowser(app.test_client())
    assert START not in browser.look("/sign-in").text
    assert browser.look(START).status_code == 404
    assert browser.look(f"{START}/answer?code=x&state=x").status_code == 404


def test_settings_that_cannot_work_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    for text, named in (
        ('[oidc]\nissuer = "http://login.example.org"\nclient = "x"', "issuer"),
        ('[oidc]\nissuer = "https://login.example.org"', "client"),
        ('[oidc]\nissuer = "https://login.example.org"\nclient = "x"', "base_url"),
        ('[oidc]\nissuer = "https://login.example.org"\nclient = "x"\nscopes = ["email"]', "scopes"),
    ):
        file.write_text(text)
        with pytest.raises(SettingsError) as caught:
            Settings.load(file, {})
        assert any(named in line for line in caught.value.problems), caught.value.problems
