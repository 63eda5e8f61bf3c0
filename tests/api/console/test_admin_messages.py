"""Messages that did not arrive are shown with the reason, and sent again once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from api_desk import COMPLAINT, HILL, Call
from plain_browser import PlainBrowser

from service import wallclock
from service.bootstrap import Desk
from workflows.storage.statement_count import executed

Enter = Callable[..., PlainBrowser]
PATH = "/admin/messages"


@pytest.fixture
def dead(call: Call, desk: Desk) -> str:
    """The id of a message to somebody of the staff that was given up."""
    call("receptionist").open("complaint", COMPLAINT)
    waiting = call("office-director").get("/api/outbox").json["items"]
    message = next(each["id"] for each in waiting if each["recipient"] != "client")
    claimed = {row.id: row for row in desk.outbox.claim(wallclock.now(), 50, 60, "test")}
    desk.outbox.mark_dead(claimed[message], "test", "no such mailbox")
    return str(message)


def test_a_failed_message_is_shown_with_its_reason_and_sent_again_once(
    enter: Enter, call: Call, dead: str
) -> None:
    browser, action = enter("office-director"), f"{PATH}/{dead}/requeue"
    assert "no such mailbox" in browser.look(PATH).text
    form = browser.form(action)
    first, again = (browser.client.post(form.action, data=form.values) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 303)
    waiting = call("office-director").get("/api/outbox").json["items"]
    assert next(each for each in waiting if each["id"] == dead)["attempts"] == 0
    assert "没有发送失败的消息" in browser.look(PATH).text
    fresh = form.values | {"idempotency_key": ["another"]}
    assert browser.client.post(form.action, data=fresh).status_code == 404


def test_a_recipient_leads_to_the_page_where_the_address_is(enter: Enter, call: Call, dead: str) -> None:
    browser = enter("office-director")
    found = re.search(r'href="(/admin/people/id-[^"]+)"', browser.look(PATH).text)
    assert found is not None
    assert 'id="mail"' in browser.look(found[1]).text


@pytest.mark.parametrize("status", ["dead", "no-address", "logged", "waiting", "sent", "nonsense"])
def test_an_empty_list_says_so(enter: Enter, status: str) -> None:
    page = enter("office-director").look(f"{PATH}?status={status}")
    assert page.status_code == 200
    assert 'class="nothing"' in page.text


def test_messages_of_other_sites_are_not_shown(enter: Enter, call: Call) -> None:
    call("elsewhere").open("complaint", COMPLAINT, site=HILL)
    waiting = f"{PATH}?status=waiting"
    assert 'class="nothing"' in enter("office-director").look(waiting).text
    assert 'class="nothing"' not in enter("director-of-both").look(waiting).text


def test_a_bad_cursor_is_refused(enter: Enter) -> None:
    assert enter("office-director").look(f"{PATH}?cursor=nonsense").status_code == 422


def test_a_long_list_costs_few_statements(enter: Enter, call: Call) -> None:
    reception = call("receptionist")
    for place in range(8):
        reception.open("complaint", {**COMPLAINT, "content": f"第 {place} 件"})
    browser = enter("office-director")
    for path in (PATH, f"{PATH}?status=waiting"):
        browser.look(path)
        before = executed.total
        browser.look(path)
        assert executed.total - before <= 12, path
