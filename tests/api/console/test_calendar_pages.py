"""The calendars of a site: the year at a glance, and what another day would mean."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from api_desk import LAKE, Call
from plain_browser import FormParser, PlainBrowser
from werkzeug.test import TestResponse

from service import wallclock
from service.bootstrap import Desk
from workflows.timing.instants import parse_rfc3339

Enter = Callable[..., PlainBrowser]
FRIDAY = parse_rfc3339("2026-03-06T16:30:00+08:00")
COMPLAINT = {"complainant": "测试甲", "contact": "13800000000", "channel": "phone", "content": "漏水"}
OFFICE = f"/calendars?site={LAKE}&calendar=office"
MONDAY = f"{OFFICE}&day=2026-03-09&act=close"


@pytest.fixture(autouse=True)
def friday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wallclock, "now", lambda: FRIDAY)


def kinds(page: str, title: str) -> list[str]:
    """The kinds of days of a month."""
    month = page.partition(f"<caption>{title} ")[2].partition("</table>")[0]
    return re.findall(r'<td class="day ([\w-]+)', month)


def test_the_year_shows_what_kind_each_day_is(enter: Enter) -> None:
    browser = enter("office-director")
    page = browser.look(f"{OFFICE}&year=2026").text
    march = kinds(page, "三月")
    assert (len(march), march[0], march[1], march[8]) == (31, "rest", "working", "working")
    assert kinds(page, "十月")[0] == "holiday"
    assert page.count("<caption>") == 12
    assert browser.look(f"{OFFICE}&year=9999").status_code == 200
    assert browser.look("/calendars?calendar=none&year=x").status_code == 200


def test_a_day_that_would_be_closed_moves_promises_and_sets_nothing(enter: Enter, call: Call) -> None:
    ticket = call("receptionist").open("complaint", COMPLAINT)
    browser = enter("office-director")
    page = browser.look(MONDAY).text
    assert ticket["number"] in page
    assert "时限变动：1 项" in page
    assert (
        call("office-director").get(f"/api/tickets/{ticket['id']}").json["due_at"] == "2026-03-09T01:30:00Z"
    )
    assert kinds(page, "三月")[8] == "working"


def test_the_year_that_is_shown_is_that_of_the_day_that_is_asked_about(enter: Enter) -> None:
    assert "· 2027</h2>" in enter("office-director").look(f"{OFFICE}&day=2027-03-03&act=close").text


def test_a_day_is_set_for_the_site_and_taken_back(enter: Enter, desk: Desk, call: Call) -> None:
    ticket = call("receptionist").open("complaint", COMPLAINT)
    browser = enter("office-director")
    browser.look(f"{MONDAY}&reason=%3Cscript%3Ealert(1)%3C/script%3E")
    answer = _apply(browser)
    assert answer.status_code == 303
    page = browser.follow().text
    assert kinds(page, "三月")[8] == "closed"
    assert "<script>alert" not in page
    assert desk.deadlines.replan(FRIDAY + 30) == 1
    assert (
        call("office-director").get(f"/api/tickets/{ticket['id']}").json["due_at"] == "2026-03-10T01:30:00Z"
    )
    browser.look(f"{OFFICE}&day=2026-03-09&act=usual")
    assert _apply(browser).status_code == 303
    assert kinds(browser.follow().text, "三月")[8] == "working"


def test_a_day_of_rest_can_be_opened(enter: Enter) -> None:
    browser = enter("office-director")
    browser.look(f"{OFFICE}&day=2026-03-08&act=open")
    assert _apply(browser).status_code == 303
    assert kinds(browser.follow().text, "三月")[7] == "opened"


def test_of_two_who_saw_the_same_calendar_one_must_look_again(enter: Enter) -> None:
    first, second = enter("office-director"), enter("director-of-both")
    first.look(MONDAY)
    second.look(MONDAY.replace("03-09", "03-10"))
    assert _apply(first).status_code == 303
    assert _apply(second).status_code == 412


def test_what_is_no_day_is_said(enter: Enter) -> None:
    browser = enter("office-director")
    assert browser.look(f"{OFFICE}&day=yesterday").status_code == 422
    assert browser.look(f"{OFFICE}&day=2026-03-09&act=%3Cb%3E").status_code == 200


@pytest.mark.parametrize(
    ("who", "path"), [("receptionist", OFFICE), ("office-director", "/calendars?site=hill")]
)
def test_calendars_are_for_those_who_look_after_the_desk_there(enter: Enter, who: str, path: str) -> None:
    assert enter(who).look(path).status_code in (403, 404)


def _apply(browser: PlainBrowser) -> TestResponse:
    """Send the form that sets the day: the only one there that is posted."""
    forms = FormParser(browser.page.text).forms
    form = next(each for each in forms if each.action == "/calendars" and each.method == "post")
    browser.shown = browser.client.post("/calendars", data=form.values)
    return browser.page
