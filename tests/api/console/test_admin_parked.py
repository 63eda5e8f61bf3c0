"""What was set aside is shown with its reason, and tried again, with a word on why."""

from __future__ import annotations

from collections.abc import Callable

from api_desk import COMPLAINT, LAKE, Call
from plain_browser import PlainBrowser

from service.bootstrap import Desk
from workflows.core.schedule_slots import Occurrence
from workflows.storage.schedule_runs import ScheduleRun
from workflows.storage.statement_count import executed

Enter = Callable[..., PlainBrowser]
PATH = "/admin/parked"
CLOCKS, SLOTS = f"{PATH}/clocks", f"{PATH}/slots"


def set_aside(call: Call, desk: Desk) -> str:
    """The number of a ticket whose clock was set aside."""
    ticket = call("receptionist").open("complaint", COMPLAINT)
    desk.store.park(LAKE, ticket["id"], "state.registered", "nobody to tell")
    return str(ticket["number"])


def test_nothing_is_set_aside(enter: Enter) -> None:
    assert "没有搁置的工作" in enter("office-director").look(PATH).text


def test_a_clock_is_tried_again_and_the_history_says_why(enter: Enter, call: Call, desk: Desk) -> None:
    number, browser = set_aside(call, desk), enter("office-director")
    shown = browser.look(PATH).text
    assert number in shown
    assert "nobody to tell" in shown
    assert browser.send(CLOCKS, note="the post is filled again").status_code == 303
    assert "没有搁置的工作" in browser.follow().text
    last = call("office-director").get(f"/api/tickets/{number}/history").json["items"][-1]
    assert (last["kind"], last["note"], last["surface"]) == ("unpark", "the post is filled again", "console")


def test_without_a_note_nothing_is_tried(enter: Enter, call: Call, desk: Desk) -> None:
    set_aside(call, desk)
    browser = enter("office-director")
    browser.look(PATH)
    refused = browser.send(CLOCKS, note="  ")
    assert refused.status_code == 422
    assert "请写明原因" in refused.text
    assert len(call("office-director").get("/api/parked").json["items"]) == 1


def test_a_form_sent_twice_tries_once(enter: Enter, call: Call, desk: Desk) -> None:
    number, browser = set_aside(call, desk), enter("office-director")
    browser.look(PATH)
    form = browser.form(CLOCKS)
    values = form.values | {"note": ["again"]}
    answers = [browser.client.post(form.action, data=values) for _ in range(2)]
    assert [each.headers["Location"] for each in answers] == [PATH, PATH]
    history = call("office-director").get(f"/api/tickets/{number}/history").json["items"]
    assert [each["kind"] for each in history].count("unpark") == 1


def test_a_slot_is_tried_again(enter: Enter, desk: Desk) -> None:
    run = ScheduleRun(Occurrence(LAKE, "grooming", "2026-03-02 09:00", 1_772_413_200, 1_772_413_200))
    desk.runs.add([run])
    desk.runs.record_result(ScheduleRun(run.occurrence, "parked", 0, "no room", 1_772_413_260))
    browser = enter("office-director")
    assert "no room" in browser.look(PATH).text
    assert browser.send(SLOTS).status_code == 303
    assert "没有搁置的工作" in browser.follow().text
    assert desk.runs.parked_runs([LAKE]) == ()


def test_the_page_costs_few_statements(enter: Enter, call: Call, desk: Desk) -> None:
    for _ in range(4):
        set_aside(call, desk)
    browser = enter("office-director")
    browser.look(PATH)
    before = executed.total
    browser.look(PATH)
    assert executed.total - before <= 12
