"""What a page may cost: so many bytes on the first visit, no request to another host, and few statements,
however many tickets there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
from page_samples import MOST_STATEMENTS, SHOWN, Sample, looked_at, name_of, sample_of
from page_scene import PageScene
from plain_browser import PlainBrowser
from werkzeug.test import TestResponse

from service.console.http.pages import Page

MOST_BYTES = 150_000  # as sent, of the page with its style sheets and scripts; without pictures
MANY = 60  # tickets; more than any page shows
_ADDRESS = re.compile(r"(?:https?:)?//[\w.-]+\.\w+")
_PART = re.compile(r'<(?:link rel="stylesheet" href|script[^>]* src)="([^"]+)"')
_NAMES = ("http://www.w3.org/",)  # of namespaces, which nobody asks for


@pytest.fixture(scope="module")
def costs(scene: PageScene) -> dict[str, tuple[int, int]]:
    """Page -> its statements with few tickets, and with many."""
    asked = looked_at()
    scene.open(plain=True)  # of whom a name finds something
    few = {name: scene.count_statements(each) for name, each in asked.items()}
    for _ in range(MANY):
        scene.open(plain=True)
    return {name: (few[name], scene.count_statements(each)) for name, each in asked.items()}


def browser_of(scene: PageScene, route: Page) -> tuple[PlainBrowser, Sample]:
    sample = scene.fill(sample_of(route))
    return scene.browser("" if sample.anybody else sample.account), sample


@pytest.mark.parametrize("name", looked_at())
def test_a_page_costs_few_statements(name: str, costs: dict[str, tuple[int, int]]) -> None:
    few, many = costs[name]
    assert few == many, "they grow with the tickets"
    assert many <= MOST_STATEMENTS


@pytest.mark.parametrize("route", SHOWN, ids=name_of)
def test_a_first_visit_brings_few_bytes_and_asks_nobody_else(route: Page, scene: PageScene) -> None:
    browser, sample = browser_of(scene, route)
    answer = scene.ask("GET", sample, browser)
    if answer.mimetype != "text/html":
        return
    parts = {sample.path: answer, **dict(load_parts(browser, sample.path, answer))}
    sizes = {path: len(part.data) for path, part in parts.items()}
    assert sum(sizes.values()) < MOST_BYTES, sizes
    for path, part in parts.items():
        found = _ADDRESS.findall(re.sub(r"(?s)<main.*?</main>", "", part.text))  # in which people write
        assert [each for each in found if not each.startswith(_NAMES)] == [], path


def load_parts(browser: PlainBrowser, path: str, page: TestResponse) -> Iterator[tuple[str, TestResponse]]:
    """The style sheets and scripts of the page, and what these import; each is served."""
    left = [urljoin(path, each) for each in _PART.findall(page.text)]
    seen: set[str] = set()
    while left:
        address = left.pop()
        if address in seen:
            continue
        seen.add(address)
        answer = browser.client.get(address)
        assert answer.status_code == 200, address
        assert answer.mimetype in ("text/css", "text/javascript")
        yield address, answer
        found = re.findall(r'(?:\bfrom|\bimport|@import)\s*\(?\s*["\']([^"\']+)["\']', answer.text)
        left += [urljoin(address, each) for each in found]
