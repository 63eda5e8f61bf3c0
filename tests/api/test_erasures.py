"""What is personal is erased by hand, by who looks after the desk, and the history says so."""

from __future__ import annotations

from typing import Any

import pytest
from api_desk import COMPLAINT, LAKE, Call, codes

from service import wallclock
from service.bootstrap import Desk
from workflows.core.commands import CLOCK
from workflows.core.people import Absence
from workflows.storage.audit.verify import verify

KEY = "3-1201"
UNIT, ERASURE = f"/api/registers/units/entries/{KEY}", f"/api/registers/units/erasures/{KEY}"
HISTORY, PERSONAL = f"/api/registers/units/history/{KEY}", f"/api/registers/units/personal/{KEY}"


@pytest.fixture
def unit(call: Call) -> dict[str, Any]:
    """A flat in the register."""
    values = {"area": 90, "owner": "王秘密", "owner_phone": "13800000001"}
    answer = call("cs-officer").send("PUT", UNIT, {"values": values}, If_Match='"0"')
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def test_a_manager_erases_and_the_history_says_who_and_why(call: Call, unit: dict[str, Any]) -> None:
    """The open columns stay; personal ones can be written anew."""
    director, officer = call("office-director"), call("cs-officer")
    done = director.post(ERASURE, {"note": "业主要求删除"}, If_Match='"1"')
    assert (done.status_code, done.headers["ETag"]) == (201, '"2"')
    assert done.json["values"] == {"unit": KEY, "area": 90}
    assert officer.get(PERSONAL).json["personal"] == {}
    last = officer.get(HISTORY).json["items"][-1]
    assert (last["kind"], last["actor"]["name"], last["note"]) == (
        "erase",
        "员工 office-director",
        "业主要求删除",
    )
    again = director.post(ERASURE, {}, If_Match='"2"')
    assert (again.status_code, again.json["seq"]) == (201, 2), "there is nothing more to erase"
    officer.send("PUT", UNIT, {"values": {"owner": "李新"}}, If_Match='"2"')
    assert officer.get(PERSONAL).json["personal"] == {"owner": "李新"}


def test_the_same_request_is_answered_once(call: Call, unit: dict[str, Any]) -> None:
    """Under its key."""
    director = call("office-director")
    first = director.post(ERASURE, {}, If_Match='"1"', Idempotency_Key="e1")
    assert director.post(ERASURE, {}, If_Match='"1"', Idempotency_Key="e1").json == first.json


def test_nobody_else_erases(call: Call, desk: Desk, unit: dict[str, Any]) -> None:
    """Neither who may write, nor who stands in for a manager."""
    now = wallclock.now()
    desk.people.store_absence(
        Absence(
            site=LAKE,
            staff_id="id-office-director",
            from_at=now - 60,
            to_at=now + 3_600,
            substitute_id="id-gate-guard",
        ),
        CLOCK,
        now,
    )
    for who in ("cs-officer", "gate-guard"):
        assert codes(call(who).post(ERASURE, {}, If_Match='"1"')) == ["managers-only"]
    assert call("cs-officer").get(PERSONAL).json["personal"]


def test_what_does_not_fit_is_refused(call: Call, unit: dict[str, Any]) -> None:
    """And nothing is erased."""
    director = call("office-director")
    nowhere = "/api/registers/units/erasures/9-9999"
    assert codes(director.post(nowhere, {}, If_Match='"1"')) == ["unknown-entry"]
    assert codes(director.post("/api/registers/unitz/erasures/1", {}, If_Match='"1"')) == ["unknown-register"]
    assert codes(director.post(ERASURE, {}, If_Match='"0"')) == ["changed-since"]
    assert director.post(ERASURE, {}).status_code == 428
    assert director.post(ERASURE, {"note": 1}, If_Match='"1"').status_code == 422
    assert call("cs-officer").get(PERSONAL).json["personal"]


def test_the_list_of_registers_says_how_long_they_keep(call: Call) -> None:
    """Or nothing."""
    items = call("receptionist").get("/api/registers").json["items"]
    assert {each["name"]: each["retention"] for each in items}["vehicles"] == "180 days"


def test_who_stands_in_for_a_writer_writes_on_their_behalf(
    call: Call, desk: Desk, unit: dict[str, Any]
) -> None:
    """And reads what they may read, under his own name."""
    guard, now = call("gate-guard"), wallclock.now()
    assert codes(guard.send("PUT", UNIT, {"values": {"area": 91}}, If_Match='"1"')) == ["role-needed"]
    assert codes(guard.get(PERSONAL)) == ["personal-not-yours"]
    desk.people.store_absence(
        Absence(
            site=LAKE,
            staff_id="id-archivist",
            from_at=now - 60,
            to_at=now + 3_600,
            substitute_id="id-gate-guard",
        ),
        CLOCK,
        now,
    )
    assert guard.send("PUT", UNIT, {"values": {"area": 91}}, If_Match='"1"').status_code == 200
    actor = guard.get(HISTORY).json["items"][-1]["actor"]
    assert actor == {
        "id": "id-gate-guard",
        "name": "员工 gate-guard",
        "on_behalf": "id-archivist",
        "on_behalf_name": "员工 archivist",
    }


def test_a_manager_erases_what_is_personal_of_a_ticket(call: Call, desk: Desk) -> None:
    """Of its history too; the rest stays and verifies. Nobody else does."""
    ticket = call("receptionist").open("complaint", COMPLAINT)
    here = f"/api/tickets/{ticket['id']}"
    refused = call("cs-officer").post(f"{here}/erasures", {}, If_Match='"1"')
    assert codes(refused) == ["managers-only"]
    director = call("office-director")
    assert codes(director.post(f"{here}/erasures", {}, If_Match='"0"')) == ["changed-since"]
    assert director.post(f"{here}/erasures", {}).status_code == 428
    done = director.post(f"{here}/erasures", {"note": "应要求删除"}, If_Match='"1"')
    assert (done.status_code, done.headers["ETag"]) == (201, '"2"')
    assert "complainant" not in done.json["data"]
    assert done.json["data"]["content"] == COMPLAINT["content"]
    assert call("cs-officer").get(f"{here}/personal").json["personal"] == {}
    last = director.get(f"{here}/history").json["items"][-1]
    assert (last["kind"], last["actor"]["id"], last["note"]) == ("erase", "id-office-director", "应要求删除")
    assert all(each.personal == {} for each in desk.queries.history(LAKE, ticket["id"], personal=True))
    assert list(verify(desk.database)) == []
