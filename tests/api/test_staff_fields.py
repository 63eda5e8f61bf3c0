"""A staff field takes accounts as well as ids, only of the roles it names, and says who may be chosen."""

from __future__ import annotations

from typing import Any

import pytest
from api_desk import LAKE, Call, Caller, codes
from werkzeug.test import TestResponse

from service import wallclock
from service.bootstrap import Desk
from workflows.core.commands import CLOCK
from workflows.core.people import Absence

TAP = {
    "reporter": "何演示",
    "contact": "13800000010",
    "place": "4-0702 厨房",
    "content": "水龙头滴水",
    "urgency": "normal",
}
IN_TIME = {"scope": "indoor", "charge": "warranty", "warranty_end": "2099-12-31"}
CANDIDATES = "/api/workflows/repair/candidates?field=worker"


@pytest.fixture
def officer(call: Call) -> Caller:
    """Who gives repairs out."""
    return call("cs-officer")


def to_assign(officer: Caller) -> dict[str, Any]:
    """A repair that waits for somebody to do it."""
    ticket = officer.open("repair", TAP)
    for trigger, form in (("classify", IN_TIME), ("issue-slip", {})):
        answer = officer.fire(ticket, trigger, form)
        assert answer.status_code == 201, answer.text
        ticket = dict(answer.json)
    return ticket


def assign(officer: Caller, ticket: dict[str, Any], worker: str) -> TestResponse:
    """Give it out."""
    return officer.fire(ticket, "assign", {"worker": worker})


@pytest.mark.parametrize("named", ["repair-worker", "id-repair-worker", "Repair-Worker", "ｒepair-worker"])
def test_an_account_is_taken_as_well_as_an_id_and_the_id_is_kept(officer: Caller, named: str) -> None:
    """However the account is typed."""
    answer = assign(officer, to_assign(officer), named)
    assert answer.status_code == 201, answer.text
    assert answer.json["data"]["worker"] == answer.json["assignee"] == "id-repair-worker"


@pytest.mark.parametrize(("named", "code"), [("receptionist", "wrong-role"), ("nobody", "bad-value")])
def test_who_holds_none_of_the_roles_is_refused(officer: Caller, named: str, code: str) -> None:
    """And who does not work here; the form names those who may."""
    ticket = to_assign(officer)
    refused = assign(officer, ticket, named)
    assert (refused.status_code, codes(refused)) == (422, [code])
    steps = officer.get(f"/api/tickets/{ticket['number']}/transitions").json["available"]
    form = next(each["form"] for each in steps if each["trigger"] == "assign")
    listed = form["properties"]["worker"]["enum"]
    assert "id-repair-worker" in listed
    assert "id-receptionist" not in listed


def test_candidates_come_with_their_open_work_the_least_first(officer: Caller, desk: Desk) -> None:
    """Those who are away last; for the form of a step as for one who plans the day."""
    assign(officer, to_assign(officer), "repair-worker")
    now = wallclock.now()
    away = Absence(site=LAKE, staff_id="id-repair-worker-2", from_at=now - 60, to_at=now + 3_600)
    desk.people.store_absence(away, CLOCK, now)
    found = officer.get(CANDIDATES).json["items"]
    work = {each["account"]: each["open_tickets"] for each in found}
    assert work["repair-worker"] == 1
    assert {each["account"] for each in found} >= {"repair-worker", "repair-team-leader", "cs-officer"}
    assert "receptionist" not in work
    keys = [(each["away"], each["open_tickets"]) for each in found]
    assert keys == sorted(keys)
    assert [each["account"] for each in found if each["away"]] == ["repair-worker-2"]


def test_candidates_for_a_column_and_for_what_is_no_staff_field(officer: Caller, call: Call) -> None:
    """A column is named with its table."""
    items = officer.get("/api/workflows/group-tour/candidates?field=arrangement.person").json["items"]
    assert len(items) > 20
    for field in ("content", "arrangement", "arrangement.post", "nothing"):
        assert officer.get(f"/api/workflows/group-tour/candidates?field={field}").status_code == 404
    assert officer.get("/api/workflows/group-tour/candidates").status_code == 400
    assert call("elsewhere").get(f"{CANDIDATES}&site={LAKE}").status_code == 404
