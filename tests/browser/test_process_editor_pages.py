"""The editor of a process in a real browser: checked while somebody types, and published."""

from __future__ import annotations

from collections.abc import Callable

from console_pages import ConsolePages
from playwright.sync_api import Page, expect

from tests.e2e.running_desk import RunningDesk

EDIT = "/processes/suggestion/edit"
PATIENCE = 90_000  # milliseconds: a check rehearses the scenarios of all processes concerned


def test_what_is_wrong_is_told_while_it_is_typed(
    console_page: ConsolePages, assert_accessible: Callable[[Page], None]
) -> None:
    page = console_page("office-director", "en")
    page.set_default_timeout(PATIENCE)
    page.goto(EDIT)
    text = page.get_by_label("Text of the process")
    right = text.input_value()
    text.fill(right.replace("category: closed", "category: shut", 1))
    link = page.locator("#findings a[data-line]").first
    expect(link).to_be_visible(timeout=PATIENCE)
    assert_accessible(page)
    link.click()
    expect(text).to_be_focused()
    chosen = text.evaluate("each => each.value.slice(each.selectionStart, each.selectionEnd)")
    assert chosen.startswith("shut")
    text.fill(right)
    expect(page.locator("#findings .margin")).to_have_count(0, timeout=PATIENCE)


def test_a_text_is_checked_and_kept_without_script(console_page: ConsolePages) -> None:
    page = console_page("office-director", "en", size="phone", script=False)
    page.set_default_timeout(PATIENCE)
    page.goto(EDIT)
    text = page.get_by_label("Text of the process")
    text.fill(text.input_value() + "# more\n")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("heading", name="What is done otherwise")).to_be_visible()
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_role("status").first).to_have_text("The draft is kept.")
    assert page.get_by_label("Text of the process").input_value().endswith("# more\n")


def test_a_new_process_is_published_and_used(console_page: ConsolePages, desk: RunningDesk) -> None:
    page = console_page("project-manager", "en")  # of all sites
    page.set_default_timeout(PATIENCE)
    page.goto("/new-process")
    page.get_by_label("What is the process called?").fill("Borrowed ladders")
    page.get_by_label("Its name in addresses").fill("ladder-loan")
    page.get_by_label("Who does it?").select_option("receptionist")
    page.get_by_role("button", name="Write the text").click()
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/processes/ladder-loan")
    expect(page.get_by_role("heading", level=1)).to_have_text("Borrowed ladders")
    opened = desk("receptionist").send(
        "POST", "/api/tickets", {"workflow": "ladder-loan", "data": {"subject": "a ladder"}}
    )
    assert opened.status == 201, opened.body
