"""A number that is sent as a text: digits are taken, whatever their width, and nothing is guessed."""

from __future__ import annotations

import pytest
from api_desk import Call, codes

from service import wallclock
from service.bootstrap import Desk

T = "{en: Reading, zh-Hans: 抄表, zh-Hant: 抄表, es: Lectura}"
METER = f"""
workflow: meter
title: {T}
purpose: What a meter shows.
numbering: 'ME-{{year}}-{{seq:4}}'
calendar: office
fields:
  shows: {{type: number, title: {T}, max: 500}}
  rows: {{type: table, title: {T}, columns: {{shows: {{type: number, title: {T}}}}}}}
start: {{state: begun, roles: [receptionist], accepts: [shows, rows]}}
states:
  begun: {{title: {T}, owner: {{role: receptionist}}, due: 1 hour, escalation: standard}}
  done: {{title: {T}, category: closed}}
transitions:
  - {{trigger: finish, title: {T}, from: begun, to: done, roles: [receptionist], accepts: [shows], guard: shows > 80}}
"""  # noqa: E501 - a row of YAML


@pytest.fixture
def metering(desk: Desk, call: Call) -> Call:
    desk.definitions.publish_text(METER, "meter.yaml", wallclock.now(), "tests")
    return call


@pytest.mark.parametrize("sent", [89.5, "89.5", "８９．５", " 89.50 "])
def test_digits_in_a_text_are_the_number_they_spell(metering: Call, sent: object) -> None:
    desk = metering("receptionist")
    ticket = desk.open("meter", {"shows": sent, "rows": [{"shows": sent}]})
    assert (ticket["data"]["shows"], ticket["data"]["rows"]) == (89.5, [{"shows": 89.5}])
    assert desk.fire(ticket, "finish", {"shows": sent}).status_code == 201


@pytest.mark.parametrize(
    "sent", ["1,234", "89,5", "8 9", "1e2", "８９。５", "八十九", "0x59", "12345678901.1234567"]
)
def test_what_could_be_read_in_two_ways_is_refused(metering: Call, sent: str) -> None:
    for data in ({"shows": sent}, {"rows": [{"shows": sent}]}):
        answer = metering("receptionist").post("/api/tickets", {"workflow": "meter", "data": data})
        assert (answer.status_code, codes(answer)) == (422, ["bad-value"])


def test_a_text_is_held_against_the_fields_bounds(metering: Call) -> None:
    answer = metering("receptionist").post("/api/tickets", {"workflow": "meter", "data": {"shows": "５０１"}})
    assert answer.json["blocked_by"][0]["message"] == "shows must be at most 500"


def test_an_empty_text_is_no_number_and_no_fault(metering: Call) -> None:
    assert "shows" not in metering("receptionist").open("meter", {"shows": " "})["data"]
