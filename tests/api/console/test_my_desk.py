"""One's own desk: what one has to do, with right counts, and a search."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from api_desk import COMPLAINT, Call
from plain_browser import PlainBrowser
from small_process import publish_small

from service.bootstrap import Desk
from workflows.storage.people.saved_filters import MAX_SAVED
from workflows.storage.statement_count import executed

Enter = Callable[..., PlainBrowser]
MOST_STATEMENTS = 12  # of a page, however many tickets there are


def counts(browser: PlainBrowser) -> dict[str, str]:
    """The counts beside the tabs."""
    found = re.findall(r'tab=(\w+)"[^>]*>[^<]*<span class="count">([^<]+)<', browser.page.text)
    return dict(found)


def test_each_tab_counts_what_it_shows(enter: Enter, call: Call) -> None:
    opened = call("receptionist").open("complaint", COMPLAINT)
    call("cs-officer").send("PUT", f"/api/tickets/{opened['number']}/watchers/me")
    reception, officer = enter("receptionist"), enter("cs-officer")
    reception.look("/desk")
    assert counts(reception)["others"] == "1"
    officer.look("/desk?tab=watched")
    assert (counts(officer)["queue"], counts(officer)["watched"], counts(officer)["mine"]) == ("1", "1", "0")
    assert opened["number"] in officer.page.text
    assert opened["number"] not in officer.look("/desk?tab=mine").text
    assert "目前没有指派给您的工单" in officer.page.text


def test_what_is_ones_own_move_does_not_wait_for_others(enter: Enter, call: Call, desk: Desk) -> None:
    """Though one has opened it oneself; who has the next move stands in the row."""
    reception = call("receptionist")
    own = reception.open(publish_small(desk, "small"), {"what": "x"})
    waiting = reception.open("complaint", COMPLAINT)
    browser = enter("receptionist")
    page = browser.look("/desk?tab=others").text
    assert own["number"] not in page
    assert waiting["number"] in page
    assert "客服专员" in page
    assert counts(browser)["others"] == "1"


def test_a_search_finds_by_words_and_number(enter: Enter, call: Call) -> None:
    opened = call("receptionist").open("complaint", COMPLAINT)
    browser = enter("cs-officer")
    for words in (opened["number"], "无人清扫"):
        assert f'href="/tickets/{opened["number"]}"' in browser.search("/desk", q=words).text
    assert opened["number"] not in browser.search("/desk", q="zzzz").text


def test_what_is_typed_or_stored_is_text_and_no_page(enter: Enter, call: Call) -> None:
    call("receptionist").open("complaint", {**COMPLAINT, "content": "<script>alert(1)</script>"})
    browser = enter("cs-officer")
    for path in (
        "/desk",
        '/desk?tab="><script>alert(3)</script>',
    ):
        assert "<script>alert" not in browser.look(path).text
    assert "<script>alert" not in browser.search("/desk", q="<script>alert(2)</script>").text
    assert "&lt;script&gt;alert(1)" in browser.look("/desk").text


def test_a_long_list_has_pages(enter: Enter, call: Call) -> None:
    reception = call("receptionist")
    numbers = {
        reception.open("complaint", {**COMPLAINT, "content": f"第 {place} 件"})["number"]
        for place in range(27)
    }
    browser, found, path = enter("cs-officer"), set[str](), "/desk"
    for _ in range(2):
        page = browser.look(path).text
        found |= set(re.findall(r'href="/tickets/([^"?]+)"', page))
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = following[1].replace("&amp;", "&") if following else ""
    assert (found, path) == (numbers, "")
    assert browser.look("/desk?cursor=nonsense").status_code == 422


@pytest.mark.parametrize("tab", ["queue", "mine", "others", "due", "watched"])
def test_a_tab_costs_few_statements(enter: Enter, call: Call, tab: str) -> None:
    reception = call("receptionist")
    for place in range(5):
        reception.open("complaint", {**COMPLAINT, "content": f"第 {place} 件"})
    browser = enter("cs-officer")
    browser.look("/desk")
    before = executed.total
    browser.look(f"/desk?tab={tab}")
    assert executed.total - before <= MOST_STATEMENTS


def test_tickets_are_filtered_and_the_filter_is_kept_for_its_owner(
    enter: Enter, call: Call, desk: Desk
) -> None:
    """By words, process and department; what is looked for is stored sealed."""
    reception = call("receptionist")
    small = reception.open(publish_small(desk, "small"), {"what": "大堂"})
    complaint = reception.open("complaint", COMPLAINT)
    browser = enter("cs-officer")
    page = browser.search("/desk", q="大堂", workflow="complaint", which="open").text
    assert complaint["number"] in page
    assert small["number"] not in page
    assert browser.send("/desk/filters", name="大堂的投诉").status_code == 303
    page = browser.follow().text
    assert complaint["number"] in page
    assert small["number"] not in page
    assert "<h1>大堂的投诉</h1>" in page
    (saved,) = desk.saved_filters.list_of("id-cs-officer")
    assert saved.conditions == {"q": "大堂", "workflow": "complaint", "which": "open"}
    stored = desk.database.read("SELECT sealed FROM saved_filters", {})
    assert "大堂".encode() not in bytes(stored[0][0])
    other = enter("cs-officer-2")
    assert "大堂的投诉" not in other.look(f"/desk?saved={saved.id}").text
    assert browser.send(f"/desk/filters/{saved.id}/remove").status_code == 303
    assert "大堂的投诉" not in browser.look("/desk").text


def test_a_filter_of_the_same_name_is_replaced_and_there_are_not_too_many(enter: Enter, desk: Desk) -> None:
    browser = enter("cs-officer")
    for place in range(MAX_SAVED + 1):
        browser.look("/desk?which=queue")
        assert browser.send("/desk/filters", name=f"F {place}").status_code == 303
    assert "20" in browser.follow().text
    assert len(desk.saved_filters.list_of("id-cs-officer")) == MAX_SAVED
    browser.look("/desk?which=all")
    browser.send("/desk/filters", name="F 1")
    found = {each.name: each.conditions for each in desk.saved_filters.list_of("id-cs-officer")}
    assert len(found) == MAX_SAVED
    assert found["F 1"] == {"which": "all"}
    browser.look("/desk?which=all")
    assert browser.send("/desk/filters", name=" ").headers["Location"] == "/desk?which=all"


def test_a_site_that_is_not_ones_own_is_no_filter(enter: Enter) -> None:
    assert enter("cs-officer").look("/desk?site=hill").status_code == 404
    both = enter("both")
    assert both.look("/desk?site=hill&which=all").status_code == 200
    assert "南山居" in both.page.text


def test_a_filter_costs_few_statements(enter: Enter, call: Call) -> None:
    call("receptionist").open("complaint", COMPLAINT)
    browser = enter("cs-officer")
    for path in ("/desk?workflow=complaint&which=open", "/desk?department=engineering&which=queue"):
        browser.look(path)
        before = executed.total
        browser.look(path)
        assert executed.total - before <= MOST_STATEMENTS, path


def test_the_bar_says_how_it_is_reckoned(enter: Enter, call: Call) -> None:
    """Where a pointer hovers, and to who opens it."""
    call("receptionist").open("complaint", COMPLAINT)
    page = enter("cs-officer").look("/desk").text
    assert page.count("只计工作时间") == 2
