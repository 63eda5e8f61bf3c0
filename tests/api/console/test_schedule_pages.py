"""Today's rounds, and rosters: what is due, what comes, who is next and why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from api_desk import HILL, LAKE, Call
from plain_browser import PlainBrowser
from time_machine import travel

from service import wallclock
from service.bootstrap import Desk
from workflows.core.people import Membership, Staff
from workflows.core.schedule_slots import Occurrence
from workflows.storage.schedule_runs import ScheduleRun
from workflows.storage.statement_count import executed

Enter = Callable[..., PlainBrowser]
MONDAY = "2026-03-02T09:00:00+08:00"
BOOK = f"/rosters/{LAKE}/consultants"
NAMES = ("wang", "li", "zhao")


@pytest.fixture
def clock() -> Any:
    """The wall clock, on a Monday morning."""
    with travel(MONDAY, tick=False) as found:
        yield found


@pytest.fixture
def rounds(desk: Desk, clock: Any) -> None:
    """The mail round of today has been opened."""
    now = wallclock.now()
    desk.runs.add([ScheduleRun(Occurrence(LAKE, "desk-mail-round", "2026-03-02 09:00", now, now))])
    desk.schedules.tick(now)


@pytest.fixture
def consultants(desk: Desk, clock: Any) -> None:
    """Three who take turns."""
    for name in NAMES:
        post = (Membership(LAKE, "consultant"),)
        person = Staff(id=f"id-{name}", account=name, name=name.title(), memberships=post)
        desk.people.add_staff(person, _hash(desk))


def _hash(desk: Desk) -> str:
    known = desk.people.account("receptionist")
    assert known is not None
    return str(known.password_hash)


def test_what_is_due_today_is_shown_with_where_and_who(enter: Enter, rounds: None) -> None:
    page = enter("receptionist").look("/rounds").text
    assert "当日报刊信件" in page
    assert "/tickets/" in page


def test_without_rounds_the_page_says_so(enter: Enter, clock: Any) -> None:
    browser = enter("receptionist")
    for tab in ("due", "done"):
        assert 'class="nothing"' in browser.look(f"/rounds?tab={tab}").text


def test_what_comes_today_and_tomorrow_is_listed_in_order(enter: Enter, clock: Any) -> None:
    page = enter("receptionist").look("/rounds?tab=next").text
    assert page.index("部门日常督导") < page.index("夜间巡逻")


def test_the_plan_says_what_could_not_be_opened(enter: Enter, desk: Desk, clock: Any) -> None:
    now = wallclock.now()
    run = ScheduleRun(Occurrence(LAKE, "grooming", "2026-03-02 08:30", now, now))
    desk.runs.add([run])
    desk.runs.record_result(ScheduleRun(run.occurrence, "parked", 0, "no room", now))
    page = enter("receptionist").look("/rounds?tab=plan").text
    assert "no room" in page
    assert "暴雨前托管房巡查" in page


def test_rounds_of_another_site_are_not_shown(enter: Enter) -> None:
    assert enter("receptionist").look(f"/rounds?site={HILL}").status_code == 404
    assert enter("both").look(f"/rounds?site={HILL}").status_code == 200
    assert enter("receptionist").look("/rounds?cursor=nonsense").status_code == 422


@pytest.mark.parametrize("tab", ["due", "done", "next", "plan"])
def test_a_tab_of_the_rounds_costs_few_statements(enter: Enter, rounds: None, tab: str) -> None:
    browser = enter("receptionist")
    browser.look(f"/rounds?tab={tab}")
    before = executed.total
    browser.look(f"/rounds?tab={tab}")
    assert executed.total - before <= 12


def test_who_signs_in_first_is_next_and_the_page_says_why_nobody_else(
    enter: Enter, consultants: None
) -> None:
    for name in NAMES:
        browser = enter(name)
        browser.look(BOOK)
        assert browser.send(BOOK, mark="sign-in").status_code == 303
    page = browser.follow().text
    assert "轮到：Wang" in page
    assert "轮序在后" in page
    assert page.index("Wang</strong>") < page.index("Zhao</strong>")


def test_who_leaves_is_skipped_and_somebody_stands_in(enter: Enter, consultants: None) -> None:
    for name in NAMES[:2]:
        browser = enter(name)
        browser.look(BOOK)
        browser.send(BOOK, mark="sign-in")
    keeper = enter("sales-front-desk")
    keeper.look(BOOK)
    left = keeper.send(BOOK, mark="leave", person="id-wang", leave="private", substitute="id-li")
    assert left.status_code == 303, left.text
    page = keeper.follow().text
    assert "因私外出" in page
    assert "由 Li 顶替" in page


def test_what_cannot_be_reported_says_why_and_keeps_the_form(enter: Enter, consultants: None) -> None:
    browser = enter("wang")
    browser.look(BOOK)
    refused = browser.send(BOOK, mark="return")
    assert refused.status_code == 409
    assert 'role="alert"' in refused.text
    assert browser.send(BOOK, mark="nonsense").status_code == 422
    assert browser.send(BOOK, mark="sign-in", person="id-li").status_code == 403


def test_a_report_sent_twice_is_one(enter: Enter, call: Call, consultants: None) -> None:
    browser = enter("wang")
    browser.look(BOOK)
    form = browser.form(BOOK)
    values = form.values | {"mark": ["sign-in"]}
    answers = [browser.client.post(form.action, data=values).status_code for _ in range(2)]
    assert answers == [303, 303]
    assert len(call("wang").get(f"/api{BOOK}").json["log"]) == 1


def test_only_who_takes_turns_or_keeps_the_book_has_a_form(enter: Enter, consultants: None) -> None:
    assert f'action="{BOOK}"' not in enter("receptionist").look(BOOK).text
    keeper = enter("sales-front-desk").look(BOOK).text
    assert "准接第二位客户" not in keeper
    assert "准接第二位客户" in enter("sales-manager").look(BOOK).text


def test_another_day_is_shown_and_a_bad_one_refused(enter: Enter, consultants: None) -> None:
    browser = enter("sales-front-desk")
    page = browser.look(f"{BOOK}?date=2026-02-27").text
    assert "还没有人签到" in page
    assert f'action="{BOOK}"' not in page
    assert browser.look(f"{BOOK}?date=tomorrow").status_code == 400
    assert browser.look(f"/rosters/{LAKE}/nonsense").status_code == 404
    assert browser.look(f"/rosters/{HILL}/consultants").status_code == 404


def test_the_rosters_of_a_site_are_listed_for_few_statements(enter: Enter, consultants: None) -> None:
    browser = enter("wang")
    for path in ("/rosters", BOOK):
        assert "轮序" in browser.look(path).text
        before = executed.total
        browser.look(path)
        assert executed.total - before <= 12, path
