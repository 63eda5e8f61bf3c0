"""The board in a browser: ticking a whole process at once, and acknowledging it."""

from __future__ import annotations

from console_pages import ConsolePages
from playwright.sync_api import Locator, Page, expect

MANAGER = "office-director"


def test_a_process_is_ticked_at_once_and_acknowledged(console_page: ConsolePages) -> None:
    page = console_page(MANAGER, "en")
    page.goto("/board")
    process = unfold(page)
    boxes = process.locator("input[name=ticket]")
    process.get_by_role("button", name="Tick all").click()
    ticked = boxes.count()
    assert ticked
    for box in boxes.all():
        expect(box).to_be_checked()
    expect(page.locator("[data-ticked]")).to_have_text(f"{ticked} ticked")
    page.locator(".acts summary").click()
    page.get_by_role("button", name="Say “seen”").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What became of each")
    expect(page.locator(".answers li")).to_have_count(ticked)
    page.get_by_role("link", name="Back to the board").click()
    assert page.url.endswith("/board")


def test_without_script_tickets_are_ticked_singly(console_page: ConsolePages) -> None:
    page = console_page(MANAGER, "en", script=False)
    page.goto("/board")
    unfold(page)
    page.locator("input[name=ticket]").first.check()
    page.locator(".acts summary").click()
    page.get_by_role("button", name="Give", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Say to whom.")
    expect(page.locator("input[name=ticket]").first).to_be_checked()


def unfold(page: Page) -> Locator:
    """The first process of the board, open: of many, each is one line at first."""
    process = page.locator(".process").first
    if process.get_attribute("open") is None:
        process.locator("summary").first.click()
    return process
