"""A resident with a telephone, without script: reports by a code, follows, and asks again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from console_pages import ConsolePages
from playwright.sync_api import Page, expect

from service import wallclock
from service.auth import hash_token, new_secret
from tests.e2e.running_desk import SITE, RunningDesk


def give_code(desk: RunningDesk, unit: str) -> str:
    """The secret of a new code, which else is in the print alone."""
    token, now = new_secret(), wallclock.now()
    columns = "site_id, id, digest, unit, created_by, created_at, expires_at"
    row = (SITE, token[-12:], hash_token(token), unit, "", now, now + 3_600)
    with sqlite3.connect(desk.folder / "huifang.db", timeout=30) as connection:
        connection.execute(f"INSERT INTO resident_links ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    return token


def test_a_resident_reports_follows_and_asks_again(console_page: ConsolePages, desk: RunningDesk) -> None:
    page = console_page("", "zh-Hans", size="phone", script=False)
    page.goto(f"/r/{give_code(desk, '3-1201')}")
    page.get_by_role("link", name="报修").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("报修")
    page.get_by_label("报修内容").fill("水槽下方滴水")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#field-reporter-wrong")).to_be_visible()
    expect(page.get_by_label("报修内容")).to_have_value("水槽下方滴水")
    page.get_by_label("报修人").fill("江舟")
    page.get_by_label("联系电话").fill("13800000022")
    page.get_by_label("报修地点").fill("厨房")
    page.get_by_label("一般").check()
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("status")).to_contain_text("已收到")
    expect(page.get_by_role("heading", level=1)).to_have_text("已登记")
    page.locator("summary").click()
    page.get_by_label("想补充的话").fill("请尽快")
    page.get_by_role("button", name="催办").click()
    expect(page.get_by_role("status")).to_contain_text("已转达")
    expect(page.locator("body")).not_to_contain_text("江舟")


def test_the_pages_are_accessible_and_fit(
    console_page: ConsolePages, desk: RunningDesk, assert_accessible: Callable[[Page], None]
) -> None:
    code = give_code(desk, "5-0302")
    for scheme in ("light", "dark"):
        page = console_page("", "zh-Hans", size="phone", scheme=scheme)
        for path in (f"/r/{code}", f"/r/{code}/report/complaint", "/r/none"):
            page.goto(path)
            assert_accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
