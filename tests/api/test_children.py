"""The children of a ticket come in pages, however many there are; how they stand is counted."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from api_desk import Call

from service import wallclock
from service.bootstrap import Desk

T = "{en: Walk, zh-Hans: 巡查, zh-Hant: 巡查, es: Ronda}"
MANY = 120
ROWS = ", ".join(f"{{about: \"'place {number}'\"}}" for number in range(MANY))
WALK = f"""
workflow: long-walk
title: {T}
purpose: A walk with many stops.
numbering: 'LW-{{year}}-{{seq:4}}'
calendar: office
fields:
  about: {{type: text, title: {T}}}
start: {{state: planned, roles: [receptionist], requires: [about]}}
states:
  planned: {{title: {T}, owner: {{role: receptionist}}, due: 1 working day}}
  over: {{title: {T}, category: closed}}
  gone: {{title: {T}, category: cancelled}}
transitions:
  - trigger: split
    title: {T}
    from: planned
    roles: [receptionist]
    effects: [{{open: long-walk, rows: [{ROWS}], as: stops}}]
  - {{trigger: finish, title: {T}, from: planned, to: over, roles: [receptionist]}}
  - {{trigger: give-up, title: {T}, from: planned, to: gone, roles: [receptionist]}}
"""


@pytest.fixture
def parent(call: Call, desk: Desk) -> Any:
    """A ticket that was split into many."""
    desk.definitions.publish_text(WALK, "long-walk.yaml", wallclock.now(), "tests")
    opened = call("receptionist").open("long-walk", {"about": "everywhere"})
    answer = call("receptionist").fire(opened, "split")
    assert answer.status_code == 201, answer.text
    return answer.json


def test_a_ticket_shows_its_first_children_and_counts_them_all(call: Call, parent: Any) -> None:
    for child in parent["children"][:2]:
        ticket = call("receptionist").get(f"/api/tickets/{child['id']}").json
        assert call("receptionist").fire(ticket, "finish").status_code == 201
    shown = call("receptionist").get(f"/api/tickets/{parent['number']}").json
    assert len(shown["children"]) == 50
    like = {"link": "stops", "workflow": "long-walk"}
    assert shown["children_counts"] == [
        {**like, "state": "over", "category": "closed", "count": 2},
        {**like, "state": "planned", "category": "open", "count": MANY - 2},
    ]


def test_the_rest_of_the_children_follow_page_by_page(call: Call, parent: Any) -> None:
    client, path = call("receptionist"), f"/api/tickets/{parent['number']}/children"
    found, cursor = list(parent["children"]), parent["children_next"]
    while cursor is not None:
        page = client.get(f"{path}?limit=30&cursor={cursor}")
        assert len(page.json["items"]) <= 30
        assert (page.json["next"] is None) == ('rel="next"' not in page.headers["Link"])
        found, cursor = [*found, *page.json["items"]], page.json["next"]
    assert Counter(each["number"] for each in found).most_common(1)[0][1] == 1
    assert len(found) == MANY
    assert client.get(path).json["items"] == parent["children"]


def test_a_cursor_of_another_list_is_refused(call: Call, parent: Any) -> None:
    answer = call("receptionist").get(f"/api/tickets/{parent['number']}/children?cursor={parent['id']}")
    assert (answer.status_code, answer.json["blocked_by"][0]["code"]) == (422, "bad-cursor")


def test_a_ticket_without_children_has_one_empty_page(call: Call, parent: Any) -> None:
    child = parent["children"][0]
    page = call("receptionist").get(f"/api/tickets/{child['number']}/children").json
    assert page == {"items": [], "next": None}
    shown = call("receptionist").get(f"/api/tickets/{child['number']}").json
    assert (shown["children"], shown["children_next"], shown["children_counts"]) == ([], None, [])
