"""What holds for every page: who has not signed in sees nothing, no form is taken from elsewhere, and what
one may not see is not there."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from page_samples import PAGES, SAMPLES, name_of, sample_of
from page_scene import OUTSIDER, STRANGERS, PageScene
from werkzeug.test import TestResponse

from service.console.http.pages import Page

FORMS = [each for each in PAGES if each.method == "POST"]
OF_TICKETS = [each for each in PAGES if "<number>" in each.path]
STYLED = {"style-src 'unsafe-inline'"}  # pictures and papers have a style of their own, and no script
TICKETS = ("number", "patrol", "house")  # the names by which samples know tickets


def test_every_page_has_a_sample_and_every_sample_a_page() -> None:
    for route in PAGES:
        sample_of(route)
    gone = SAMPLES.keys() - set(map(name_of, PAGES))
    assert not gone, f"these pages are gone; take them from tests/api/console/page_samples.py: {sorted(gone)}"


@pytest.mark.parametrize("route", [each for each in PAGES if each.method == "GET"], ids=name_of)
def test_a_page_is_shown_and_hardened(route: Page, scene: PageScene) -> None:
    sample = scene.fill(sample_of(route))
    answer = scene.ask("GET", sample, scene.browser("" if sample.anybody else sample.account))
    assert answer.status_code == sample_of(route).status, answer.text
    assert_hardened(answer)


def assert_hardened(answer: TestResponse) -> None:
    """No page is framed, scripted from elsewhere, guessed at, or kept; nobody hears where one came from."""
    heads, policy = answer.headers, set(answer.headers["Content-Security-Policy"].split("; "))
    assert heads["X-Content-Type-Options"] == "nosniff"
    assert heads["X-Frame-Options"] == "DENY"
    assert heads["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert "default-src 'none'" in policy
    assert {each for each in policy if each.startswith("script-src")} <= {"script-src 'self'"}
    assert {each for each in policy if "unsafe" in each} <= STYLED
    if answer.mimetype == "text/html":
        assert "no-store" in heads["Cache-Control"]
        assert {"base-uri 'none'", "frame-ancestors 'none'"} <= policy
        assert {"form-action 'self'", "form-action 'none'"} & policy
    else:
        assert "sandbox" in policy or answer.mimetype == "text/javascript"
        assert {"no-store", "private"} & set(heads["Cache-Control"].split(", ")), heads["Cache-Control"]


@pytest.mark.parametrize("route", [each for each in PAGES if not each.anybody], ids=name_of)
def test_who_has_not_signed_in_is_led_to_the_sign_in(route: Page, scene: PageScene) -> None:
    """And learns nothing: a ticket that is not there is answered alike."""
    before, nobody = scene.rows(), scene.browser("")
    sample = scene.fill(sample_of(route))
    answers = [scene.ask(route.method, sample, nobody, token) for token in (None, scene.token(nobody))]
    if route in OF_TICKETS:
        unknown = scene.fill(sample_of(route), **dict.fromkeys(TICKETS, "TS-2026-99999"))
        answers.append(scene.ask(route.method, unknown, nobody))
    for answer in answers:
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/sign-in")
        assert answer.data == b""
        assert_hardened_redirect(answer)
    assert scene.rows() == before


def assert_hardened_redirect(answer: TestResponse) -> None:
    assert answer.headers["Cache-Control"] == "no-store"
    assert "huifang_session" not in str(answer.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize("route", FORMS, ids=name_of)
def test_a_form_from_elsewhere_is_refused_and_writes_nothing(route: Page, scene: PageScene) -> None:
    """Without a token, with a wrong one, one of another browser, and one of before the sign-in."""
    sample = scene.fill(sample_of(route))
    browser, other = scene.new_browser(sample.account), scene.new_browser(sample.account)
    scene.token(browser)
    early = scene.token(scene.browser(""))
    before = scene.rows()
    for token in (None, "", "nonsense", scene.token(other), early):
        refused = scene.ask("POST", sample, browser, token)
        assert (refused.status_code, refused.mimetype) == (400, "text/html"), token
        assert_hardened(refused)
        assert not any("huifang_session" in each for each in refused.headers.getlist("Set-Cookie"))
    assert scene.rows() == before
    assert browser.look("/me").status_code == 200


@pytest.mark.parametrize("route", FORMS, ids=name_of)
def test_a_form_sent_by_a_link_is_refused(route: Page, scene: PageScene) -> None:
    """What changes something is no address that one can be led to: GET shows a page or is not there."""
    sample = scene.fill(sample_of(route))
    before = scene.rows()
    browser = scene.browser(sample.account)
    browser.client.get(sample.path, query_string=dict(sample.form), headers={"Accept": "text/html"})
    assert scene.rows() == before


@pytest.mark.parametrize("account", STRANGERS)
@pytest.mark.parametrize("route", OF_TICKETS, ids=name_of)
def test_of_a_ticket_that_one_may_not_see_nothing_is_said(
    route: Page, account: str, scene: PageScene
) -> None:
    """It is answered as one that does not exist, whether it is looked at or worked on."""
    if account == "has-left":
        scene.dismiss()
    assert_hidden(route, account, scene, "TS-2026-99999")


@pytest.mark.parametrize("route", OF_TICKETS, ids=name_of)
def test_of_a_restricted_ticket_nothing_is_said_to_those_without_a_part_in_it(
    route: Page, scene: PageScene
) -> None:
    assert_hidden(route, OUTSIDER, scene, "TK-2026-9999", **dict.fromkeys(TICKETS, scene.known["talk"]))


@pytest.mark.parametrize("route", [each for each in PAGES if not each.anybody], ids=name_of)
def test_what_is_not_for_all_is_hidden_from_the_others(route: Page, scene: PageScene) -> None:
    for account in sample_of(route).hidden_from or ():
        sample, browser = scene.fill(sample_of(route)), scene.browser(account)
        before = scene.rows()
        answer = scene.ask(route.method, sample, browser, scene.token(browser))
        assert answer.status_code in (403, 404), (account, answer.text)
        assert scene.rows() == before


def test_what_somebody_keeps_is_nobody_elses(scene: PageScene) -> None:
    """The conditions that an officer keeps: another neither sees nor removes them."""
    sample = scene.fill(sample_of(next(each for each in FORMS if "<saved>" in each.path)))
    other = scene.browser("receptionist")
    assert "saved=kept" not in other.look("/desk").text
    scene.ask("POST", sample, other, scene.token(other))
    assert "saved=kept" in scene.browser(sample.account).look("/desk").text


def assert_hidden(route: Page, account: str, scene: PageScene, unknown: str, **known: str) -> None:
    """At the ticket's site, and at none in particular."""
    before, browser = scene.rows(), scene.browser(account)
    token = scene.token(browser)
    for site in ("", "?site=lake"):
        asked = scene.fill(sample_of(route), **known)
        there = scene.ask(route.method, replace(asked, path=asked.path + site), browser, token)
        asked = scene.fill(sample_of(route), **dict.fromkeys(TICKETS, unknown))
        absent = scene.ask(route.method, replace(asked, path=asked.path + site), browser, token)
        assert (there.status_code, absent.status_code) in ((404, 404), (403, 403)), there.text
        numbers = [{**scene.known, **known}[name] for name in TICKETS]
        assert strip(there.text, *numbers) == strip(absent.text, unknown)
        assert scene.known["id"] not in there.text
    assert scene.rows() == before


def strip(text: str, *numbers: str) -> str:
    """A page without what differs by the ticket that was asked for, and the tokens of its forms."""
    return re.sub('name="csrf_token" value="[^"]*"|' + "|".join(map(re.escape, numbers)), "…", text)


@pytest.mark.parametrize("route", FORMS, ids=name_of)
def test_a_form_with_its_token_reaches_its_view(route: Page, scene: PageScene) -> None:
    """Else the tests above would be true of samples that are refused anyway. Since it changes the desk it is
    the last."""
    sample = scene.fill(sample_of(route))
    browser = scene.new_browser(sample.account)
    answer = scene.ask("POST", sample, browser, scene.token(browser))
    assert answer.status_code not in (400, 404), answer.text
