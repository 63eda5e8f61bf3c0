"""What else is done on a ticket's page: giving, merging, acknowledging, printing; and what is around it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from api_desk import COMPLAINT, Call, converted
from plain_browser import PlainBrowser
from small_process import small_process

from service import wallclock
from service.bootstrap import Desk
from workflows.storage.statement_count import executed
from workflows.timing.instants import parse_rfc3339

Enter = Callable[..., PlainBrowser]
CLOCK = "state.registered"
COMMON = {"scope": "common", "charge": "common", "part": "water-supply"}


@pytest.fixture
def ticket(call: Call) -> dict[str, Any]:
    return call("receptionist").open("complaint", COMPLAINT)


def in_english(browser: PlainBrowser, language: str = "en") -> PlainBrowser:
    """The browser, with the language of its account changed."""
    browser.look("/me")
    browser.send("/language", language=language)
    return browser


def path_of(ticket: dict[str, Any]) -> str:
    return f"/tickets/{ticket['number']}"


def now(call: Call, ticket: dict[str, Any]) -> dict[str, Any]:
    """The ticket as it stands."""
    return dict(call("cs-director").get(f"/api/tickets/{ticket['id']}").json)


def escalated(desk: Desk, ticket: dict[str, Any]) -> None:
    """Let the first level of its promise fire."""
    (clock,) = [each for each in ticket["clocks"] if each["name"] == CLOCK]
    while desk.engine.sweep(parse_rfc3339(clock["next_level_at"])):
        pass


def test_a_ticket_is_given_to_a_colleague_with_the_open_work_of_each(
    enter: Enter, call: Call, ticket: dict[str, Any]
) -> None:
    browser = in_english(enter("cs-officer"))
    assert "act=assign" in browser.look(path_of(ticket)).text
    page = browser.look(f"{path_of(ticket)}?act=assign")
    assert "员工 cs-officer-2 · 0 open" in page.text
    assert "员工 cleaner " not in page.text  # could not take the next step
    done = browser.send(f"{path_of(ticket)}/assign", to="id-cs-officer-2", note="她在楼里")
    assert done.status_code == 303, done.text
    assert now(call, ticket)["assignee"] == "id-cs-officer-2"
    assert "Given to 员工 cs-officer-2" in browser.follow().text
    assert "员工 cs-officer-2 · 1 open" in browser.look(f"{path_of(ticket)}?act=assign").text


def test_giving_a_ticket_that_has_moved_keeps_what_was_chosen(
    enter: Enter, call: Call, ticket: dict[str, Any]
) -> None:
    browser = in_english(enter("cs-officer"))
    browser.look(f"{path_of(ticket)}?act=assign")
    heads = {"If_Match": f'"{ticket["seq"]}"'}
    call("cs-supervisor").post(f"/api/tickets/{ticket['id']}/notes", {"text": "刚刚有人来过"}, **heads)
    stale = browser.send(f"{path_of(ticket)}/assign", to="id-cs-officer-2", note="我写的话")
    assert stale.status_code == 412
    assert "刚刚有人来过" in stale.text
    form = browser.form(f"{path_of(ticket)}/assign").values
    assert (form["to"], form["note"]) == (["id-cs-officer-2"], ["我写的话"])
    assert browser.send(f"{path_of(ticket)}/assign").status_code == 303


def test_who_may_not_give_it_is_offered_nothing_and_refused(
    enter: Enter, call: Call, ticket: dict[str, Any]
) -> None:
    browser = enter("cleaner")
    page = browser.look(f"{path_of(ticket)}?act=assign")
    assert "act=assign#step" not in page.text
    token = browser.form("/sign-out").values["csrf_token"][0]
    values = {"csrf_token": token, "seq": "1", "to": "id-cleaner", "into": "x"}
    for act in ("assign", "merge"):
        refused = browser.client.post(f"{path_of(ticket)}/{act}", data=values)
        assert refused.status_code in (403, 404), act
    assert now(call, ticket)["seq"] == 1


def test_the_same_matter_is_merged_by_what_looks_the_same_or_by_number(
    enter: Enter, call: Call, ticket: dict[str, Any]
) -> None:
    entry = "/api/registers/units/entries/6-0901"
    heads = {"If_Match": '"0"'}
    assert call("cs-officer").send("PUT", entry, {"values": {"building": "6"}}, **heads).status_code == 200
    reception, known = call("receptionist"), {**COMPLAINT, "unit": "6-0901"}
    first, second = (reception.open("complaint", known, despite_duplicates=True) for _ in range(2))
    browser = in_english(enter("cs-officer"))
    page = browser.look(f"{path_of(second)}?act=merge")
    assert f'value="{first["number"]}"' in page.text
    unknown = browser.send(f"{path_of(second)}/merge", number="NONE-1", note="同一件事")
    assert (unknown.status_code, "同一件事" in unknown.text) == (404, True)
    assert browser.form(f"{path_of(second)}/merge").values["number"] == ["NONE-1"]
    assert browser.send(f"{path_of(second)}/merge", number=first["number"]).status_code == 303
    assert now(call, second)["merged_into"] == first["id"]
    assert f"Merged into {first['number']}" in browser.follow().text
    assert second["number"] in browser.look(path_of(first)).text
    browser.look(f"{path_of(ticket)}?act=merge")
    assert browser.send(f"{path_of(ticket)}/merge", number=first["number"]).status_code == 303


def test_an_escalation_is_told_and_acknowledged(
    enter: Enter, call: Call, desk: Desk, ticket: dict[str, Any]
) -> None:
    """In every language it is said which promise it was; who only looks on is not asked."""
    path = f"{path_of(ticket)}/clocks/{CLOCK}/acknowledge"
    officer = enter("cs-officer")
    assert "/acknowledge" not in officer.look(path_of(ticket)).text
    escalated(desk, ticket)
    for language, words in (
        ("zh-Hans", "升级：“已登记”到第 1 级"),
        ("zh-Hant", "到第 1 級"),
        ("en", "Escalated: “Registered”, level 1"),
        ("es", "Escalado: «"),
    ):
        assert words in in_english(officer, language).look(path_of(ticket)).text
    assert "/acknowledge" not in enter("cleaner").look(path_of(ticket)).text
    bad = officer.send(path, until="soon", note="x")
    assert (bad.status_code, 'role="alert"' in bad.text) == (422, True)
    later = parse_rfc3339(now(call, ticket)["changed_at"]) + 1_800
    until = datetime.fromtimestamp(later, ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%dT%H:%M")
    done = officer.send(path, until=until, note="在路上")
    assert done.status_code == 303, done.text
    page = officer.follow().text
    assert "员工 cs-officer lo ha visto" in page
    assert "Escalado visto" in page


def test_the_bar_runs_from_the_start_of_the_promise(enter: Enter, desk: Desk, call: Call) -> None:
    """Not from the opening: of a promise that has just begun nothing is used."""
    key = ("lake", call("receptionist").open("complaint", COMPLAINT)["id"])
    assert desk.queries.find_next_due([key])[key].name == CLOCK
    page = in_english(enter("cs-officer")).look("/desk")
    assert re.search(r'value="0" aria-hidden="true"></progress>', page.text)
    assert "0% is used" in page.text


def test_children_and_what_a_ticket_went_on_as_are_shown(enter: Enter, call: Call) -> None:
    inquiry, complaint = converted(call)
    browser = in_english(enter("cs-officer"))
    assert complaint["number"] in browser.look(path_of(inquiry)).text
    page = browser.look(path_of(complaint)).text
    assert inquiry["number"] in page
    assert "Converted from" in page


def test_of_many_children_the_urgent_ones_are_shown_and_one_is_critical(
    enter: Enter, call: Call, desk: Desk
) -> None:
    """What has ended comes last; the rest is counted, and costs nothing more."""
    many = 33
    rows = ", ".join(f"{{what: \"'place {number}'\"}}" for number in range(many))
    split = (
        "  - {trigger: split, title: {en: T, zh-Hans: 分, zh-Hant: 分, es: T}, from: begun,"
        f" roles: [receptionist], effects: [{{open: walks, rows: [{rows}], as: stops}}]}}\n"
    )
    text = small_process("walks") + split
    desk.definitions.publish_text(text, "walks.yaml", wallclock.now(), "tests")
    parent = call("receptionist").open("walks", {"what": "all"})
    parent = dict(call("receptionist").fire(parent, "split").json)
    ended = dict(call("receptionist").get(f"/api/tickets/{parent['children'][0]['id']}").json)
    assert call("receptionist").fire(ended, "finish").status_code == 201
    browser = in_english(enter("receptionist"))
    browser.look(path_of(parent))
    before = executed.total
    page = browser.look(path_of(parent)).text
    assert executed.total - before <= 12
    assert f"Children: {many - 1} open, 1 ended" in page
    assert "and 3 more" in page
    assert page.count("due first</strong>") == 1
    assert f">{ended['number']}</a>" not in page


def test_papers_are_printed_from_the_page(enter: Enter, call: Call) -> None:
    repair = {"reporter": "李敏", "contact": "13800000001", "place": "kitchen", "content": "tap leaks"}
    ticket = call("receptionist").open("repair", {**repair, "urgency": "normal"})
    officer = call("cs-officer")
    for trigger, form in (("classify", COMMON), ("issue-slip", {})):
        ticket = dict(officer.fire(ticket, trigger, form).json)
    browser = in_english(enter("cs-officer"))
    papers = re.findall(r'href="(/tickets/[^"]+/papers/[^"]+)"', browser.look(path_of(ticket)).text)
    assert papers
    for paper in papers:
        answer = browser.look(paper.replace("&amp;", "&"))
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
        assert ticket["number"] in answer.text
    assert browser.look(f"{path_of(ticket)}/papers/nonsense").status_code == 404


def test_the_process_is_drawn_with_where_it_has_been(
    enter: Enter, call: Call, ticket: dict[str, Any]
) -> None:
    browser = in_english(enter("cs-officer"))
    page = browser.look(path_of(ticket)).text
    (picture,) = re.findall(r'src="(/tickets/[^"]+/process.svg[^"]+)"', page)
    assert "You are here: “Registered”" in page
    answer = browser.look(picture.replace("&amp;", "&"))
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    assert "✓ Registered" in answer.text
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert enter("elsewhere").look(picture.replace("&amp;", "&")).status_code == 404


def test_who_waits_is_told_for_whom_and_who_could(enter: Enter, ticket: dict[str, Any]) -> None:
    page = in_english(enter("cleaner")).look(path_of(ticket)).text
    assert "Waits for:" in page
    assert "员工 cs-officer" in page


def test_each_page_costs_few_statements(enter: Enter, desk: Desk, call: Call) -> None:
    inquiry, complaint = converted(call)
    escalated(desk, call("cs-officer").get(f"/api/tickets/{complaint['id']}").json)
    browser = in_english(enter("cs-officer"))
    paths = [
        path_of(inquiry),
        path_of(complaint),
        *(f"{path_of(complaint)}?act={act}" for act in ("assign", "merge")),
    ]
    for path in paths:
        browser.look(path)
        before = executed.total
        browser.look(path)
        assert executed.total - before <= 12, path
