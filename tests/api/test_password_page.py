"""The page behind a link that sets a password."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from api_desk import Call
from flask import Flask
from werkzeug.test import Client, TestResponse

from service import password_links, wallclock
from service.bootstrap import Desk
from workflows.core.commands import Actor
from workflows.storage.people.staff_changes import Author

NEW = "seven umbrellas in a lift"


@pytest.fixture
def browser(app: Flask) -> Client:
    return app.test_client()


@pytest.fixture
def link(desk: Desk) -> str:
    """A link for the cs-officer, who reads Spanish."""
    desk.people.update_staff("id-cs-officer", language="es")
    person = desk.people.staff("id-cs-officer")
    assert person is not None
    author = Author(Actor(id="command-line", name="command line", surface="cli"), wallclock.now())
    return password_links.create_password_link(desk, person, author)


def path_of(link: str) -> str:
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


def send(browser: Client, link: str, password: str = NEW, again: str | None = None) -> TestResponse:
    """Fill in the form and send it."""
    code = parse_qs(urlsplit(link).query)["code"][0]
    form = {"code": code, "password": password, "again": password if again is None else again}
    return browser.post("/password", data=form)


def test_the_page_is_a_plain_form_in_the_language_of_whose_link_it_is(browser: Client, link: str) -> None:
    page = browser.get(path_of(link))
    assert (page.status_code, page.headers["Content-Language"]) == (200, "es")
    assert '<form method="post" action="/password">' in page.text
    assert "cs-officer" in page.text
    assert "<script" not in page.text
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    assert "script-src" not in page.headers["Content-Security-Policy"]


def test_the_code_is_kept_by_no_cache_and_told_to_no_other_page(browser: Client, link: str) -> None:
    page = browser.get(path_of(link))
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert not re.search(r'(href|src)="', page.text)


def test_the_code_is_not_in_the_database(desk: Desk, link: str) -> None:
    code = parse_qs(urlsplit(link).query)["code"][0]
    with desk.database.connect() as session:
        kept = str(session.run("SELECT * FROM password_links").fetchall())
    assert code not in kept


def test_looking_at_it_does_not_use_it_up_and_setting_the_password_does(
    browser: Client, link: str, call: Call
) -> None:
    """Mail programs look at links before people do."""
    before = call("cs-officer")
    for _ in range(2):
        assert browser.get(path_of(link)).status_code == 200
    done = send(browser, link).text
    assert "guardada" in done
    assert '<a href="/sign-in">Entrar</a>' in done
    body = {"account": "cs-officer", "password": NEW, "name": "x"}
    assert browser.post("/api/tokens", json=body).status_code == 201
    assert before.get("/api/me").status_code == 401, "what was before has ended"
    assert (browser.get(path_of(link)).status_code, send(browser, link, "another long one").status_code) == (
        404,
        404,
    )


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        (NEW, "not the same", "Las dos no coinciden."),
        ("12345678", None, "fácil de adivinar"),
        ("cs-officer", None, "fácil de adivinar"),
        ("short", None, "de 8 a 200"),
    ],
)
def test_what_is_wrong_is_said_on_the_form_and_the_link_stays_good(
    browser: Client, link: str, password: str, again: str | None, said: str
) -> None:
    page = send(browser, link, password, again)
    assert page.status_code == 422
    assert said in page.text
    assert password not in page.text.replace("cs-officer", "")
    assert send(browser, link).status_code == 200


@pytest.mark.parametrize(
    ("language", "word"), [("en", "over"), ("es", "enlace"), ("zh-Hans", "链接"), ("zh-Hant", "連結")]
)
def test_a_link_that_is_none_says_so_in_every_language(browser: Client, language: str, word: str) -> None:
    heads = {"Accept-Language": language}
    for asked in ("/password", "/password?code=nonsense"):
        page = browser.get(asked, headers=heads)
        assert (page.status_code, word in page.text) == (404, True)
    assert browser.post("/password", data={"code": "x"}, headers=heads).status_code == 404


def test_a_form_that_is_too_large_is_refused(browser: Client) -> None:
    assert browser.post("/password", data={"code": "x" * 20_000}).status_code == 413
