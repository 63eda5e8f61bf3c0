"""How pressing a ticket is: steps raise and lower it, and lists are asked for it."""

from __future__ import annotations

from typing import Any

import pytest
from api_desk import Call, codes

from service import wallclock
from service.bootstrap import Desk

T = "{en: Matter, zh-Hans: 事项, zh-Hant: 事項, es: Asunto}"
MATTER = f"""
workflow: matter
title: {T}
purpose: Something that is more or less pressing.
numbering: 'MA-{{year}}-{{seq:4}}'
calendar: office
fields:
  what: {{type: text, title: {T}}}
start: {{state: begun, roles: [receptionist], requires: [what]}}
states:
  begun: {{title: {T}, owner: {{role: receptionist}}, due: 1 hour, escalation: standard}}
  done: {{title: {T}, category: closed}}
transitions:
  - {{trigger: press, title: {T}, from: begun, roles: [receptionist], effects: [{{raise: priority}}]}}
  - {{trigger: calm, title: {T}, from: begun, roles: [receptionist], effects: [{{lower: priority}}]}}
  - {{trigger: finish, title: {T}, from: begun, to: done, roles: [receptionist]}}
"""


@pytest.fixture
def matters(desk: Desk, call: Call) -> Call:
    desk.definitions.publish_text(MATTER, "matter.yaml", wallclock.now(), "tests")
    return call


def moved(call: Call, *triggers: str) -> dict[str, Any]:
    """A ticket that was raised and lowered."""
    ticket = call("receptionist").open("matter", {"what": "the lamp"})
    for trigger in triggers:
        answer = call("receptionist").fire(ticket, trigger)
        assert answer.status_code == 201, answer.text
        ticket = answer.json
    return ticket


def test_a_step_raises_and_lowers_by_one_and_stops_at_either_end(matters: Call) -> None:
    for triggers, priority in (
        ((), "normal"),
        (("press",), "high"),
        (("calm",), "low"),
        (("calm", "calm"), "low"),
        (("press", "press", "press", "calm"), "high"),
    ):
        assert moved(matters, *triggers)["priority"] == priority, triggers


def test_a_list_holds_the_tickets_of_one_priority(matters: Call) -> None:
    found = {
        each["priority"]: each["id"]
        for each in (moved(matters), moved(matters, "press"), moved(matters, "calm"))
    }
    for priority, ticket in found.items():
        items = matters("receptionist").get(f"/api/tickets?priority={priority}").json["items"]
        assert [each["id"] for each in items] == [ticket]
    assert matters("receptionist").get("/api/tickets?priority=urgent").json["items"] == []


def test_a_priority_is_asked_for_beside_anything_else(matters: Call) -> None:
    pressed, ended = moved(matters, "press"), moved(matters, "press", "finish")
    reader = matters("receptionist")
    for query, wanted in (
        ("category=open", [pressed]),
        ("category=ended&workflow=matter", [ended]),
        ("view=unassigned", [pressed]),
        ("q=lamp", [ended, pressed]),
        ("state=done&workflow=complaint", []),
    ):
        items = reader.get(f"/api/tickets?priority=high&{query}").json["items"]
        assert {each["id"] for each in items} == {each["id"] for each in wanted}, query


@pytest.mark.parametrize("priority", ["higher", "", "2", "HIGH"])
def test_a_priority_that_there_is_not_is_refused(call: Call, priority: str) -> None:
    answer = call("receptionist").get(f"/api/tickets?priority={priority}")
    assert (answer.status_code, codes(answer)) == (400, ["bad-parameter"])
