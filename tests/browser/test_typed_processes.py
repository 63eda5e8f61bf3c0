"""Finding the process of a new ticket while one types, and how a promise is reckoned, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

from console_pages import PATIENCE, ConsolePages
from playwright.sync_api import Page, expect


def test_the_processes_that_fit_stand_there_while_one_types(
    console_page: ConsolePages, assert_accessible: Callable[[Page], None]
) -> None:
    """Without pressing anything; what was found is told, and a key pressed at once sends the plain form."""
    page = console_page("receptionist", "zh-Hans")
    page.goto("/new")
    before = page.locator(".choices li").count()
    page.locator("#for").press_sequentially("灯不亮")
    expect(page.locator("#processes-told")).not_to_be_empty(timeout=PATIENCE)
    expect(page.get_by_role("link", name="报修")).to_be_visible()
    assert page.locator(".choices li").count() < before
    assert_accessible(page)
    page.get_by_role("link", name="报修").click()
    expect(page.locator("form.card")).to_be_visible()


def test_nothing_that_fits_is_said_with_a_way_on(console_page: ConsolePages) -> None:
    page = console_page("receptionist", "en")
    page.goto("/new")
    page.locator("#for").fill("zzzz")
    expect(page.locator("#processes .nothing")).to_be_visible(timeout=PATIENCE)
    page.locator("#for").press("Enter")
    page.wait_for_url("**find=**")
    expect(page.locator("#processes .nothing")).to_be_visible()


def test_the_bar_opens_and_does_not_follow_the_link_around_it(
    console_page: ConsolePages, assert_accessible: Callable[[Page], None]
) -> None:
    page = console_page("cs-officer", "en", size="phone")
    page.goto("/desk")
    bar = page.locator(".tickets details.due").first
    bar.locator("summary").tap()
    expect(bar.locator("p")).to_be_visible()
    assert page.url.endswith("/desk")
    assert_accessible(page)


def test_the_filter_of_the_desk_is_kept(
    console_page: ConsolePages, assert_accessible: Callable[[Page], None]
) -> None:
    page = console_page("cs-officer", "en", size="phone", scheme="dark")
    page.goto("/desk?which=open")
    page.get_by_label("Process").select_option("complaint")
    page.get_by_role("button", name="Show").click()
    assert_accessible(page)
    page.get_by_label("Save under the name").fill("All complaints")
    page.get_by_role("button", name="Save the filter").click()
    expect(page.get_by_role("heading", level=1, name="All complaints")).to_be_visible()
    expect(page.get_by_role("link", name="All complaints")).to_have_attribute("aria-current", "page")
