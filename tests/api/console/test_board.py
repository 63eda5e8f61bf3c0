"""The board: what is late or soon due, for those who direct the work."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from api_desk import COMPLAINT, LAKE, Call, caller, open_for_tests
from board_scene import DAY, Enter, boxes, dispatched, escalated, figure, numbers, numbers_of, opened
from plain_browser import PlainBrowser

from service.application import create_app
from service.bootstrap import Desk
from service.console.board import view
from workflows.core.people import Membership, Staff
from workflows.language.load import Folder
from workflows.storage.database import Database
from workflows.storage.statement_count import executed
from workflows.storage.tables import clocks, tickets

MOST_STATEMENTS = 12  # of the page, however many tickets there are


@pytest.fixture
def hired(desk: Desk) -> Callable[..., None]:
    """`hired("anna", Membership(...))` has an account with the password of all."""
    stored = desk.people.account("receptionist")
    assert stored is not None

    def hire(account: str, *posts: Membership) -> None:
        desk.people.add_staff(
            Staff(id=f"id-{account}", account=account, name=f"员工 {account}", memberships=posts),
            stored.password_hash,
        )

    return hire


def test_nothing_is_late_is_said_calmly(enter: Enter) -> None:
    browser = enter("office-director", language="en")
    page = browser.look("/board").text
    assert "没有超时的工单" in page
    assert "lateness" not in page
    assert figure(browser, "目前超时") == "0"
    assert figure(browser, "按时率") == "–"


def test_what_is_late_is_shown_by_department_and_process(
    enter: Enter, call: Call, at: Callable[[int], None]
) -> None:
    late = opened(call, 2)
    at(9 * DAY)
    later = opened(call, 1)
    browser = enter("office-director")
    page = browser.look("/board").text
    assert numbers(browser) == {each["number"] for each in (*late, *later)}
    assert "2 件超时" in page
    assert "尚未分派部门" in page
    assert figure(browser, "目前超时") == "2"


def test_figures_of_yesterday_are_those_of_the_api(
    enter: Enter, call: Call, at: Callable[[int], None]
) -> None:
    first, *_ = opened(call, 3)
    assert call("cs-officer").fire(first, "withdraw", {"reason": "误报"}).status_code == 201
    at(DAY)
    director = call("office-director")
    of_today = director.get("/api/tickets?category=closed").json["items"]
    browser = enter("office-director")
    browser.look("/board")
    assert figure(browser, "昨日新登记") == str(len(director.get("/api/tickets").json["items"])) == "3"
    assert figure(browser, "昨日办结") == str(len(of_today)) == "0", "one was withdrawn, and none closed"
    late = director.get("/api/tickets?overdue=true").json["items"]
    assert figure(browser, "目前超时") == str(len(late))


def test_a_process_and_a_department_can_be_chosen(
    enter: Enter, call: Call, at: Callable[[int], None]
) -> None:
    opened(call, 1)
    at(9 * DAY)
    browser = enter("office-director")
    assert numbers_of(browser, "/board?process=complaint")
    assert not numbers_of(browser, "/board?process=repair")
    assert "所选范围内没有" in browser.page.text
    assert not numbers_of(browser, "/board?department=engineering")
    assert numbers_of(browser, "/board?department=-&process=complaint")
    assert browser.look("/board?site=hill").status_code == 404
    assert browser.look("/board?page=nonsense").status_code == 200


def test_a_long_process_has_pages(enter: Enter, call: Call, at: Callable[[int], None]) -> None:
    many = opened(call, 53)
    at(9 * DAY)
    browser = enter("office-director")
    browser.look("/board")
    assert len(numbers(browser)) == 8
    more = re.search(r'href="(/board\?[^"]+)">[^<]*另有 45 件', browser.page.text)
    assert more
    browser.look(more[1].replace("&amp;", "&"))
    seen = numbers(browser)
    following = re.search(r'rel="next" href="([^"]+)"', browser.page.text)
    assert following
    browser.look(following[1].replace("&amp;", "&"))
    assert seen | numbers(browser) == {each["number"] for each in many}
    assert 'rel="next"' not in browser.page.text


def test_who_leads_nobody_has_no_board(enter: Enter) -> None:
    browser = enter("repair-worker")
    answer = browser.look("/board")
    assert answer.status_code == 403
    assert "看板供带队人员使用" in answer.text
    assert 'href="/board"' not in browser.look("/desk").text
    assert 'href="/board"' in enter("office-director").look("/desk").text


def test_a_head_sees_the_own_department_only(
    enter: Enter, call: Call, desk: Desk, at: Callable[[int], None], hired: Callable[..., None]
) -> None:
    """Not what other departments have, nor what somebody else's post directs."""
    hired("head-of-engineering", Membership(LAKE, "dept-head", "engineering"))
    hired("head-of-security", Membership(LAKE, "dept-head", "security"))
    hired("leader-of-cleaners", Membership(LAKE, "cleaning-head", "environment"))
    ticket = dispatched(call, "engineering")
    at(30 * DAY)
    assert numbers_of(enter("head-of-engineering")) == {ticket["number"]}
    assert numbers_of(enter("head-of-security")) == set()
    assert numbers_of(enter("leader-of-cleaners")) == set()
    assert numbers_of(enter("office-director")) == {ticket["number"]}


def test_what_is_restricted_is_on_nobody_elses_board(
    enter: Enter, desk: Desk, call: Call, at: Callable[[int], None]
) -> None:
    ticket = opened(call, 1)[0]
    with desk.database.transaction() as session:
        session.run(
            "UPDATE tickets SET audience = :audience WHERE id = :id",
            {"audience": '["hr-officer"]', "id": ticket["id"]},
        )
    at(9 * DAY)
    browser = enter("office-director")
    browser.look("/board")
    assert numbers(browser) == set()
    assert figure(browser, "目前超时") == "0"


def test_of_each_level_it_is_said_who_got_it_and_who_has_seen_it(
    enter: Enter, call: Call, desk: Desk
) -> None:
    ticket = opened(call, 1)[0]
    escalated(desk, ticket)
    browser = enter("cs-supervisor")
    page = browser.look("/board").text
    assert "升级第 1 级" in page
    assert "未送达：" in page
    assert "尚无人确认" in page
    answer = browser.send("/board/assign", ticket=boxes(browser), note="已派人")
    assert answer.status_code == 422, "nobody was chosen"
    form = browser.form("/board/assign")
    form.action = "/board/acknowledge"
    sent = {**form.values, "ticket": boxes(browser), "note": "已派人"}
    done = browser.client.post("/board/acknowledge", data=sent)
    assert done.status_code == 200, done.text
    assert "1 张已办理" in done.text
    assert "员工 cs-supervisor 已阅" in browser.look("/board").text
    event = call("cs-officer").get(f"/api/tickets/{ticket['number']}/history").json["items"][-1]
    assert (event["kind"], event["note"]) == ("acknowledge", "已派人")


def test_of_many_late_tickets_each_process_is_a_line_that_unfolds(
    enter: Enter, call: Call, at: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of few, and of one process, all show at once."""
    opened(call, 2)
    at(9 * DAY)
    browser = enter("office-director")
    unfolded = '<details class="process" open>'
    assert unfolded in browser.look("/board").text
    monkeypatch.setattr(view, "_UNFOLDED", 1)
    assert '<details class="process">' in browser.look("/board").text
    assert unfolded in browser.look("/board?department=-&process=complaint").text


def test_a_thousand_tickets_cost_as_many_statements_as_ten(
    enter: Enter, call: Call, desk: Desk, at: Callable[[int], None]
) -> None:
    ticket = opened(call, 1)[0]
    at(9 * DAY)
    costs = []
    for more in (9, 990):
        copied(desk, ticket["id"], more)
        browser = enter("office-director")
        for path in ("/board", "/board?department=-&process=complaint"):
            browser.look(path)
            before = executed.total
            browser.look(path)
            costs.append(executed.total - before)
    assert figure(browser, "目前超时") == "1000"
    assert len(set(costs)) == 1, costs
    assert costs[0] <= MOST_STATEMENTS


def copied(desk: Desk, ticket: str, count: int) -> None:
    """So many more tickets like this one, with its clocks."""
    tables = {"tickets": (tickets, "id"), "clocks": (clocks, "ticket_id")}
    with desk.database.transaction() as session:
        for number in range(count):
            new = f"{count}-{number}"
            for name, (table, key) in tables.items():
                others = [each.name for each in table.c if each.name not in (key, "number")]
                own = [key, "number"] if "number" in table.c else [key]
                session.run(
                    f"INSERT INTO {name} ({', '.join([*own, *others])})"
                    f" SELECT {', '.join([':new'] * len(own) + others)} FROM {name} WHERE {key} = :ticket",
                    {"new": new, "ticket": ticket},
                )


def test_it_is_the_same_on_either_database(
    database: Database, tmp_path: Path, ours: Folder, at: Callable[[int], None]
) -> None:
    desk = open_for_tests(database, tmp_path, ours)
    app = create_app(desk)
    reception = caller(app, desk, "receptionist")
    two = [reception.open("complaint", COMPLAINT) for _ in range(2)]
    escalated(desk, two[0])

    def look(path: str) -> PlainBrowser:
        browser = PlainBrowser(app.test_client())
        browser.sign_in("office-director")
        browser.look(path)
        return browser

    browser = look("/board?department=-&process=complaint")
    assert numbers(browser) == {each["number"] for each in two}
    assert "升级第 1 级" in browser.page.text
    at(DAY)
    assert figure(look("/board"), "昨日新登记") == "2"
    question = {"asker": "顾盼", "contact": "13800000101", "channel": "visit", "question": "水费在哪里交"}
    reception = caller(app, desk, "receptionist")
    ticket = reception.open("inquiry", question)
    for trigger, data in (("classify", {"topic": "utility-fees"}), ("answer", {"answer": "前台可代缴"})):
        ticket = dict(reception.fire(ticket, trigger, data).json)
    assert figure(look("/board"), "待回访") == "1"
    assert reception.fire(ticket, "confirm", {"satisfied": True}).status_code == 201
    at(2 * DAY)
    browser = look("/board?process=inquiry")
    assert [figure(browser, name) for name in ("待回访", "昨日办结", "按时率")] == ["0", "1", "100 %"]
