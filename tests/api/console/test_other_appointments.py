"""Whoever agrees a time with a client sees what the worker has agreed to already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api_desk import Call
from plain_browser import PlainBrowser

TAP = {
    "reporter": "何演示",
    "contact": "13800004321",
    "place": "厨房",
    "content": "水龙头滴水",
    "urgency": "normal",
}
IN_TIME = {"scope": "indoor", "charge": "warranty", "warranty_end": "2099-12-31"}
Enter = Callable[..., PlainBrowser]


def repair_of(call: Call, appointment: str = "") -> dict[str, Any]:
    """A repair that the worker has; at this time, if one is agreed."""
    officer, ticket = call("cs-officer"), call("receptionist").open("repair", TAP)
    steps: list[tuple[str, dict[str, Any]]] = [
        ("classify", IN_TIME),
        ("issue-slip", {}),
        ("assign", {"worker": "repair-worker"}),
    ]
    if appointment:
        steps.append(("schedule", {"appointment": appointment, "estimate": "半小时"}))
    for trigger, form in steps:
        answer = officer.fire(ticket, trigger, form)
        assert answer.status_code in (200, 201), answer.text
        ticket = dict(answer.json)
    return ticket


def form_of(browser: PlainBrowser, ticket: dict[str, Any], step: str) -> str:
    """The page with the open form of a step."""
    return browser.look(f"/tickets/{ticket['number']}?step={step}").text


def test_beside_an_appointment_stand_the_others_of_the_worker(call: Call, enter: Enter) -> None:
    later, sooner = (repair_of(call, at) for at in ("2098-03-04T10:00:00+08:00", "2098-03-03T14:30:00+08:00"))
    page = form_of(enter("cs-officer"), repair_of(call), "schedule")
    listed = f"的其他预约：2098年3月3日 14:30 {sooner['number']}; 2098年3月4日 10:00 {later['number']}"
    assert listed in page


def test_a_worker_without_another_appointment_is_free(call: Call, enter: Enter) -> None:
    assert "没有其他预约" in form_of(enter("cs-officer"), repair_of(call), "schedule")


def test_the_appointment_that_is_moved_is_not_another(call: Call, enter: Enter) -> None:
    agreed = repair_of(call, "2098-03-03T14:30:00+08:00")
    assert "没有其他预约" in form_of(enter("cs-officer"), agreed, "reschedule")


def test_a_step_without_an_appointment_says_nothing_of_them(call: Call, enter: Enter) -> None:
    repair_of(call, "2098-03-03T14:30:00+08:00")
    assert "其他预约" not in form_of(enter("cs-officer"), repair_of(call), "assign")
