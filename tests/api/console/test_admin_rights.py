"""The administration is for those who look after a site: every page of it is refused to others."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from plain_browser import PlainBrowser

from service.bootstrap import Desk
from service.console.admin import PAGES
from service.console.admin.admin_page import PARTS
from service.console.http.pages import Page

Enter = Callable[..., PlainBrowser]
ALL = [page for part in PAGES for page in part.pages]


@pytest.mark.parametrize("page", ALL, ids=lambda page: f"{page.method} {page.path}")
def test_no_page_of_the_administration_is_for_a_receptionist(enter: Enter, page: Page) -> None:
    browser = enter("receptionist")
    path = re.sub(r"<[^>]+>", "anything", page.path)
    if page.method == "GET":
        refused = browser.look(path)
    else:
        browser.look("/desk")
        token = browser.form("/language").values["csrf_token"][0]
        refused = browser.client.post(path, data={"csrf_token": token})
    assert refused.status_code == 403


@pytest.mark.parametrize("part", PARTS.values())
def test_every_part_is_shown_to_who_looks_after_the_site(enter: Enter, part: str) -> None:
    assert enter("office-director").look(part).status_code == 200


@pytest.mark.parametrize("part", PARTS.values())
def test_no_part_is_shown_before_a_sign_in(browser: PlainBrowser, part: str) -> None:
    assert browser.look(part).headers["Location"].startswith("/sign-in")


def test_the_link_is_only_there_for_who_may_follow_it(enter: Enter) -> None:
    assert 'href="/admin"' in enter("office-director").look("/desk").text
    assert 'href="/admin"' not in enter("receptionist").look("/desk").text


def test_every_part_of_the_navigation_has_pages() -> None:
    assert set(PARTS.values()) <= {page.path for page in ALL if page.method == "GET"}


def test_a_refusal_calls_the_roles_as_the_reader_does(enter: Enter, desk: Desk) -> None:
    """Not by their names in the definitions."""
    roles = desk.definitions.company().organisation.roles
    for language in ("en", "es", "zh-Hans"):
        desk.people.update_staff("id-receptionist", language=language)
        refused = html.unescape(enter("receptionist").look("/admin").text)
        for name in desk.settings.api.publishers:
            assert roles[name].title[language] in refused
            assert name not in refused
