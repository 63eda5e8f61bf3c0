"""A resident complains by the code of a unit: what is fixed for residents is neither asked nor sent."""

from __future__ import annotations

from typing import Any

import pytest
from api_desk import DEFINITIONS, Call
from plain_browser import PlainBrowser
from resident_office import UNIT, give_code

from service import wallclock
from service.bootstrap import Desk

TOLD = {"complainant": "江舟", "contact": "13800000022", "content": "垃圾房异味"}


def complaints(call: Call) -> list[dict[str, Any]]:
    """What each complaint says, as the officer reads it."""
    found = call("cs-officer").get("/api/tickets?workflow=complaint").json["items"]
    return [dict(call("cs-officer").get(f"/api/tickets/{each['id']}").json["data"]) for each in found]


def test_a_code_offers_each_process_that_residents_may_open(browser: PlainBrowser, desk: Desk) -> None:
    token = give_code(desk)
    page = browser.look(f"/r/{token}")
    for workflow in ("complaint", "repair"):
        assert f'href="/r/{token}/report/{workflow}"' in page.text
    assert page.text.count('class="button main"') == 2, "and no other"


def test_where_there_is_one_process_only_its_form_is_shown_at_once(browser: PlainBrowser, desk: Desk) -> None:
    text = (DEFINITIONS / "complaints" / "complaint.yaml").read_text("utf-8")
    text = text.replace(", guest]", "]").replace("  guest: {channel: online}", "  #")
    desk.definitions.publish_text(text.split("\nscenarios:")[0], "complaint.yaml", wallclock.now(), "tests")
    token = give_code(desk)
    browser.look(f"/r/{token}")
    assert browser.form("/r/").action == f"/r/{token}/report/repair"


def test_a_complaint_by_a_code_came_online_and_nobody_was_asked(
    browser: PlainBrowser, desk: Desk, call: Call
) -> None:
    browser.look(f"/r/{give_code(desk)}/report/complaint")
    assert not {"channel", "unit"} & browser.form("/r/").names
    done = browser.send("/r/", **TOLD)
    assert done.status_code == 303, done.text
    (seen,) = complaints(call)
    assert (seen["channel"], seen["unit"], seen["content"]) == ("online", UNIT, TOLD["content"])
    followed = browser.follow()
    assert followed.status_code == 200
    assert TOLD["complainant"] not in followed.text


@pytest.mark.parametrize(
    "more",
    [
        {"channel": "phone"},
        {"channel": ["phone", "online"]},
        {"channel": ""},
        {"unit": "9-9999"},
        {"severity": "high", "nature": "valid", "department": "environment"},
        {"worker": "x", "_anything": "x", "state": "closed", "priority": "urgent"},
    ],
)
def test_what_residents_are_not_asked_cannot_be_slipped_in(
    browser: PlainBrowser, desk: Desk, call: Call, more: dict[str, Any]
) -> None:
    browser.look(f"/r/{give_code(desk)}/report/complaint")
    browser.client.post(browser.form("/r/").action, data={**browser.form("/r/").values, **TOLD, **more})
    for seen in complaints(call):
        assert {name: value for name, value in seen.items() if value not in (None, [], "")}.keys() == {
            *TOLD,
            "channel",
            "unit",
        }
        assert (seen["channel"], seen["unit"]) == ("online", UNIT)
    assert len(complaints(call)) == 1


def test_what_is_missing_is_said_and_the_fixed_field_is_never_named(
    browser: PlainBrowser, desk: Desk, call: Call
) -> None:
    browser.look(f"/r/{give_code(desk)}/report/complaint")
    refused = browser.send("/r/", content=TOLD["content"])
    assert refused.status_code == 422
    assert 'id="field-complainant-wrong"' in refused.text
    assert 'name="channel"' not in refused.text
    assert complaints(call) == []


def test_staff_are_asked_as_before(call: Call) -> None:
    missing = call("receptionist").send("POST", "/api/tickets", {"workflow": "complaint", "data": TOLD})
    assert missing.status_code == 422
    assert [each["field"] for each in missing.json["blocked_by"]] == ["channel"]
    opened = call("receptionist").open("complaint", {**TOLD, "channel": "phone"})
    assert call("cs-officer").get(f"/api/tickets/{opened['id']}").json["data"]["channel"] == "phone"


def test_the_process_says_what_is_fixed_for_residents(call: Call) -> None:
    found = call("cs-officer").get("/api/workflows/complaint").json["start"]
    assert found["guest"] == {"channel": "online"}
    assert "channel" in found["form"]["required"], "the form is that of staff"
