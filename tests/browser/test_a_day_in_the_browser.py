"""A complaint from the call to the return visit, as people do it: at a desk in Chinese, on a telephone in
English; with script and without."""

from __future__ import annotations

import pytest
from console_pages import ConsolePages
from playwright.sync_api import Page, expect

UNIT = "3-0503"
SAID = "大堂连续三天无人清扫"
PHONE = "+86 138 0013 8000"  # of an example


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_a_complaint_from_the_call_to_the_return_visit(console_page: ConsolePages, script: bool) -> None:
    number = take_the_call(console_page("receptionist", "zh-Hans", script=script))

    officer = console_page("cs-officer", "zh-Hans", script=script)
    find(officer, number)
    take_step(officer, "determine-nature", "已定性", nature="valid", subject="cleaning", severity="low")
    take_step(officer, "assign-department", "已转责任部门", department="environment")

    head = console_page("dept-head.environment", "en", size="phone", script=script)
    find(head, number)
    take_step(head, "visit-site", "On the site", head_on_site="yes", findings="Dust in the lobby")
    take_step(head, "handle", "In handling", measures="Cleaned at once", promised="no")
    take_step(head, "solve", "Solved", result="The lobby is clean")

    desk = console_page("receptionist", "zh-Hans", script=script)
    desk.goto(f"/tickets/{number}")
    take_step(desk, "report-result", "已反馈", told="已电话告知处理结果")

    find(officer, number)
    take_step(officer, "revisit", "已回访", manner="phone", visit_notes="业主表示满意", satisfied="yes")
    take_step(officer, "close", "已结案", cause="process", analysis="换班时无人交接")
    expect(officer.locator(".story")).to_contain_text("业主表示满意")


def take_the_call(page: Page) -> str:
    """Find who calls, and register what he says; the number of the ticket."""
    page.goto("/desk")
    page.get_by_role("link", name="登记新工单").first.click()
    page.get_by_label("谁来电？").fill(UNIT)
    page.locator("form", has=page.get_by_label("谁来电？")).get_by_role("button").click()
    expect(page.get_by_role("heading", name=UNIT, exact=True)).to_be_visible()
    page.get_by_label("什么事？").fill("投诉")
    page.locator("form", has=page.get_by_label("什么事？")).get_by_role("button").click()
    page.get_by_role("link", name="投诉", exact=True).click()
    fill(page, complainant="虚构·甲", contact=PHONE, content=SAID, channel="phone")
    expect(page.locator("[name=unit]")).to_have_value(UNIT)
    page.get_by_role("button", name="登记", exact=True).click()
    if page.locator("button[name=despite]").count():  # the other run has opened one, too
        page.locator("button[name=despite]").click()
    expect(page.locator(".head .state")).to_have_text("已登记")
    return page.locator(".head .number").inner_text()


def find(page: Page, number: str) -> None:
    """Look for the ticket, and open it."""
    page.goto("/desk")
    page.get_by_role("searchbox").fill(number)
    page.get_by_role("search").get_by_role("button").click()
    page.locator(".tickets > li", has_text=number).get_by_role("link").click()
    expect(page.locator(".head .number")).to_have_text(number)


def take_step(page: Page, trigger: str, then: str, **said: str) -> None:
    """Open the form of the step, fill it in and send it; the ticket stands `then`."""
    page.locator(f'#step a[href*="step={trigger}"]').click()
    fill(page, **said)
    page.locator("#step form button.main").click()
    expect(page.locator(".head .state")).to_have_text(then)


def fill(page: Page, **said: str) -> None:
    """Answer the questions of a form, whatever their kind."""
    for name, answer in said.items():
        question = page.locator(f'main [name="{name}"]')
        kind = question.first.get_attribute("type")
        if kind == "radio":
            page.locator(f'[name="{name}"][value="{answer}"]').check()
        elif kind is None and question.evaluate("one => one.tagName") == "SELECT":
            question.select_option(answer)
        else:
            question.fill(answer)
