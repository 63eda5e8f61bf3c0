"""What is looked for stands in no address and in no log; its sealed address is of use to one person, for a
while."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote, unquote, unquote_plus

import pytest
from api_desk import COMPLAINT
from page_scene import PageScene
from plain_browser import PlainBrowser
from structlog.testing import capture_logs

from service.console.http.sealed_search import LASTS, STATUS_ENDED

PHONE, UNIT = "13800000001", "6-0901"
AGAIN = "这次搜索已失效，请重新搜索"


class Looking(NamedTuple):
    """Somebody looks for something on a page, by the form whose action begins so."""

    page: str
    action: str
    name: str
    said: str
    account: str = "cs-officer"
    another: str = "cs-officer-2"

    def do(self, browser: PlainBrowser) -> str:
        """Send the form; the address that it leads to."""
        browser.look(self.page)
        left_out = {"caller": None} if self.name == "for" else {}
        answer = browser.send(self.action, **left_out, **{self.name: self.said})
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"])


LOOKED_FOR = {
    "the desk, by a number": Looking("/desk", "/desk", "q", PHONE),
    "the desk, by a name": Looking("/desk", "/desk", "q", "李 敏敏"),
    "a caller": Looking("/new", "/new", "caller", PHONE),
    "a household": Looking("/new", "/new", "caller", UNIT),
    "a process": Looking("/new", "/new", "for", "李敏敏家的灯不亮"),
    "a register": Looking("/registers/units", "/registers/units", "q", PHONE),
    "people": Looking(
        "/admin/people", "/admin/people/find", "q", "SUPERVISOR", "office-director", "director-of-both"
    ),
}
At = Callable[[int], None]
each_search = pytest.mark.parametrize("looking", LOOKED_FOR.values(), ids=LOOKED_FOR)


def find_addresses(page: str) -> list[str]:
    """Every address on a page, and what a form of it would come back to."""
    return re.findall(r'(?:href|action|src|data-processes|name="next" value)="([^"]*)"', page)


@each_search
def test_what_is_looked_for_stands_in_no_address_and_no_log(looking: Looking, scene: PageScene) -> None:
    """Neither where the form leads, nor in a link of the page, nor in the line of a request."""
    browser = scene.new_browser(looking.account)
    with capture_logs() as logged:
        led = looking.do(browser)
        page = browser.look(led)
    assert page.status_code == 200
    assert looking.said in page.text, "it stands in the box"
    seen = [led, page.request.url, str(logged), *find_addresses(page.text)]
    for each in seen:
        for spelled in (each, unquote(each), unquote_plus(each)):
            assert looking.said not in spelled
        assert quote(looking.said) not in each


@each_search
def test_it_can_be_loaded_again_and_in_another_tab(looking: Looking, scene: PageScene) -> None:
    """By the same person, after another sign-in, too."""
    browser = scene.new_browser(looking.account)
    led = looking.do(browser)
    for each in (browser, browser, scene.new_browser(looking.account)):
        assert looking.said in each.look(led).text


@each_search
def test_what_another_person_has_sealed_is_refused_politely(looking: Looking, scene: PageScene) -> None:
    led = looking.do(scene.new_browser(looking.account))
    answer = scene.new_browser(looking.another).look(led)
    assert answer.status_code == STATUS_ENDED, answer.text
    assert AGAIN in answer.text
    assert looking.said not in answer.text


@each_search
def test_an_old_one_is_refused_politely(
    looking: Looking, scene: PageScene, at: Callable[[int], None]
) -> None:
    at(0)
    led = looking.do(scene.new_browser(looking.account))
    at(LASTS - 60)
    assert looking.said in scene.new_browser(looking.account).look(led).text
    at(LASTS + 60)
    answer = scene.new_browser(looking.account).look(led)
    assert (answer.status_code, AGAIN in answer.text) == (STATUS_ENDED, True)
    assert looking.said not in answer.text


@each_search
def test_a_forged_one_is_refused_politely(looking: Looking, scene: PageScene) -> None:
    """Changed, of another page, or made up; and the form is there to search again."""
    browser = scene.new_browser(looking.account)
    led = looking.do(browser)
    path, site = led.partition("?")[0], "site=lake&" if "site=" in led else ""
    sealed = re.findall(r"find=([\w%-]+)", led)[0]
    elsewhere = LOOKED_FOR["a caller" if path == "/desk" else "the desk, by a number"]
    strange = re.findall(r"find=([\w%-]+)", elsewhere.do(browser))[0]
    for made_up in (f"{sealed[:-8]}AAAAAAA%3D", strange, PHONE, "", "=", "é", "A" * 4_000):
        answer = browser.look(f"{path}?{site}find={made_up}")
        assert answer.status_code == STATUS_ENDED, made_up
        assert AGAIN in answer.text
    assert looking.said in browser.look(looking.do(browser)).text


def test_words_in_an_address_are_not_looked_for(scene: PageScene) -> None:
    """Nor recorded: nobody is led to a search by a link."""
    number, searches = scene.open(plain=True)["number"], "/api/sites/lake/searches"
    before = scene.by("office-director").get(searches).json["items"]
    browser = scene.new_browser("cs-officer")
    for words in (PHONE, number):
        answer = browser.look(f"/desk?q={words}")
        assert (answer.status_code, AGAIN in answer.text) == (STATUS_ENDED, True)
        assert "/tickets/" not in answer.text
    assert scene.by("office-director").get(searches).json["items"] == before


def test_a_search_has_pages_and_can_be_kept_and_narrowed(scene: PageScene) -> None:
    """And none of the addresses says what is looked for."""
    reception = scene.by("receptionist")
    numbers = {
        reception.open("complaint", {**COMPLAINT, "content": f"走廊 第 {place} 件"})["number"]
        for place in range(27)
    }
    browser, found = scene.new_browser("cs-officer"), set[str]()
    page = browser.search("/desk", q="走廊").text
    while True:
        found |= set(re.findall(r'href="/tickets/([^"?]+)"', page))
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if following is None:
            break
        assert quote("走廊") not in following[1]
        page = browser.look(following[1].replace("&amp;", "&")).text
    assert found == numbers
    narrowed = re.findall(r'href="(/desk\?[^"]*which=open[^"]*)"', page)[0].replace("&amp;", "&")
    assert "走廊" in browser.look(narrowed).text
    assert browser.send("/desk/filters", name="").headers["Location"].startswith("/desk?find=")
    browser.follow()
    assert (
        browser.send("/desk", q="走廊", workflow="complaint")
        .headers["Location"]
        .endswith("&workflow=complaint")
    )
