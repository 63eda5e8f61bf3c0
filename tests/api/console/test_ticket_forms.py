"""A ticket's page: read by who may, worked on by plain forms, and nothing is overwritten or done twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from api_desk import COMPLAINT, HILL, LAKE, Call
from flask import Flask
from plain_browser import PlainBrowser

from service import auth
from service.bootstrap import Desk
from workflows.core.people import Staff
from workflows.storage.statement_count import executed

Enter = Callable[..., PlainBrowser]


@pytest.fixture
def ticket(call: Call) -> dict[str, Any]:
    return call("receptionist").open("complaint", COMPLAINT)


def path_of(ticket: dict[str, Any]) -> str:
    return f"/tickets/{ticket['number']}"


def steps(browser: PlainBrowser) -> list[str]:
    """The steps that the page offers."""
    return re.findall(r"step=([\w-]+)#step", browser.page.text)


def now(call: Call, ticket: dict[str, Any]) -> dict[str, Any]:
    """The ticket as it stands."""
    return dict(call("cs-director").get(f"/api/tickets/{ticket['id']}").json)


def test_a_reader_sees_the_ticket_and_nothing_personal(enter: Enter, ticket: dict[str, Any]) -> None:
    page = enter("cs-officer").look(path_of(ticket))
    assert page.status_code == 200
    assert str(COMPLAINT["content"]) in page.text
    for name in ("complainant", "contact"):
        assert str(COMPLAINT[name]) not in page.text
    assert "138****0001" in page.text


def test_who_has_not_signed_in_learns_nothing(browser: PlainBrowser, ticket: dict[str, Any]) -> None:
    """One that does not exist leads to the same sign-in."""
    found, unknown = browser.look(path_of(ticket)), browser.look("/tickets/NONE-1")
    assert (found.status_code, unknown.status_code) == (303, 303)
    assert found.headers["Location"] == f"/sign-in?next=%2Ftickets%2F{ticket['number']}"


def test_of_another_sites_ticket_nothing_is_said(enter: Enter, ticket: dict[str, Any]) -> None:
    browser = enter("elsewhere")
    assert browser.look(f"{path_of(ticket)}?site={LAKE}").status_code == 404
    page = browser.look(path_of(ticket))
    unknown = browser.look("/tickets/NONE-1")
    assert (page.status_code, unknown.status_code) == (404, 404)
    assert ticket["title"] not in page.text


def test_who_belongs_to_no_site_may_not_look(
    browser: PlainBrowser, desk: Desk, ticket: dict[str, Any]
) -> None:
    nowhere = Staff(id="id-nowhere", account="nowhere", name="Nowhere Example", memberships=())
    desk.people.add_staff(nowhere, auth.hash_password("a made-up password"))
    browser.sign_in("nowhere")
    assert browser.look(path_of(ticket)).status_code == 403
    assert browser.look("/desk").status_code == 403


def test_a_number_of_two_sites_leads_to_each(enter: Enter, call: Call, ticket: dict[str, Any]) -> None:
    call("elsewhere").open("complaint", COMPLAINT)
    browser = enter("both")
    page = browser.look(path_of(ticket))
    assert page.status_code == 409
    links = [f"{path_of(ticket)}?site={site}" for site in (HILL, LAKE)]
    assert [each for each in re.findall('href="([^"]+)"', page.text) if "site=" in each] == links
    assert browser.look(links[0]).status_code == 200


def test_who_asks_for_json_gets_the_ticket(call: Call, app: Flask, ticket: dict[str, Any]) -> None:
    """With a token, as in the API; without, its problem."""
    officer, path = call("cs-officer"), path_of(ticket)
    assert officer.get(path).json == officer.get(f"/api{path}").json
    refused = app.test_client().get(path, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.mimetype) == (401, "application/problem+json")


def test_what_stands_in_a_ticket_is_text_and_no_page(enter: Enter, call: Call) -> None:
    """In a field, a note, and a form that is shown again."""
    evil = "<script>alert(1)</script>\"'><img src=x>"
    opened = call("receptionist").open("complaint", {**COMPLAINT, "content": evil, "place": evil})
    browser = enter("cs-officer")
    browser.look(path_of(opened))
    browser.send(f"{path_of(opened)}/notes", note=evil)
    page = browser.follow()
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert page.text.count("&lt;script&gt;alert(1)") >= 3
    browser.look(f"{path_of(opened)}?step={steps(browser)[0]}")
    again = browser.send(f"{path_of(opened)}/steps/", note=evil, add="x<script>")
    assert "<script>" not in again.text


def test_a_whole_day_by_plain_forms(enter: Enter, call: Call, ticket: dict[str, Any]) -> None:
    """Claimed, judged, with a note, followed and urged; each is in the history as done by the console."""
    officer = enter("cs-officer", "zh-Hans")
    officer.look(path_of(ticket))
    assert officer.send(f"{path_of(ticket)}/claim").status_code == 303
    assert now(call, ticket)["assignee"] == "id-cs-officer"
    officer.follow()
    officer.send(f"{path_of(ticket)}/notes", note="已致电")
    officer.follow()
    officer.send(f"{path_of(ticket)}/watch")
    officer.follow()
    officer.send(f"{path_of(ticket)}/urge", note="又来电")
    assert "又来电" in officer.follow().text
    trigger = steps(officer)[0]
    officer.look(f"{path_of(ticket)}?step={trigger}")
    refused = officer.send(f"{path_of(ticket)}/steps/{trigger}", note="缺少内容")
    assert (refused.status_code, 'role="alert"' in refused.text) == (409, True)
    assert "缺少内容" in refused.text
    history = call("cs-director").get(f"/api/tickets/{ticket['id']}/history").json["items"]
    assert [each["kind"] for each in history] == ["open", "claim", "note", "urge"]
    assert {each["surface"] for each in history[1:]} == {"console"}
    assert officer.look(path_of(ticket)).text.count('name="end"') == 1


def test_a_step_is_taken_by_its_generated_form(enter: Enter, call: Call, ticket: dict[str, Any]) -> None:
    browser = enter("cs-officer")
    browser.look(path_of(ticket))
    trigger = steps(browser)[0]
    form = browser.look(f"{path_of(ticket)}?step={trigger}")
    assert form.status_code == 200
    values = answers(browser, ticket, trigger)
    done = browser.send(f"{path_of(ticket)}/steps/{trigger}", **values)
    assert done.status_code == 303, done.text
    assert now(call, ticket)["seq"] == 2
    assert 'role="status"' in browser.follow().text


def answers(browser: PlainBrowser, ticket: dict[str, Any], trigger: str) -> dict[str, str]:
    """The first option of each choice, and a text for each empty input."""
    found: dict[str, str] = {}
    text = browser.page.text
    for name, value in re.findall(r'<input type="radio" name="([\w.-]+)" value="([^"]+)"', text):
        found.setdefault(name, value)
    for name, body in re.findall(
        r'<select id="[\w.-]+" name="([\w.-]+)".*?</option>(.*?)</select>', text, re.S
    ):
        if name not in ("language", "theme") and (options := re.findall('value="([^"]+)"', body)):
            found.setdefault(name, options[0])
    return found


def test_a_form_that_is_sent_twice_acts_once(enter: Enter, call: Call, ticket: dict[str, Any]) -> None:
    browser = enter("cs-officer")
    browser.look(path_of(ticket))
    form = browser.form(f"{path_of(ticket)}/notes")
    values = {**form.values, "note": "只记一次"}
    one, other = (browser.client.post(form.action, data=values) for _ in range(2))
    assert one.status_code == other.status_code == 303
    assert one.headers["Location"] == other.headers["Location"]
    assert now(call, ticket)["seq"] == 2


def test_a_stale_form_keeps_what_was_typed_beside_what_has_changed(
    enter: Enter, call: Call, ticket: dict[str, Any]
) -> None:
    browser = enter("cs-officer")
    browser.look(path_of(ticket))
    trigger = steps(browser)[0]
    browser.look(f"{path_of(ticket)}?step={trigger}")
    values = answers(browser, ticket, trigger)
    heads = {"If_Match": f'"{ticket["seq"]}"'}
    assert call("cs-supervisor").post(f"/api/tickets/{ticket['id']}/notes", {"text": "刚刚有人来过"}, **heads)
    stale = browser.send(f"{path_of(ticket)}/steps/{trigger}", note="我写的话", **values)
    assert stale.status_code == 412
    assert "我写的话" in stale.text
    assert "刚刚有人来过" in stale.text
    for name, value in values.items():
        assert browser.form(f"{path_of(ticket)}/steps/").values[name] == [value]
    assert now(call, ticket)["seq"] == 2
    assert browser.send(f"{path_of(ticket)}/steps/{trigger}").status_code == 303
    assert now(call, ticket)["seq"] == 3


def test_who_may_not_take_a_step_is_refused_by_the_engine(enter: Enter, ticket: dict[str, Any]) -> None:
    """Also with a form that was made up; the page says who could."""
    officer, other = enter("cs-officer"), enter("cleaner")
    officer.look(path_of(ticket))
    trigger = steps(officer)[0]
    page = other.look(path_of(ticket))
    assert trigger not in steps(other)
    token = other.form("/sign-out").values["csrf_token"][0]
    values = {"csrf_token": token, "seq": "1"}
    refused = other.client.post(f"{path_of(ticket)}/steps/{trigger}", data=values)
    assert (page.status_code, refused.status_code) == (200, 403)
    assert other.client.post(f"{path_of(ticket)}/steps/nonsense", data=values).status_code == 404


def test_a_file_of_the_ticket_is_read_by_who_may(enter: Enter, call: Call) -> None:
    reception = call("receptionist")
    opened = reception.open("complaint", {**COMPLAINT, "photos": [reception.upload()]})
    browser = enter("cs-officer")
    (link,) = re.findall(rf'href="({path_of(opened)}/files/[^"]+)"', browser.look(path_of(opened)).text)
    answer = browser.look(link)
    assert (answer.status_code, answer.data) == (200, b"a paper")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert enter("elsewhere").look(link).status_code == 404


def test_the_page_costs_few_statements(enter: Enter, call: Call, ticket: dict[str, Any]) -> None:
    browser = enter("cs-officer")
    browser.look(path_of(ticket))
    before = executed.total
    browser.look(path_of(ticket))
    assert executed.total - before <= 12
