"""An inspection where there is no connection: kept on the telephone, sent once, and nothing overwritten."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from console_pages import ConsolePages
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.running_desk import RunningDesk

Json = dict[str, Any]
POINTS = 5


@pytest.fixture
def warden(desk: RunningDesk) -> str:
    """Somebody who goes on patrols."""
    if "warden" not in desk._people:
        desk.hire("warden", "property-warden")
    return "warden"


@pytest.fixture
def patrol(desk: RunningDesk, warden: str) -> Json:
    """A patrol that is due."""
    return desk(warden).open("property-patrol", place="北区")


def address_of(ticket: Json) -> str:
    return f"/tickets/{ticket['number']}/inspection/items?site={ticket['site']}"


def begin(page: Page, patrol: Json) -> None:
    """Open the inspection, so that it opens without a connection from now on."""
    page.goto(address_of(patrol))
    expect(page.locator("[data-walked]")).to_be_visible()
    page.wait_for_function(
        """async () => navigator.serviceWorker.controller !== null
           && (await caches.match(location.pathname + location.search, {ignoreVary: true})) !== undefined"""
    )
    page.reload()  # a worker that has only just begun is not always asked by Chromium
    expect(page.locator("[data-walked]")).to_be_visible()


def answer(page: Page, place: int, result: str, note: str = "", photo: bytes = b"") -> None:
    """Answer the point that is shown: one that passes leads on by itself."""
    points = page.locator("[data-point]")
    point, onwards = points.nth(place), points.nth(place + 1)
    expect(point).to_have_class(re.compile("current"))
    point.locator(f"input[value={result}]").check()
    if note:
        point.locator("textarea").fill(note)
    if photo:
        file = {"name": "wall.jpg", "mimeType": "image/jpeg", "buffer": photo}
        point.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
        expect(point.locator("canvas")).to_be_visible()
    if result != "pass":
        page.locator("[data-onwards]").click()
    expect(onwards).to_have_class(re.compile("current"))


def walk(page: Page, *, fail_at: int = -1, note: str = "", photo: bytes = b"") -> None:
    """Answer every point; they pass but for one."""
    for place in range(POINTS):
        failed = place == fail_at
        answer(page, place, "fail" if failed else "pass", note if failed else "", photo if failed else b"")


def end(page: Page) -> None:
    page.locator("[data-end]").first.click()


def picture() -> bytes:
    content = BytesIO()
    Image.new("RGB", (2400, 1800), (160, 120, 90)).save(content, "JPEG")
    return content.getvalue()


def rows(desk: RunningDesk, patrol: Json) -> list[Json]:
    """The answers as the desk has them."""
    return list(desk("warden").sees(patrol)["data"].get("items") or [])


def steps(desk: RunningDesk, patrol: Json) -> list[str]:
    """The triggers that were fired on the ticket."""
    return [each["trigger"] for each in desk("warden").history(patrol) if each["trigger"]]


def test_what_was_answered_without_a_connection_is_sent_once(
    console_page: ConsolePages, desk: RunningDesk, warden: str, patrol: Json
) -> None:
    """Answered offline, the page loaded anew, and back online: the desk has the same rows, and one step."""
    page = console_page(warden, "en", size="phone")
    begin(page, patrol)
    page.context.set_offline(True)
    walk(page, fail_at=2, note="滑梯松动", photo=picture())
    page.reload()
    expect(page.locator(".walked [data-show=open]")).to_be_visible()
    expect(page.locator("[data-walked]")).to_contain_text("5 / 5")
    end(page)
    expect(page.locator("[data-show=waiting]")).to_be_visible()
    assert rows(desk, patrol) == []
    page.reload()
    expect(page.locator("[data-show=waiting]")).to_be_visible()
    page.context.set_offline(False)
    page.wait_for_url(re.compile(rf"/tickets/{patrol['number']}\?"))
    expect(page.locator(".notice.good")).to_contain_text("recorded")
    found = rows(desk, patrol)
    assert [each["result"] for each in found] == ["pass", "pass", "fail", "pass", "pass"]
    assert found[2]["note"] == "滑梯松动"
    assert found[2]["photo"]
    page.goto("/inspections")
    expect(page.locator("[data-kept-list]")).to_be_hidden()
    assert steps(desk, patrol) == ["check"]


def test_what_failed_without_a_connection_becomes_a_repair(
    console_page: ConsolePages, desk: RunningDesk, warden: str, patrol: Json
) -> None:
    """With its sentence and its photo, which nobody types or takes again."""
    page = console_page(warden, "en", size="phone")
    begin(page, patrol)
    page.context.set_offline(True)
    walk(page, fail_at=1, note="门厅漏水", photo=picture())
    end(page)
    expect(page.locator("[data-show=waiting]")).to_be_visible()
    page.context.set_offline(False)
    page.wait_for_url(re.compile(rf"/tickets/{patrol['number']}\?"))
    page.get_by_role("link", name="Report the findings").click()
    expect(page.get_by_label("What is wrong")).to_have_value("门厅漏水")
    page.get_by_label("Found by").fill("巡查员甲")
    page.get_by_label("Phone for questions").fill("13800000062")
    page.get_by_role("button", name="Report the findings").click()
    expect(page.locator(".notice.good")).to_be_visible()
    everyone = desk("everyone")
    (repair,) = everyone.get(f"/api/tickets?parent={patrol['id']}")["items"]
    data = everyone.sees(repair)["data"]
    assert (repair["workflow"], data["content"], len(data["photos"])) == ("repair", "门厅漏水", 1)


def test_a_late_return_shows_the_conflict_and_keeps_what_was_typed(
    console_page: ConsolePages, desk: RunningDesk, warden: str, patrol: Json
) -> None:
    page = console_page(warden, "en", size="phone")
    begin(page, patrol)
    page.context.set_offline(True)
    walk(page, fail_at=0, note="外墙裂缝")
    end(page)
    expect(page.locator("[data-show=waiting]")).to_be_visible()
    theirs = [{"item": each, "result": "pass"} for each in items(desk, patrol)]
    theirs[0] |= {"result": "fail", "note": "屋顶渗水"}
    desk("everyone").does(patrol, "check", items=theirs)
    page.context.set_offline(False)
    expect(page.locator("[data-show=refused]")).to_be_visible()
    assert rows(desk, patrol)[0]["note"] == "屋顶渗水"
    page.reload()
    expect(page.get_by_role("alert").first).to_contain_text("moved")
    for _ in range(POINTS):
        page.locator("[data-back]").click()
    point = page.locator("[data-point].current")
    expect(point).to_contain_text("屋顶渗水")
    expect(point.locator("textarea")).to_have_value("外墙裂缝")
    expect(page.locator("[data-end]")).to_have_count(0)
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("[data-show=refused] [data-discard]").click()
    page.locator("[data-show=refused]").wait_for(state="hidden")
    assert steps(desk, patrol) == ["check"]


def items(desk: RunningDesk, patrol: Json) -> list[str]:
    """The items of the checklist, as the form of the step names them."""
    form = desk("warden").may(patrol)["check"]
    return list(form["properties"]["items"]["items"]["properties"]["item"]["enum"])


def test_a_note_of_a_colleague_is_shown_before_it_is_sent_again(
    console_page: ConsolePages, desk: RunningDesk, warden: str, patrol: Json
) -> None:
    page = console_page(warden, "en", size="phone")
    begin(page, patrol)
    page.context.set_offline(True)
    walk(page)
    end(page)
    noted = desk("everyone").send(
        "POST", f"/api/tickets/{patrol['id']}/notes", {"text": "请注意西门"}, If_Match='"1"'
    )
    assert noted.status == 201
    page.context.set_offline(False)
    expect(page.get_by_role("alert").first).to_contain_text("请注意西门")
    assert rows(desk, patrol) == []
    end(page)
    page.wait_for_url(re.compile(rf"/tickets/{patrol['number']}\?"))
    assert len(rows(desk, patrol)) == POINTS


def test_two_tabs_have_the_same_answers_and_send_them_once(
    console_page: ConsolePages, desk: RunningDesk, warden: str, patrol: Json
) -> None:
    one = console_page(warden, "en", size="phone")
    begin(one, patrol)
    other = one.context.new_page()
    other.goto(address_of(patrol))
    expect(other.locator("[data-walked]")).to_be_visible()
    answer(one, 0, "fail", "门禁失灵")
    expect(other.locator("[data-walked]")).to_contain_text("1 / 5")
    other.locator("[data-onwards]").click()
    answer(other, 1, "pass")
    expect(one.locator("[data-walked]")).to_contain_text("2 / 5")
    one.reload()
    for place in range(2, POINTS):
        answer(one, place, "pass")
        expect(other.locator("[data-walked]")).to_contain_text(f"{place + 1} / 5")
    one.context.set_offline(True)
    end(one)
    expect(other.locator("[data-show=waiting]")).to_be_visible()
    one.context.set_offline(False)
    for tab in (one, other):
        tab.wait_for_url(re.compile(rf"/tickets/{patrol['number']}\?"))
    assert rows(desk, patrol)[0]["note"] == "门禁失灵"
    assert steps(desk, patrol) == ["check"]


def test_a_sign_in_that_ran_out_keeps_the_answers(
    console_page: ConsolePages, desk: RunningDesk, warden: str, patrol: Json
) -> None:
    """A walk may take longer than a session; after the next sign-in they are sent."""
    page = console_page(warden, "en", size="phone")
    begin(page, patrol)
    walk(page)
    page.context.clear_cookies()
    end(page)
    expect(page.locator("[data-show=signed-out]")).to_be_visible()
    assert rows(desk, patrol) == []
    page.locator("[data-show=signed-out] a").click()
    page.locator("#account").fill(warden)
    page.locator("#password").fill(desk.password)
    page.locator("main button.main").click()
    page.wait_for_url(re.compile(rf"/tickets/{patrol['number']}\?"))
    assert len(rows(desk, patrol)) == POINTS
    assert steps(desk, patrol) == ["check"]


def test_what_the_desk_would_not_take_is_kept_with_the_reason(
    console_page: ConsolePages, desk: RunningDesk, warden: str, patrol: Json
) -> None:
    """A failed point without its sentence; said, mended, and sent."""
    page = console_page(warden, "en", size="phone")
    begin(page, patrol)
    walk(page, fail_at=3)
    expect(page.locator("[data-lacking=note]")).to_be_visible()
    end(page)
    expect(page.get_by_role("alert").first).to_contain_text("needs a note")
    page.locator("[data-lacking=note] button").click()
    page.locator("[data-point].current textarea").fill("草坪积水")
    page.locator("[data-onwards]").click()
    page.locator("[data-onwards]").click()
    end(page)
    page.wait_for_url(re.compile(rf"/tickets/{patrol['number']}\?"))
    assert rows(desk, patrol)[3]["note"] == "草坪积水"


def test_signing_out_clears_what_is_kept_after_asking(
    console_page: ConsolePages, desk: RunningDesk, patrol: Json
) -> None:
    """A telephone may be somebody else's next."""
    page = console_page("", "en", size="phone")
    sign_in(page, desk, "warden", address_of(patrol))
    begin(page, patrol)
    answer(page, 0, "fail", "只在本机")
    expect(page.locator(".walked [data-show=open]")).to_be_visible()
    page.goto("/desk")
    expect(page.locator("[data-kept-count]")).to_be_visible()
    page.locator(".menu summary").click()
    page.once("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog"):  # the page asks when it has looked at what is kept
        page.locator("form[action='/sign-out'] button").click()
    expect(page.locator("[data-kept-count]")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("form[action='/sign-out'] button").click()
    page.wait_for_url("**/sign-in*")
    sign_in(page, desk, "warden", address_of(patrol))
    expect(page.locator("[data-walked]")).to_contain_text("0 / 5")
    assert kept_pages(page.context, page) <= 1  # the one that is open now


def sign_in(page: Page, desk: RunningDesk, account: str, onwards: str) -> None:
    page.goto(onwards)
    page.locator("#account").fill(account)
    page.locator("#password").fill(desk.password)
    page.locator("main button.main").click()
    page.locator("[data-walked]").wait_for()


def kept_pages(_context: BrowserContext, page: Page) -> int:
    """How many pages could be opened without a connection."""
    paths = page.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(async (name) =>
           (await (await caches.open(name)).keys()).map((each) => new URL(each.url).pathname)))).flat()"""
    )
    return len([each for each in paths if not each.startswith("/console/")])


def test_the_pages_are_accessible_on_a_phone(
    console_page: ConsolePages, warden: str, patrol: Json, assert_accessible: Callable[[Page], None]
) -> None:
    page = console_page(warden, "en", size="phone", scheme="dark")
    page.goto("/inspections")
    expect(page.locator(".tickets > li").first).to_be_visible()
    assert_accessible(page)
    begin(page, patrol)
    page.locator("[data-point].current input[value=fail]").check()
    assert_accessible(page)
    for target in page.locator("[data-point].current .answers label, .thumb button").all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
