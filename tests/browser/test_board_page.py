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


def test_the_board_goes_by_keys(console_page: ConsolePages) -> None:
    page = console_page(MANAGER, "en")
    page.goto("/board")
    rows = unfold(page).locator(".late-tickets > li")
    page.keyboard.press("j")
    expect(rows.first.locator(".what a")).to_be_focused()
    page.keyboard.press("x")
    expect(rows.first.locator("[name=ticket]")).to_be_checked()
    expect(page.locator("[data-told]")).to_have_text("1 ticked")
    page.keyboard.press("x")
    expect(rows.first.locator("[name=ticket]")).not_to_be_checked()
    address = rows.first.locator(".what a").get_attribute("href")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{console_page.address}{address}")


def test_the_keys_stop_at_what_is_folded_and_go_on_into_it(console_page: ConsolePages) -> None:
    page = console_page(MANAGER, "en")
    page.goto("/board")
    process = unfold(page)
    process.locator("> summary").click()
    page.keyboard.press("k")
    expect(process.locator("> summary")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    expect(process.locator(".what a").first).to_be_focused()
    page.keyboard.press("k")
    expect(process.locator(".what a").first).to_be_focused()


def test_enter_on_a_tick_sends_nothing(console_page: ConsolePages) -> None:
    page = console_page(MANAGER, "en")
    page.goto("/board")
    box = unfold(page).locator("[name=ticket]").first
    box.check()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    box.press("Enter")
    page.evaluate("new Promise(done => setTimeout(done, 50))")  # a form is sent in a task of its own
    assert sent == []


def unfold(page: Page) -> Locator:
    """The first process of the board, open: of many, each is one line at first."""
    process = page.locator(".process").first
    if process.get_attribute("open") is None:
        process.locator("summary").first.click()
    return process
