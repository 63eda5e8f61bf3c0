"""A ticket that does not exist for somebody: not in a queue, a file, the feed or a request for many."""

from __future__ import annotations

from typing import Any

import pytest
from api_desk import Call
from restricted_desk import STRANGERS, listed

WITH_A_RIGHT_BUT_NO_VIEW = "property-manager"
"""Has a role for a step of the ticket, and may not see it."""


@pytest.mark.parametrize("stranger", [*STRANGERS, WITH_A_RIGHT_BUT_NO_VIEW])
def test_it_is_in_no_queue_and_no_count_of_others(call: Call, secret: dict[str, Any], stranger: str) -> None:
    caller = call(stranger)
    assert secret["number"] not in listed(caller, "?view=queue")
    assert caller.get("/api/queue/counts").json["total"] == 0
    assert secret["number"] in listed(call("cs-officer"), "?view=queue")
    assert call("cs-officer").get("/api/queue/counts").json["total"] == 1


@pytest.mark.parametrize("stranger", [*STRANGERS, WITH_A_RIGHT_BUT_NO_VIEW])
def test_it_is_in_no_change_and_no_file_of_others(call: Call, secret: dict[str, Any], stranger: str) -> None:
    caller = call(stranger)
    for path in ("/api/changes", "/api/tickets?format=csv", "/api/tickets?format=csv&workflow=talk"):
        assert secret["number"] not in caller.get(path).text
        assert secret["number"] in call("cs-officer").get(path).text


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_request_for_many_hears_what_it_hears_of_no_ticket(
    call: Call, secret: dict[str, Any], stranger: str
) -> None:
    """By number and by id: nothing of it is in the answer but what was sent."""
    for verb, body in (
        ("transitions", {"trigger": "finish"}),
        ("assignments", {"assignee": None}),
        ("notes", {"text": "x"}),
    ):
        names = (secret["number"], secret["id"], "TK-1999-0001")
        asked = {**body, "tickets": [{"ticket": name, "seq": 1} for name in names]}
        items = call(stranger).post(f"/api/bulk/{verb}", asked).json["items"]
        assert [{**each, "ticket": ""} for each in items[:2]] == [{**items[2], "ticket": ""}] * 2
        assert (items[0]["status"], items[0]["id"]) == (404, None)
