"""A new ticket by plain forms: the caller is found, the process picked, and the same is not opened twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from api_desk import COMPLAINT, Call
from plain_browser import PlainBrowser
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from workflows.storage.statement_count import executed

Enter = Callable[..., PlainBrowser]
FORM = "/new/complaint"
TYPED = {**COMPLAINT, "unit": "6-0901"}


def look_for(browser: PlainBrowser, said: str) -> TestResponse:
    """The page after looking for a caller."""
    browser.look("/new")
    assert browser.send("/new", caller=said).status_code == 303
    return browser.follow()


def ask_about(browser: PlainBrowser, words: str, **said: str) -> str:
    """The page after looking for the process that fits."""
    return browser.search("/new", **{"for": words, **said}).text


def opened(call: Call) -> list[dict[str, Any]]:
    """All complaints there are."""
    return list(call("cs-director").get("/api/tickets?workflow=complaint").json["items"])


def test_a_ticket_is_opened_by_its_generated_form(enter: Enter, call: Call) -> None:
    browser = enter("receptionist")
    browser.look(FORM)
    done = browser.send(FORM, **COMPLAINT)
    assert done.status_code == 303, done.text
    (ticket,) = opened(call)
    assert done.headers["Location"] == f"/tickets/{ticket['number']}"
    assert ticket["title"] == COMPLAINT["content"]
    assert COMPLAINT["content"] in browser.follow().text


def test_what_is_missing_is_said_beside_its_field_and_the_rest_is_kept(enter: Enter, call: Call) -> None:
    browser = enter("receptionist")
    browser.look(FORM)
    refused = browser.send(FORM, content="大堂无人清扫", contact="not a number")
    assert refused.status_code == 422
    assert 'id="field-contact-wrong"' in refused.text
    assert browser.form(FORM).values["content"] == ["大堂无人清扫"]
    assert browser.form(FORM).values["contact"] == ["not a number"]
    assert opened(call) == []


def test_likely_duplicates_are_offered_before_a_second_one_is_made(enter: Enter, call: Call) -> None:
    known = {"building": "6"}
    entry = "/api/registers/units/entries/6-0901"
    assert call("cs-officer").send("PUT", entry, {"values": known}, If_Match='"0"').status_code == 200
    first = call("receptionist").open("complaint", TYPED)
    browser = enter("receptionist")
    browser.look(FORM)
    again = browser.send(FORM, **TYPED)
    assert again.status_code == 409
    assert first["number"] in again.text
    assert len(opened(call)) == 1
    assert browser.send(FORM, despite="1").status_code == 303
    assert len(opened(call)) == 2


def test_a_form_sent_twice_opens_one_ticket(enter: Enter, call: Call) -> None:
    browser = enter("receptionist")
    browser.look(FORM)
    form = browser.form(FORM)
    values = {**form.values, **COMPLAINT}
    one, other = (browser.client.post(form.action, data=values) for _ in range(2))
    assert one.headers["Location"] == other.headers["Location"]
    assert len(opened(call)) == 1


def test_a_table_of_the_form_gets_a_row_and_keeps_what_was_typed(enter: Enter) -> None:
    browser, growing = enter("receptionist"), "/new/owner-record"
    browser.look(growing)
    table = re.search(r'name="add" value="([\w-]+)"', browser.page.text)
    assert table is not None
    before = browser.page.text.count(f'name="{table[1]}.')
    again = browser.send(growing, add=table[1], note="noch da")
    assert again.status_code == 200
    assert again.text.count(f'name="{table[1]}.') == 2 * before
    assert "noch da" in again.text


def test_processes_are_found_by_what_people_say(enter: Enter, call: Call) -> None:
    """By the titles of the process and its options, and by what earlier tickets said."""
    call("receptionist").open("complaint", {**COMPLAINT, "content": "楼道灯不亮"})
    browser = enter("receptionist")
    assert f'href="{FORM}?' in ask_about(browser, "灯不亮")
    assert f'href="{FORM}?' in ask_about(browser, "投诉")
    assert f'href="{FORM}?' not in ask_about(browser, "zzzz")


def test_on_a_new_desk_they_are_found_by_what_scenarios_say(enter: Enter) -> None:
    """No ticket has been opened yet, and nobody says it in the very same words."""
    browser = enter("receptionist")
    for said in ("灯不亮", "客厅的灯不亮了", "燈不亮", "repair", "Reparac"):
        assert 'href="/new/repair?' in ask_about(browser, said), said
    assert 'href="/new/repair?' not in ask_about(browser, "zzzz")


@pytest.mark.parametrize("said", ["lamp", "water leak", "lámpara", "下水道堵了", "燈不亮"])
def test_they_are_found_in_the_words_of_those_who_want_them(enter: Enter, said: str) -> None:
    assert "/new/repair?" in ask_about(enter("receptionist"), said)


def test_what_a_definition_says_comes_before_what_earlier_tickets_say(enter: Enter, call: Call) -> None:
    """A complaint about a leak does not make the next leak a complaint."""
    call("receptionist").open("complaint", {**COMPLAINT, "content": "漏水多日无人处理"})
    found = re.findall(r'href="/new/([\w-]+)\?', ask_about(enter("receptionist"), "漏水"))
    assert found[0] == "repair"
    assert "complaint" in found


def test_a_script_gets_the_processes_alone(enter: Enter) -> None:
    """Those that the page without script shows; for nobody who has not signed in."""
    browser = enter("receptionist")
    assert "process_search.js" in browser.look("/new").text
    said = {**browser.form("/new").values, "for": "灯不亮", "unit": "6-0901"}
    part = browser.client.post("/new/processes?site=lake", data=said)
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "6-0901" not in part.text
    found = re.search(r'href="(/new/repair\?site=lake&amp;find=[^"]+)"', part.text)
    assert found is not None
    form = browser.look(found[1].replace("&amp;", "&"))
    assert browser.form("/new/repair").values["unit"] == ["6-0901"], form.text
    assert "data-found" in browser.client.post("/new/processes", data={**said, "for": "zzzz"}).text
    assert browser.client.post("/new/processes?site=hill", data=said).status_code == 404


def test_the_caller_is_found_by_phone_with_the_open_tickets(enter: Enter, call: Call) -> None:
    """And the search is recorded, as by the API."""
    ticket = call("receptionist").open("complaint", COMPLAINT)
    browser = enter("receptionist")
    page = look_for(browser, "13800000001")
    assert ticket["number"] in page.text
    assert "138****0001" in browser.look(f"/tickets/{ticket['number']}").text
    found = call("office-director").get("/api/sites/lake/searches").json["items"]
    assert [each["staff"] for each in found] == ["id-receptionist"]
    assert look_for(browser, "13").status_code == 200


def test_what_was_said_of_a_caller_stands_in_no_address(enter: Enter, call: Call) -> None:
    """Neither in those that the page leads to, nor in the log; and what stands there is of use to nobody
    else."""
    ticket = call("receptionist").open("complaint", COMPLAINT)
    browser, other = enter("receptionist"), enter("cs-officer")
    with capture_logs() as logged:
        page = look_for(browser, "13800000001")
    addresses = re.findall(r'(?:href|action|name="next" value)="([^"]*)"', page.text)
    assert not any("13800000001" in each for each in (page.request.url, *addresses, str(logged)))
    assert ticket["number"] not in other.look(page.request.full_path).text
    for made_up in ("13800000001", "x", "=", "é"):
        assert ticket["number"] not in browser.look(f"/new?find={made_up}").text


def test_who_may_not_open_it_is_refused(enter: Enter, call: Call) -> None:
    browser = enter("cleaner")
    browser.look(FORM)
    assert browser.send(FORM, **COMPLAINT).status_code == 403
    assert opened(call) == []
    assert browser.look("/new/nonsense").status_code == 404


def test_who_belongs_to_two_sites_says_which(enter: Enter) -> None:
    browser = enter("both")
    assert re.findall(r'href="/new\?site=(\w+)"', browser.look("/new").text) == ["hill", "lake"]
    assert browser.look("/new?site=hill").status_code == 200
    assert browser.look("/new?site=elsewhere").status_code == 404


def test_what_is_typed_is_text_and_no_page(enter: Enter) -> None:
    browser, evil = enter("receptionist"), '"><script>alert(1)</script>'
    browser.look(FORM)
    again = browser.send(FORM, content=evil, contact=evil, note=evil)
    assert again.status_code == 422
    assert "<script>" not in again.text
    assert "<script>" not in ask_about(browser, evil)
    assert "<script>" not in look_for(browser, evil).text


def test_the_pages_cost_few_statements(enter: Enter) -> None:
    browser = enter("receptionist")
    found = look_for(browser, "6-0901").request.full_path
    ask_about(browser, "灯", unit="6-0901")
    for path in ("/new", browser.page.request.full_path, found, FORM):
        browser.look(path)
        before = executed.total
        browser.look(path)
        assert executed.total - before <= 12, path
