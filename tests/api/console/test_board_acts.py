"""What is done on the board in bulk: each ticket has its own answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from api_desk import COMPLAINT, HILL, Call
from board_scene import DAY, Enter, boxes, opened


def test_each_ticket_has_its_own_answer(enter: Enter, call: Call, at: Callable[[int], None]) -> None:
    """One is given on, one has moved meanwhile, one has ended."""
    three = opened(call, 3)
    at(9 * DAY)
    browser = enter("office-director")
    browser.look("/board")
    officer = call("cs-officer")
    moved = {
        "assignee": "cs-officer",
        "tickets": [{"ticket": three[1]["number"], "seq": three[1]["seq"]}],
    }
    assert officer.post("/api/bulk/assignments", moved).json["done"] == 1
    assert officer.fire(three[2], "withdraw", {"reason": "误报"}).status_code == 201
    answer = browser.send("/board/assign", ticket=boxes(browser), assignee="id-cs-officer-2")
    assert answer.status_code == 200, answer.text
    assert "1 张已办理" in answer.text
    assert "2 张未能办理" in answer.text
    assert answer.text.count("✕") == 2
    shown = officer.get(f"/api/tickets/{three[0]['number']}").json
    assert shown["assignee"] == "id-cs-officer-2"


def test_sent_twice_it_is_done_once(enter: Enter, call: Call, at: Callable[[int], None]) -> None:
    (ticket,) = opened(call, 1)
    at(9 * DAY)
    browser = enter("office-director")
    browser.look("/board")
    form = browser.form("/board/assign")
    sent = {**form.values, "ticket": boxes(browser), "assignee": "id-cs-officer"}
    answers = [browser.client.post("/board/assign", data=sent) for _ in range(2)]
    assert ["1 张已办理" in each.text for each in answers] == [True, True]
    assert call("cs-officer").get(f"/api/tickets/{ticket['number']}").json["seq"] == ticket["seq"] + 1


@pytest.mark.parametrize(
    ("act", "values", "why"),
    [
        ("assign", {"assignee": "id-cs-officer"}, "请至少勾选一张工单"),
        ("assign", {"ticket": ["nonsense"], "assignee": "id-cs-officer"}, "请至少勾选一张工单"),
        ("assign", {"ticket": ["lake/X/1/"] * 201, "assignee": "id-cs-officer"}, "最多处理 200"),
        ("assign", {"ticket": ["lake/X/1/"]}, "请选择改派给谁"),
        ("assign", {"ticket": ["lake/X/1/"], "assignee": "a", "note": "x" * 5_000}, "说明太长"),
        ("acknowledge", {"ticket": ["lake/X/1/"], "until": "soon"}, "请填写有效的处理期限"),
        ("acknowledge", {"ticket": ["lake/X/1/"], "until": "0001-01-01T00:00"}, "请填写有效的处理期限"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(
    enter: Enter, call: Call, at: Callable[[int], None], act: str, values: dict[str, Any], why: str
) -> None:
    opened(call, 1)
    at(9 * DAY)
    browser = enter("office-director")
    browser.look("/board")
    form = browser.form("/board/assign")
    answer = browser.client.post(f"/board/{act}", data={**form.values, "note": "已派人", **values})
    assert answer.status_code == 422
    assert why in answer.text
    assert 'value="已派人"' in answer.text or "note" in values


def test_nobody_reaches_tickets_of_elsewhere(enter: Enter, call: Call, at: Callable[[int], None]) -> None:
    elsewhere = call("elsewhere").open("complaint", COMPLAINT)
    opened(call, 1)
    at(9 * DAY)
    browser = enter("office-director")
    browser.look("/board")
    form = browser.form("/board/assign")
    sent = {**form.values, "ticket": [f"{HILL}/{elsewhere['number']}/1/"], "assignee": "id-cs-officer"}
    answer = browser.client.post("/board/assign", data=sent)
    assert "1 张未能办理" in answer.text
    worker = enter("repair-worker")
    worker.look("/desk")
    token = worker.form("/sign-out").values["csrf_token"]
    assert worker.client.post("/board/assign", data={**sent, "csrf_token": token}).status_code == 403
