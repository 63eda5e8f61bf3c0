"""The console without a mouse: keys for lists, and everything by Tab with a focus that is seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from console_pages import ConsolePages
from page_list import EVERYONE
from playwright.sync_api import Page, expect

from tests.e2e.running_desk import RunningDesk

ROWS = ".tickets > li"


def test_j_and_k_go_through_the_list_and_enter_opens(console_page: ConsolePages) -> None:
    page = console_page(EVERYONE, "en")
    page.goto("/desk")
    titles = page.locator(f"{ROWS} a.title")
    for key, place in [("k", 0), ("j", 1), ("j", 2), ("k", 1)]:
        page.keyboard.press(key)
        expect(titles.nth(place)).to_be_focused()
    address = titles.nth(1).get_attribute("href")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{console_page.address}{address}")


def test_the_list_ends_where_it_ends(console_page: ConsolePages) -> None:
    page = console_page(EVERYONE, "en")
    page.goto("/desk")
    page.keyboard.press("/")
    page.keyboard.type("元宵")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk?find=**")
    for _ in range(page.locator(ROWS).count() + 3):
        page.keyboard.press("j")
    expect(page.locator(f"{ROWS} a.title").last).to_be_focused()


def test_the_slash_searches_and_in_a_box_a_key_is_a_letter(console_page: ConsolePages) -> None:
    page = console_page(EVERYONE, "en")
    page.goto("/desk")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("jk/?")
    expect(page.locator("#q")).to_have_value("jk/?")
    expect(page.locator("#keys")).to_be_hidden()


def test_the_question_mark_shows_the_keys_and_they_can_be_turned_off(
    console_page: ConsolePages, assert_accessible: Callable[..., None]
) -> None:
    page = console_page(EVERYONE, "en")
    page.goto("/desk")
    turn_keys_off(page, assert_accessible)
    page.reload()
    page.keyboard.press("j")
    expect(page.locator(f"{ROWS} a.title").first).not_to_be_focused()
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_label("Use these keys")).not_to_be_checked()
    page.get_by_label("Use these keys").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator(f"{ROWS} a.title").first).to_be_focused()


def test_keys_that_are_off_are_off_in_other_tabs_and_after_a_sign_out(
    console_page: ConsolePages, desk: RunningDesk
) -> None:
    page = console_page("", "en")
    page.goto("/sign-in")
    sign_in(page, desk)
    other = page.context.new_page()
    other.goto("/inspections")
    turn_keys_off(page)
    other.keyboard.press("/")
    expect(other.locator("#q")).not_to_be_focused()
    page.locator(".menu summary").click()
    page.locator(".menu form button").click()
    sign_in(page, desk)
    page.keyboard.press("/")
    expect(page.locator("#q")).not_to_be_focused()


def test_the_menu_closes_when_the_focus_leaves_it(console_page: ConsolePages) -> None:
    page = console_page(EVERYONE, "en")
    page.goto("/desk")
    menu, summary = page.locator("details.menu"), page.locator(".menu summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    expect(menu).not_to_have_attribute("open", "")


def turn_keys_off(page: Page, look: Callable[[Page], None] = lambda _: None) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    look(page)
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")


def sign_in(page: Page, desk: RunningDesk) -> None:
    page.locator("#account").fill("receptionist")
    page.locator("#password").fill(desk.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")


@pytest.mark.parametrize("path", ["/desk", "/new", "/new/complaint", "/me"])
def test_everything_is_reached_by_tab_and_the_focus_is_seen(console_page: ConsolePages, path: str) -> None:
    page = console_page(EVERYONE, "en")
    page.goto(path)
    reachable = page.evaluate(_REACHABLE)
    reached = [_press_tab(page) for _ in range(reachable)]
    assert len({place for place, _ in reached}) == reachable, "something is not reached, or twice"
    assert [place for place, _ in reached] == sorted(place for place, _ in reached), "out of order"
    assert {seen for _, seen in reached} == {"solid"}


def test_the_first_tab_skips_to_the_content(console_page: ConsolePages) -> None:
    page = console_page(EVERYONE, "en")
    page.goto("/desk")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


# How many things can be acted on; of radio buttons with one name one has the focus.
_REACHABLE = """() => {
    const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary')];
    const names = new Set();
    window.acts = all.filter(one => one.checkVisibility() && one.type !== 'hidden' && !one.disabled)
        .filter(one => one.type !== 'radio' || !names.has(one.name) && names.add(one.name));
    return window.acts.length;
}"""


def _press_tab(page: Page) -> tuple[int, str]:
    """The place of what has the focus then among all that can be acted on, and its outline."""
    page.keyboard.press("Tab")
    place, outline = page.evaluate("""() => {
        const here = document.activeElement;
        return [window.acts.indexOf(here), getComputedStyle(here).outlineStyle];
    }""")
    return int(place), str(outline)
