"""What a ticket that is not for all has to do with others: neither tells of the other to who may not know."""

from __future__ import annotations

from typing import Any

from api_desk import Call
from restricted_desk import BINGO, TALK, T, listed, outing

from service import wallclock
from service.bootstrap import Desk


def test_a_parent_shows_hidden_children_only_to_those_who_may_know(call: Call, desk: Desk) -> None:
    """Nor does its history name the child that ended."""
    whole = outing(call)
    (child,) = whole["children"]
    path = f"/api/tickets/{whole['number']}"
    assert call("foreman").get(path).json["children"] == []
    assert [each["number"] for each in call("cs-officer").get(path).json["children"]] == [child["number"]]
    talk = call("cs-officer").get(f"/api/tickets/{child['number']}").json
    assert call("cs-officer").fire(talk, "finish").status_code == 201
    history = call("foreman").get(f"{path}/history")
    assert history.json["items"][-1]["note"] == "child has ended"
    assert child["number"] not in history.text
    assert child["id"] not in history.text


def test_the_critical_child_is_one_that_may_be_known(call: Call) -> None:
    """Here and further down; without one there is none."""
    whole = outing(call)
    path, number = f"/api/tickets/{whole['number']}", whole["children"][0]["number"]
    assert call("foreman").get(path).json["critical"] is None
    officer = call("cs-officer")
    critical = officer.get(path).json["critical"]
    talk = officer.get(f"/api/tickets/{number}").json
    assert critical == {
        "number": number,
        "workflow": "talk",
        "title": "登山",
        "due_at": talk["due_at"],
        "overdue": False,
    }
    assert talk["critical"] is None
    split = officer.fire(talk, "split").json
    deeper = split["children"][0]["number"]
    assert officer.fire(split, "lead").status_code == 201
    assert officer.get(path).json["critical"]["number"] == deeper
    assert call("foreman").get(path).json["critical"]["number"] == deeper


def test_what_relatives_ask_of_each_other_does_not_tell_of_hidden_ones(call: Call, desk: Desk) -> None:
    """Neither history names the other's number."""
    head = f"  - {{trigger: hush, title: {T}, from: planned, roles: [receptionist], effects: "
    hush = head + "[{fire: sort, on: talks, with: {kind: \"'b'\"}}]}\n"
    talk = TALK.replace("from: open, roles: [cs-officer], requires", "from: open, roles: [parent], requires")
    for text in (talk, BINGO.replace("  - {trigger: finish", hush + "  - {trigger: finish")):
        desk.definitions.publish_text(text, "talk.yaml", wallclock.now(), "tests")
    whole = outing(call)
    assert call("receptionist").fire(whole, "hush").status_code == 201
    history = call("foreman").get(f"/api/tickets/{whole['number']}/history")
    assert history.json["items"][-1]["note"] == "asks for sort: talks 1"


def test_a_child_does_not_tell_of_a_hidden_parent(call: Call, secret: dict[str, Any]) -> None:
    """Neither by itself nor in a list, nor can it be asked for by its parent."""
    assert call("cs-officer").fire(secret, "split").status_code == 201
    officer, stranger = call("cs-officer"), call("foreman")
    (number,) = listed(stranger, "?workflow=talk")
    for caller, parent in ((officer, secret["id"]), (stranger, None)):
        assert caller.get(f"/api/tickets/{number}").json["parent"] == parent
        items = caller.get("/api/tickets?workflow=talk").json["items"]
        assert next(each for each in items if each["number"] == number)["parent"] == parent


def test_what_a_parent_asks_of_hidden_children_does_not_name_them(call: Call) -> None:
    """In a history that everybody may read."""
    whole = outing(call)
    child = whole["children"][0]
    stopped = call("receptionist").fire(whole, "stop")
    assert stopped.status_code == 201, stopped.text
    history = call("foreman").get(f"/api/tickets/{whole['number']}/history")
    notes = [each["note"] for each in history.json["items"]]
    assert "asks for finish: talks 1" in notes
    assert child["number"] not in history.text


def test_what_a_hidden_parent_asks_of_its_children_does_not_name_it(
    call: Call, secret: dict[str, Any]
) -> None:
    """In their histories, which everybody may read."""
    officer = call("cs-officer")
    split = officer.fire(secret, "split").json
    child = split["children"][0]
    told = officer.fire(split, "tell-others")
    assert told.status_code == 201, told.text
    history = call("foreman").get(f"/api/tickets/{child['number']}/history")
    assert history.json["items"][-1]["note"] == "parent"
    assert secret["number"] not in history.text


def test_what_a_ticket_became_is_told_only_to_those_who_may_know(call: Call) -> None:
    """And what a ticket was before likewise."""
    receptionist, stranger = call("receptionist"), call("foreman")
    planned = receptionist.open("outing", {"about": "登山"})
    ended = receptionist.fire(planned, "become").json
    assert ended["successor"]["workflow"] == "talk"
    assert stranger.get(f"/api/tickets/{planned['id']}").json["successor"] is None
    became = call("cs-officer").get(f"/api/tickets/{ended['successor']['id']}").json
    assert became["origin"] == planned["id"]
    passed = call("cs-officer").fire(became, "pass-on").json
    later = stranger.get(f"/api/tickets/{passed['successor']['id']}")
    assert (later.status_code, later.json["origin"]) == (200, None)
