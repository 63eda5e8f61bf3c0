"""Signing in and one's own desk, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

from console_pages import ConsolePages
from playwright.sync_api import Page, expect

from tests.e2e.running_desk import RunningDesk


def test_signing_in_leads_to_the_page_that_was_asked_for(
    console_page: ConsolePages, desk: RunningDesk
) -> None:
    page = console_page("", "en")
    page.goto("/new")
    page.get_by_label("Account").fill("cs-officer")
    page.get_by_label("Password").fill("something else")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Password").fill(desk.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{console_page.address}/new")


def test_the_desk_shows_what_is_to_be_done(
    console_page: ConsolePages, assert_accessible: Callable[[Page], None]
) -> None:
    page = console_page("cs-officer", "en")
    page.goto("/desk")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".tickets > li").first).to_be_visible()
    assert_accessible(page)


def test_without_script_the_desk_is_the_same(console_page: ConsolePages) -> None:
    page = console_page("cs-officer", "en", size="phone", script=False)
    page.goto("/desk")
    page.locator(".tickets a").first.click()
    expect(page.locator("#step")).to_be_visible()
