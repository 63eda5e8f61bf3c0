"""A token is made with the password, shown once, and ended."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from api_desk import PASSWORD
from flask import Flask
from plain_browser import PlainBrowser

from workflows.storage.statement_count import executed

Enter = Callable[..., PlainBrowser]
PATH = "/admin/tokens"
SECRET = re.compile(r'class="secret">([^<]+)<')


@pytest.fixture
def director(enter: Enter) -> PlainBrowser:
    """The browser of who looks after the site, at the tokens."""
    browser = enter("office-director")
    assert 'class="nothing"' in browser.look(PATH).text
    return browser


def test_a_token_is_shown_once_and_works(director: PlainBrowser, app: Flask) -> None:
    form = director.form(PATH)
    values = {**form.values, "name": "门禁系统", "days": "30", "password": PASSWORD}
    shown = director.client.post(PATH, data=values)
    secret = SECRET.search(shown.text)
    assert secret is not None
    assert shown.headers["Cache-Control"] == "no-store"
    heads = {"Authorization": f"Bearer {secret[1]}"}
    assert app.test_client().get("/api/me", headers=heads).json["account"] == "office-director"
    again = director.client.post(PATH, data=values)
    listed = director.look(PATH)
    assert again.headers["Location"] == PATH
    assert secret[1] not in again.text + listed.text
    assert listed.text.count("<strong>门禁系统</strong>") == 1


def test_a_token_that_is_revoked_is_worth_nothing(director: PlainBrowser, app: Flask) -> None:
    shown = director.send(PATH, name="once", password=PASSWORD)
    secret = SECRET.search(shown.text)
    assert secret is not None
    director.look(PATH)
    assert director.send(f"{PATH}/").status_code == 303
    assert 'class="nothing"' in director.follow().text
    heads = {"Authorization": f"Bearer {secret[1]}"}
    assert app.test_client().get("/api/me", headers=heads).status_code == 401


@pytest.mark.parametrize(
    ("field", "value"), [("password", "not this one"), ("days", "soon"), ("days", "0"), ("name", " ")]
)
def test_what_is_wrong_is_said_beside_its_field(director: PlainBrowser, field: str, value: str) -> None:
    typed = {"name": "a program", "days": "30", "password": PASSWORD, field: value}
    refused = director.send(PATH, **typed)
    assert refused.status_code == 422
    assert f'id="{field}-wrong"' in refused.text
    assert PASSWORD not in refused.text
    assert 'class="nothing"' in director.look(PATH).text


def test_nobody_elses_token_can_be_ended(director: PlainBrowser, enter: Enter) -> None:
    other = enter("director-of-both")
    other.look(PATH)
    other.send(PATH, name="theirs", password=PASSWORD)
    action = other.form(f"{PATH}/").action
    token = director.form(PATH).values["csrf_token"][0]
    assert director.client.post(action, data={"csrf_token": token}).status_code == 404


def test_the_page_costs_few_statements(director: PlainBrowser) -> None:
    before = executed.total
    director.look(PATH)
    assert executed.total - before <= 12
