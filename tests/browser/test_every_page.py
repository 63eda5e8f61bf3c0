"""Every page is accessible in each language, in light and in dark, and fits a phone.

The colours do not depend on the language, so they are looked at in one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from console_pages import SIZES, ConsolePages
from page_list import EVERYONE, PAGES, UNLISTED, ListedPage
from playwright.sync_api import Page

from service import console
from tests.e2e.running_desk import RunningDesk
from workflows.language.forms.field import LANGUAGES

FIRST = "zh-Hans"
Check = Callable[..., None]
TWICE = """() => {
    const ids = [...document.querySelectorAll('[id]')].map(each => each.id);
    return ids.filter((id, place) => ids.indexOf(id) !== place);
}"""  # an id that two elements have: a label would belong to the wrong one


@pytest.mark.parametrize(
    "listed",
    PAGES,
    ids=lambda listed: f"{listed.account or 'nobody'} {listed.path} {listed.said.split(',')[0]}".rstrip(),
)
def test_a_page_is_accessible_and_fits_a_phone(
    listed: ListedPage, console_page: ConsolePages, desk: RunningDesk, assert_accessible: Check
) -> None:
    path = fill_path(desk, listed.path)
    for language in LANGUAGES:
        page = console_page(listed.account, language)
        page.goto(path)
        if listed.box:
            answer_box(page, listed.box, listed.said)
        assert page.locator("html").get_attribute("lang") == language
        assert page.evaluate(TWICE) == []
        assert_accessible(page, colours=language == FIRST)
        if language == FIRST:
            page.emulate_media(color_scheme="dark")
            assert_accessible(page)
        page.set_viewport_size(SIZES["phone"])
        assert_fits(page)


def answer_box(page: Page, box: str, said: str) -> None:
    """Type something and send it, or choose a file of this text and send that."""
    found = page.locator(box)
    with page.expect_navigation():
        if found.get_attribute("type") == "file":
            found.set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": said.encode()})
            page.locator("form", has=found).locator("button").click()
        else:
            found.fill(said)
            found.press("Enter")


def test_every_page_is_listed() -> None:
    listed = [urlsplit(each.path).path for each in PAGES]
    rules = {page.path for part in console._PAGES for page in part.pages if page.method == "GET"}
    patterns = {rule: re.sub(r"<[^>]+>", "[^/]+", rule) for rule in rules - UNLISTED}
    assert {
        rule for rule, each in patterns.items() if not any(re.fullmatch(each, path) for path in listed)
    } == set()
    assert rules >= UNLISTED


def fill_path(desk: RunningDesk, path: str) -> str:
    """The path with the number of a ticket in place of its process."""

    def number(found: re.Match[str]) -> str:
        (ticket,) = desk(EVERYONE).get(f"/api/tickets?workflow={found[1]}&limit=1")["items"]
        return str(ticket["number"])

    return re.sub(r"\{([\w-]+)\}", number, path)


def assert_fits(page: Page) -> None:
    """Nothing has to be scrolled sideways (1.4.10), but for a table and the bar's links by themselves."""
    wide = page.evaluate(
        "() => [...document.querySelectorAll('body *')]"
        ".filter(one => !one.closest('.scroll, .unseen, .skip, .bar nav')"
        " && one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 200))"
    )
    assert not wide, f"{page.url} is wider than a phone: {wide[:5]}"
