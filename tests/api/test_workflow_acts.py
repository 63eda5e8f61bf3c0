"""What becomes of a process: taken back, retired, reinstated, renamed; its open tickets are finished."""

from __future__ import annotations

from typing import Any

import pytest
from api_desk import Call, Caller, codes
from small_process import publish_small, small_process
from werkzeug.test import TestResponse

from service.bootstrap import Desk

WHY = {"reason": "nobody asks for it"}


@pytest.fixture
def director(call: Call, desk: Desk) -> Caller:
    publish_small(desk, "walk")
    return call("director-of-both")


def act(who: Caller, verb: str, name: str = "walk", **more: Any) -> TestResponse:
    return who.post(f"/api/workflows/{name}/{verb}", WHY | more)


def test_an_earlier_text_is_in_force_again_as_a_new_version(call: Call, desk: Desk) -> None:
    """History is not rewritten; the tickets of the versions since are named, and stay there."""
    publish_small(desk, "walk", "second")
    ticket = call("receptionist").open("walk", {"what": "a round"})
    director = call("director-of-both")
    body = WHY | {"to": 1}
    assert act(director, "take-back", to=1).status_code == 428
    answer = director.post("/api/workflows/walk/take-back", body, If_Match='"1"')
    assert (answer.status_code, codes(answer)) == (412, ["published-meanwhile"])
    answer = director.post("/api/workflows/walk/take-back", body, If_Match='"2"')
    assert (answer.status_code, answer.json["version"]) == (201, 3), answer.text
    assert [(each["number"], each["version"]) for each in answer.json["tickets"]] == [(ticket["number"], 2)]
    assert director.get("/api/workflows/walk/text").text == small_process("walk")
    newest = director.get("/api/workflows/walk/versions").json["items"][0]
    assert (newest["version"], newest["reason"], newest["based_on"]) == (3, WHY["reason"], 2)
    unknown = director.post("/api/workflows/walk/take-back", WHY | {"to": 9}, If_Match='"3"')
    assert codes(unknown) == ["unknown-version"]


def test_a_retired_process_takes_no_new_tickets_and_finishes_the_old(call: Call, director: Caller) -> None:
    """It is no longer listed; publishing it is refused as well, until it is reinstated."""
    clerk = call("receptionist")
    ticket = clerk.open("walk", {"what": "a round"})
    answer = act(director, "retire")
    assert (answer.status_code, answer.json["state"], answer.json["open_tickets"]) == (200, "retired", 1)
    refused = clerk.post("/api/tickets", {"workflow": "walk", "data": {"what": "another"}})
    assert (refused.status_code, codes(refused)) == (409, ["retired"])
    assert "员工 director-of-both" in refused.json["detail"]
    assert "walk" not in [each["name"] for each in clerk.get("/api/workflows").json["items"]]
    text = {"text": f"{small_process('walk')}# more\n"}
    assert codes(director.post("/api/workflows", text, If_Match='"1"')) == ["retired"]
    assert codes(act(director, "retire")) == ["retired"]
    assert clerk.fire(ticket, "finish").status_code == 201
    assert director.get("/api/workflows/walk/versions").json["items"][0]["state"] == "retired"
    assert act(director, "reinstate").json["state"] == "in-force"
    assert clerk.open("walk", {"what": "another"})["version"] == 1
    assert codes(act(director, "reinstate")) == ["not-retired"]


def test_what_others_need_is_not_retired(director: Caller) -> None:
    """The processes that open it are named; nothing has changed."""
    answer = act(director, "retire", "repair")
    assert (answer.status_code, set(codes(answer))) == (422, {"definition"})
    assert "complaint@1" in answer.json["detail"]
    assert director.get("/api/workflows/repair/versions").json["items"][0]["state"] == "in-force"


def test_a_renamed_process_answers_to_both_names(call: Call, director: Caller) -> None:
    """Both open new tickets under the new name, and list the tickets of both; old ones stay as they are."""
    clerk = call("receptionist")
    old = clerk.open("walk", {"what": "a round"})
    answer = act(director, "rename", to="stroll")
    assert (answer.status_code, answer.json["renamed_to"], answer.json["open_tickets"]) == (200, "stroll", 1)
    assert director.get("/api/workflows/stroll/text").text.startswith("workflow: stroll\n")
    new = clerk.open("walk", {"what": "another"})
    assert (new["workflow"], clerk.open("stroll", {"what": "a third"})["workflow"]) == ("stroll", "stroll")
    for query in (
        "workflow=walk",
        "workflow=stroll",
        "workflow=walk&state=begun",
        "workflow=stroll&view=mine",
    ):
        listed = clerk.get(f"/api/tickets?{query}").json["items"]
        assert "mine" in query or {old["id"], new["id"]} < {each["id"] for each in listed}, query
    assert clerk.fire(old, "finish").json["workflow"] == "walk"
    text = {"text": f"{small_process('walk')}# more\n"}
    assert codes(director.post("/api/workflows", text, If_Match='"1"')) == ["renamed"]
    assert codes(act(director, "rename", "stroll", to="walk")) == ["name-taken"]
    assert codes(act(director, "rename", "stroll", to="A walk")) == ["bad-name"]


def test_acts_are_for_managers_and_need_a_reason(call: Call, director: Caller) -> None:
    """403 and 422."""
    for verb, more in (("retire", {}), ("reinstate", {}), ("rename", {"to": "x"}), ("take-back", {"to": 1})):
        path = f"/api/workflows/walk/{verb}"
        tag = {"If_Match": '"1"'} if verb == "take-back" else {}
        assert codes(call("receptionist").post(path, WHY | more, **tag)) == ["managers-only"]
        assert director.post(path, {"reason": "", **more}, **tag).status_code == 422
