"""A resident follows a ticket by a link: what happens next, urging, rating, and what is never shown."""

from __future__ import annotations

import re

from api_desk import COMPLAINT, Call
from plain_browser import PlainBrowser
from resident_office import REPORT, UNIT, give_link, revisited_complaint

from service.bootstrap import Desk
from workflows.storage.statement_count import executed


def test_the_page_says_where_it_stands_who_has_it_and_by_when(
    browser: PlainBrowser, desk: Desk, call: Call
) -> None:
    ticket = call("receptionist").open("complaint", COMPLAINT)
    page = browser.look(f"/r/{give_link(desk, ticket['id'])}?lang=zh-Hans")
    assert page.status_code == 200, page.text
    for shown in (ticket["number"], "已登记", "客服专员", "最迟"):
        assert shown in page.text, shown
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert 'lang="zh-Hans"' in page.text


def test_nothing_of_anybody_is_shown(browser: PlainBrowser, desk: Desk, call: Call) -> None:
    """No name, no telephone, no text of the ticket, no note, nobody of the staff."""
    ticket = revisited_complaint(call)
    seen = {"If_Match": f'"{ticket["seq"]}"'}
    noted = call("cs-officer").post(f"/api/tickets/{ticket['id']}/notes", {"text": "业主难缠"}, **seen)
    assert noted.status_code == 201, noted.text
    page = browser.look(f"/r/{give_link(desk, ticket['id'])}").text
    for hidden in (
        "苏晴",
        "13800000006",
        "0006",
        UNIT,
        "垃圾",
        "秘密备注",
        "难缠",
        "员工",
        "cs-officer",
        "id-",
    ):
        assert hidden not in page, hidden


def test_urging_is_counted_once_for_a_form_that_is_sent_twice(
    browser: PlainBrowser, desk: Desk, call: Call
) -> None:
    ticket = call("receptionist").open("complaint", COMPLAINT)
    token = give_link(desk, ticket["id"])
    browser.look(f"/r/{token}")
    form = browser.form(f"/r/{token}/urge")
    values = {**form.values, "said": "请尽快"}
    for _ in range(2):
        assert browser.client.post(form.action, data=values).status_code == 303
    last = call("cs-officer").get(f"/api/tickets/{ticket['id']}/history").json["items"][-1]
    assert (last["kind"], last["surface"], last["note"]) == ("urge", "resident", "请尽快")
    assert "请尽快" not in browser.look(f"/r/{token}").text


def test_who_is_content_says_so_and_who_is_not_has_it_done_again(
    browser: PlainBrowser, desk: Desk, call: Call
) -> None:
    ticket = revisited_complaint(call)
    token = give_link(desk, ticket["id"])
    officer, rate = call("cs-officer"), f"/r/{token}/steps/rate"
    browser.look(f"/r/{token}")
    assert browser.send(rate, satisfied="yes").status_code == 303
    assert "Thank you" in browser.follow().text
    seen = officer.get(f"/api/tickets/{ticket['id']}").json
    assert (seen["state"], seen["data"]["satisfied"]) == ("revisited", True)
    closed = officer.fire(seen, "close", {"cause": "process", "analysis": "清运安排不当"})
    assert closed.status_code == 201, closed.text
    page = browser.look(f"/r/{token}")
    assert "Ask again" not in page.text, "it has ended"
    missing = browser.send(rate, satisfied="no")
    assert missing.status_code == 422
    assert 'id="field-client_words-wrong"' in missing.text
    assert browser.send(rate, satisfied="no", client_words="异味又来了").status_code == 303
    again = officer.get(f"/api/tickets/{ticket['id']}").json
    assert (again["state"], again["data"]["client_words"]) == ("in-handling", "异味又来了")
    assert "异味" not in browser.look(f"/r/{token}").text


def test_a_step_of_the_staff_is_not_taken_by_a_link(browser: PlainBrowser, desk: Desk, call: Call) -> None:
    ticket = call("receptionist").open("complaint", COMPLAINT)
    token = give_link(desk, ticket["id"])
    browser.look(f"/r/{token}")
    values = browser.form(f"/r/{token}/urge").values
    more = {"nature": "valid", "subject": "cleaning", "severity": "low", "satisfied": "yes"}
    for trigger in ("determine-nature", "withdraw", "rate", "nonsense"):
        sent = browser.client.post(f"/r/{token}/steps/{trigger}", data={**values, **more})
        assert sent.status_code == 409, trigger
    assert call("cs-officer").get(f"/api/tickets/{ticket['id']}").json["seq"] == ticket["seq"]


def test_a_link_is_for_its_ticket_alone(browser: PlainBrowser, desk: Desk, call: Call) -> None:
    """Not for reporting, and not for another ticket."""
    mine = call("receptionist").open("complaint", COMPLAINT)
    other = call("receptionist").open("repair", {**REPORT, "unit": UNIT})
    token = give_link(desk, mine["id"])
    page = browser.look(f"/r/{token}")
    assert other["number"] not in page.text
    values = browser.form(f"/r/{token}/urge").values
    assert browser.client.post(f"/r/{token}/report/repair", data={**values, **REPORT}).status_code == 404
    assert browser.look(f"/tickets/{mine['number']}").status_code == 303, "it is no sign-in"
    assert browser.client.get(f"/api/tickets/{mine['id']}").status_code == 401


def test_staff_see_that_a_resident_did_it(browser: PlainBrowser, desk: Desk, call: Call) -> None:
    ticket = call("receptionist").open("complaint", COMPLAINT)
    browser.look(f"/r/{give_link(desk, ticket['id'])}")
    assert browser.send("/r/", said="请尽快").status_code == 303
    staff = PlainBrowser(browser.client.application.test_client())
    staff.sign_in("cs-officer")
    page = staff.look(f"/tickets/{ticket['number']}").text
    assert "客户 · " in page
    assert not re.search(r"guest:", page)


def test_the_page_costs_few_statements(browser: PlainBrowser, desk: Desk, call: Call) -> None:
    token = give_link(desk, revisited_complaint(call)["id"])
    browser.look(f"/r/{token}")
    before = executed.total
    page = browser.look(f"/r/{token}")
    assert executed.total - before <= 12
    style = page.text.split('rel="stylesheet" href="')[1].split('"')[0]
    assert len(page.data) + len(browser.client.get(style).data) < 30_000
