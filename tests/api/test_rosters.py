"""Rosters at the API: signing in, receiving in turn, and why. A whole day of it is one of the stories."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from api_desk import LAKE, Call, Caller, codes
from time_machine import travel

from service.bootstrap import Desk
from workflows.core.people import Membership, Staff

PATH = f"/api/rosters/{LAKE}/consultants"
ENTRIES = f"{PATH}/entries"
NAMES = ("wang", "li", "zhao")
MONDAY = "2026-03-02T09:00:00+08:00"


@pytest.fixture
def clock() -> Any:
    """The wall clock, on a Monday morning."""
    with travel(MONDAY, tick=False) as found:
        yield found


@pytest.fixture
def signed_in(desk: Desk, call: Call, clock: Any) -> Callable[[str], Caller]:
    """Three consultants have signed in, in this order; the function signs one of them in to the API."""
    for name in NAMES:
        post = (Membership(LAKE, "consultant"),)
        desk.people.add_staff(Staff(id=f"id-{name}", account=name, name=name.title(), memberships=post))
        assert call(name).post(ENTRIES, {"mark": "sign-in"}).status_code == 201
    return call


def received(call: Call) -> dict[str, Any]:
    """A new client, identified and received in turn."""
    desk = call("sales-front-desk")
    ticket = desk.open("client-reception", {"party": "一位先生"})
    ticket = desk.fire(ticket, "identify", {"first_visit": True, "occasion": "new-client"}).json
    return dict(desk.fire(ticket, "assign-in-turn").json)


def test_the_book_shows_everybody_and_who_is_next(signed_in: Call) -> None:
    shown = signed_in("sales-front-desk").get(PATH).json
    assert [(each["name"], each["state"]) for each in shown["places"]] == [
        ("Wang", "waiting"),
        ("Li", "waiting"),
        ("Zhao", "waiting"),
    ]
    assert (shown["next"]["name"], shown["round"], shown["date"]) == ("Wang", 1, "2026-03-02")
    assert [entry["mark"] for entry in shown["log"]] == ["sign-in"] * 3
    assert shown["readings"]["door"] == "both"


def test_why_wang_and_not_li(signed_in: Call) -> None:
    ticket = received(signed_in)
    assert ticket["assignee_name"] == "Wang"
    answer = signed_in("sales-front-desk", "zh-Hans").get(f"/api/tickets/{ticket['number']}/assignment").json
    assert (answer["assignee_name"], answer["chosen"]["rule"]) == ("Wang", "project 2, 8")
    assert {each["name"]: each["words"] for each in answer["chosen"]["verdicts"]} == {
        "Wang": "轮到接待",
        "Li": "轮序在后",
        "Zhao": "轮序在后",
    }
    history = signed_in("sales-front-desk").get(f"/api/tickets/{ticket['number']}/history").json["items"]
    assert history[-1]["data"]["assignment"]["person"] == "id-wang"


def test_a_ticket_that_nobody_was_chosen_for_says_so(signed_in: Call) -> None:
    ticket = signed_in("sales-front-desk").open("client-reception", {"party": "一位先生"})
    answer = signed_in("sales-front-desk").get(f"/api/tickets/{ticket['number']}/assignment").json
    assert answer["chosen"] is None
    unknown = signed_in("sales-front-desk").get("/api/tickets/JD-2026-99999/assignment")
    assert codes(unknown) == ["unknown-ticket"]


def test_everybody_reports_of_himself_and_the_desk_of_anybody(signed_in: Call) -> None:
    wang, desk, manager = (signed_in(name) for name in ("wang", "sales-front-desk", "sales-manager"))
    left = wang.post(ENTRIES, {"mark": "leave", "leave": "official"})
    assert left.json["places"][0]["presence"] == "official"
    assert desk.post(ENTRIES, {"mark": "return", "person": "wang"}).json["places"][0]["presence"] == "ready"
    assert codes(wang.post(ENTRIES, {"mark": "sign-out", "person": "li"})) == ["role-needed"]
    assert codes(desk.post(ENTRIES, {"mark": "permit", "person": "li"})) == ["role-needed"]
    granted = manager.post(ENTRIES, {"mark": "grant", "person": "li"}).json
    assert [(owed["name"], owed["words"]) for owed in granted["make_ups"]] == [
        ("Li", "granted by the manager")
    ]
    described = manager.post(ENTRIES, {"mark": "describe", "person": "li", "ability": 80, "rests": [7]}).json
    assert (described["places"][1]["ability"], described["places"][1]["rests"]) == (80, [7])


BAD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no mark": ({}, ["missing-field"]),
    "an unknown mark": ({"mark": "swap"}, ["bad-value"]),
    "a suspension is a decision on a dispute": ({"mark": "suspend"}, ["bad-value"]),
    "signed in already": ({"mark": "sign-in"}, ["signed-in-already"]),
    "an unknown leave": ({"mark": "leave", "leave": "lunch"}, ["bad-value"]),
    "himself as substitute": ({"mark": "leave", "substitute": "wang"}, ["no-substitute"]),
    "nobody of that name": ({"mark": "sign-in", "person": "nobody"}, ["role-needed"]),
    "an eighth day": ({"mark": "describe", "rests": [8]}, ["bad-value"]),
    "an unknown key": ({"mark": "return", "why": "x"}, ["unknown-field"]),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_reported(signed_in: Call, name: str) -> None:
    body, expected = BAD[name]
    before = signed_in("wang").get(PATH).json
    assert codes(signed_in("wang").post(ENTRIES, body)) == expected
    assert signed_in("wang").get(PATH).json == before


def test_only_who_takes_turns_signs_in(signed_in: Call) -> None:
    answer = signed_in("sales-front-desk", "zh-Hans").post(
        ENTRIES, {"mark": "sign-in", "person": "receptionist"}
    )
    assert codes(answer) == ["not-in-roster"]
    assert answer.json["blocked_by"][0]["message"] == "此人不参加轮序；参加者为：consultant"


def test_an_entry_is_made_once_however_often_it_is_sent(signed_in: Call) -> None:
    manager = signed_in("sales-manager")
    body, key = {"mark": "grant", "person": "li"}, {"Idempotency_Key": "grant-1"}
    first, second = manager.post(ENTRIES, body, **key), manager.post(ENTRIES, body, **key)
    assert first.json == second.json
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(manager.get(PATH).json["make_ups"]) == 1


def test_which_rosters_there_are(signed_in: Call) -> None:
    found = {each["name"]: each for each in signed_in("wang", "zh-Hant").get("/api/rosters").json["items"]}
    assert found["consultants"]["title"] == "物業顧問輪序"
    assert found["salespeople"]["rulebook"] == "shop"
    assert found["client-keepers"]["rulebook"] is None
    keepers = signed_in("wang").get(f"/api/rosters/{LAKE}/client-keepers").json
    assert (keepers["next"], keepers["readings"], keepers["places"]) == (None, None, [])


def test_what_is_not_there(signed_in: Call) -> None:
    wang = signed_in("wang")
    assert codes(wang.get(f"/api/rosters/{LAKE}/consultant")) == ["unknown-roster"]
    assert codes(wang.get("/api/rosters/nowhere/consultants")) == ["unknown-site"]
    assert codes(wang.get(f"{PATH}?date=yesterday1")) == ["bad-parameter"]
    assert wang.get(f"{PATH}?date=2026-02-01").json["places"] == []
