"""A page that stays open keeps up with the desk, without taking anything from who uses it."""

from __future__ import annotations

import pytest
from console_pages import ConsolePages
from page_list import EVERYONE
from playwright.sync_api import Page, expect

from tests.e2e.running_desk import Json, RunningDesk

OUTDATED = "This ticket has changed since you opened it."
CONTENT = "门禁坏了"


@pytest.fixture
def complaint(desk: RunningDesk) -> Json:
    """A complaint that has just been registered."""
    return desk(EVERYONE).open(
        "complaint", complainant="虚构·甲", contact="+86 138 0013 8000", content=CONTENT, channel="phone"
    )


def open_page(console_page: ConsolePages, path: str) -> Page:
    """The page, with a clock that the test moves."""
    page = console_page(EVERYONE, "en")
    page.clock.install()
    page.goto(path)
    return page


def take_new_complaint(desk: RunningDesk) -> None:
    """Open a complaint, and take it: of one's own there are few, which is a page that is not full."""
    taker = desk(EVERYONE)
    opened = taker.open(
        "complaint", complainant="虚构·乙", contact="+86 138 0013 8001", content=CONTENT, channel="phone"
    )
    answer = taker.send("POST", f"/api/tickets/{opened['number']}/claim", {}, If_Match='"1"')
    assert answer.status == 201, answer.body


def a_minute_later(page: Page) -> None:
    """Let the page ask once more."""
    with page.expect_response(lambda answer: answer.request.headers.get("huifang-refresh") == "1") as asked:
        page.clock.fast_forward(60_000)
    assert asked.value.status == 200


def test_the_desk_shows_a_new_ticket_and_the_focus_stays(
    console_page: ConsolePages, desk: RunningDesk
) -> None:
    for _ in range(3):
        take_new_complaint(desk)
    page = open_page(console_page, "/desk?tab=mine")
    for _ in range(3):
        page.keyboard.press("j")
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    rows, count = page.locator(".tickets > li"), page.locator(".tabs [aria-current] .count")
    before = rows.count()
    expect(count).to_have_text(str(before))
    take_new_complaint(desk)
    a_minute_later(page)
    expect(rows).to_have_count(before + 1)
    expect(count).to_have_text(str(before + 1))
    assert page.evaluate("document.activeElement.getAttribute('href')") == focused


def test_a_ticket_that_is_open_twice_says_that_it_has_changed(
    console_page: ConsolePages, desk: RunningDesk, complaint: Json
) -> None:
    path = f"/tickets/{complaint['number']}?step=determine-nature"
    page = open_page(console_page, path)
    page.locator("#note").fill("half a sentence")
    a_minute_later(page)
    expect(page.get_by_text(OUTDATED)).to_be_hidden()
    answer = desk(EVERYONE).send(
        "POST",
        f"/api/tickets/{complaint['id']}/notes",
        {"text": "it is urgent"},
        If_Match=f'"{complaint["seq"]}"',
    )
    assert answer.status == 201, answer.body
    a_minute_later(page)
    expect(page.get_by_text(OUTDATED)).to_be_visible()
    expect(page.locator("#note")).to_have_value("half a sentence")
    page.get_by_role("link", name="Show it as it is now").click()
    expect(page.locator(".story")).to_contain_text("it is urgent")
    expect(page.locator("#note")).to_have_value("half a sentence")


def test_without_the_desk_the_page_stays_as_it_is(console_page: ConsolePages) -> None:
    page = open_page(console_page, "/desk")
    rows = page.locator(".tickets > li").count()
    page.context.set_offline(True)
    page.clock.fast_forward(60_000)
    page.wait_for_timeout(300)
    expect(page.locator(".tickets > li")).to_have_count(rows)
