"""What was typed survives a reload, but not longer than it should, and nothing of a person is kept."""

from __future__ import annotations

import pytest
from console_pages import ConsolePages
from page_list import EVERYONE
from playwright.sync_api import Page, expect

from tests.e2e.running_desk import Json, RunningDesk

BACK = "What you had typed is back"
KEPT = "() => Object.entries(sessionStorage).map(String).join()"


@pytest.fixture
def complaint(desk: RunningDesk) -> Json:
    """A complaint that has just been registered."""
    return desk(EVERYONE).open(
        "complaint", complainant="虚构·甲", contact="+86 138 0013 8000", content="楼道灯不亮", channel="phone"
    )


def step_form(page: Page, complaint: Json) -> None:
    """Show the form of the step that comes next."""
    page.goto(f"/tickets/{complaint['number']}?step=determine-nature#step")


def test_a_new_ticket_comes_back_but_for_what_is_personal(console_page: ConsolePages) -> None:
    page = console_page(EVERYONE, "en")
    page.goto("/new/complaint")
    page.locator("#field-complainant").fill("虚构·乙")
    page.locator("#field-content").fill("电梯有异响")
    page.locator("#field-channel").select_option("phone")
    page.reload()
    expect(page.locator("#field-content")).to_have_value("电梯有异响")
    expect(page.locator("#field-channel")).to_have_value("phone")
    expect(page.locator("#field-complainant")).to_have_value("")
    expect(page.get_by_text(BACK)).to_be_visible()
    assert "虚构" not in page.evaluate(KEPT)
    page.get_by_role("button", name="Discard it").click()
    expect(page.locator("#field-content")).to_have_value("")
    page.reload()
    expect(page.locator("#field-content")).to_have_value("")
    expect(page.get_by_text(BACK)).to_be_hidden()


def test_a_step_comes_back_after_a_detour_and_is_gone_once_it_is_taken(
    console_page: ConsolePages, complaint: Json
) -> None:
    page = console_page(EVERYONE, "en")
    step_form(page, complaint)
    page.get_by_label("Valid complaint").check()
    page.locator("#note").fill("called twice")
    page.goto("/desk")
    step_form(page, complaint)
    expect(page.locator("#note")).to_have_value("called twice")
    page.locator("#step button.main").click()  # it does not say all
    expect(page.locator("#step .why").first).to_be_visible()
    step_form(page, complaint)
    expect(page.locator("#note")).to_have_value("called twice")
    expect(page.get_by_label("Valid complaint")).to_be_checked()
    page.get_by_label("Cleaning").check()
    page.get_by_label("Low").check()
    page.locator("#step button.main").click()
    expect(page.locator(".head .state")).to_have_text("Classified")
    assert page.evaluate(KEPT) == ""


def test_a_note_is_gone_once_it_is_written(console_page: ConsolePages, complaint: Json) -> None:
    page = console_page(EVERYONE, "en")
    page.goto(f"/tickets/{complaint['number']}")
    page.locator("#remark").fill("the caller is at home after six")
    page.reload()
    expect(page.locator("#remark")).to_have_value("the caller is at home after six")
    page.get_by_role("button", name="Write the note").click()
    expect(page.locator(".story")).to_contain_text("the caller is at home after six")
    expect(page.locator("#remark")).to_have_value("")


def test_who_signs_out_leaves_nothing_and_nobody_else_finds_anything(
    console_page: ConsolePages, complaint: Json, desk: RunningDesk
) -> None:
    def sign_in(account: str) -> None:
        page.goto("/sign-in")
        page.locator("#account").fill(account)
        page.locator("#password").fill(desk.password)
        page.locator("main button.main").click()
        page.wait_for_url("**/desk")

    page = console_page("", "en")
    for ends in ("by the form", "by itself"):
        sign_in("cs-officer")
        page.goto(f"/tickets/{complaint['number']}")
        page.locator("#remark").fill("between us")
        assert "between us" in page.evaluate(KEPT)
        if ends == "by the form":
            page.locator("summary", has_text="演示").click()
            page.locator('form[action="/sign-out"] button').click()
            page.wait_for_url("**/sign-in")
        else:
            page.context.clear_cookies()
            sign_in("receptionist")
        assert page.evaluate(KEPT) == ""
