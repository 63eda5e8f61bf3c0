"""What a site says of its calendars, through the API."""

from __future__ import annotations

from typing import Any

import pytest
from api_desk import HILL, LAKE, Call, codes

from service import wallclock
from service.bootstrap import Desk
from workflows.timing.instants import parse_rfc3339

PATH = f"/api/sites/{LAKE}/calendars"
OFFICE = f"{PATH}/office"
FRIDAY = parse_rfc3339("2026-03-06T16:30:00+08:00")
COMPLAINT = {"complainant": "测试甲", "contact": "13800000000", "channel": "phone", "content": "漏水"}
CLOSED = {"said": {"closed": {"2026-03-09": "台风"}}}


@pytest.fixture
def friday(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(wallclock, "now", lambda: FRIDAY)
    return FRIDAY


def calendars(answer: Any) -> dict[str, dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return {each["name"]: each for each in answer.json["items"]}


def test_a_site_lives_by_the_companys_calendars_until_it_says_something(call: Call) -> None:
    found = calendars(call("office-director", "zh-Hans").get(PATH))
    assert found["office"]["title"] == "办公时间"
    assert (found["office"]["said"], found["office"]["holds"]["holidays"]) == ({}, "CN")
    assert found["front-desk"]["zone"] == "Asia/Shanghai"


def test_what_a_manager_says_holds_there_and_is_kept_with_who_and_when(call: Call, desk: Desk) -> None:
    director = call("director-of-both")
    seen = director.get(PATH).headers["ETag"]
    said = {"said": {"holidays": {"country": "HK", "kinds": ["public", "optional"]}}}
    answer = director.send("PUT", OFFICE, said, If_Match=seen)
    assert calendars(answer)["office"]["holds"]["holidays"]["country"] == "HK"
    assert answer.headers["ETag"] == director.get(PATH).headers["ETag"] != seen
    assert desk.people.directory(HILL).calendars == {}
    (change,) = director.get(f"/api/sites/{LAKE}/settings/history").json["items"]
    assert (change["name"], change["before"], change["after"]) == ("calendar.office", None, said["said"])
    assert change["actor"]["name"] == "员工 director-of-both"


def test_what_can_be_no_calendar_is_refused_with_every_reason(call: Call) -> None:
    director = call("office-director")
    seen = director.get(PATH).headers["ETag"]
    bad = {"said": {"hours": {"mon": ["12:00-12:00"]}, "holidays": "Nowhere", "closed": ["2026-02-30"]}}
    answer = director.send("PUT", OFFICE, bad, If_Match=seen)
    assert answer.status_code == 422
    fields = {each["field"] for each in answer.json["blocked_by"]}
    assert fields == {"said.hours.mon.0", "said.holidays", "said.closed.2026-02-30"}
    answer = director.send("PUT", OFFICE, {"said": {"zone": "Asia/Tokyo"}}, If_Match=seen)
    assert (answer.status_code, answer.json["blocked_by"][0]["field"]) == (422, "said.zone")
    answer = director.send("PUT", f"{PATH}/offce", {"said": {}}, If_Match=seen)
    assert codes(answer) == ["unknown-calendar"]


def test_of_two_who_saw_the_same_calendars_one_must_look_again(call: Call) -> None:
    director = call("office-director")
    seen = director.get(PATH).headers["ETag"]
    assert director.send("PUT", OFFICE, CLOSED, If_Match=seen).status_code == 200
    answer = director.send("PUT", f"{PATH}/front-desk", CLOSED, If_Match=seen)
    assert (answer.status_code, codes(answer)) == (412, ["changed-since"])


@pytest.mark.usefixtures("friday")
def test_a_preview_tells_what_would_move_and_the_clock_moves_it_when_it_is_said(
    call: Call, desk: Desk
) -> None:
    director = call("office-director")
    ticket = call("receptionist").open("complaint", COMPLAINT)
    assert ticket["due_at"] == "2026-03-09T01:30:00Z"
    (found,) = director.post(f"{OFFICE}/preview", CLOSED).json["items"]
    assert (found["number"], found["before"], found["after"]) == (
        ticket["number"],
        "2026-03-09T01:30:00Z",
        "2026-03-10T01:30:00Z",
    )
    assert director.get(f"/api/tickets/{ticket['id']}").json["due_at"] == "2026-03-09T01:30:00Z"
    seen = director.get(PATH).headers["ETag"]
    director.send("PUT", OFFICE, CLOSED, If_Match=seen)
    assert desk.deadlines.replan(FRIDAY + 30) == 1
    assert director.get(f"/api/tickets/{ticket['id']}").json["due_at"] == "2026-03-10T01:30:00Z"
    step = director.get(f"/api/tickets/{ticket['id']}/history").json["items"][-1]
    assert step["kind"] == "replan"
    assert step["note"].startswith("office: 2026-03-09 closed (台风) (员工 office-director, ")
    assert director.post(f"{OFFICE}/preview", CLOSED).json == {"moved": 0, "items": []}


@pytest.mark.parametrize("who", ["receptionist", "elsewhere"])
def test_calendars_are_for_those_who_look_after_the_desk_there(call: Call, who: str) -> None:
    assert call(who).get(PATH).status_code in (403, 404)
    assert call(who).post(f"{OFFICE}/preview", CLOSED).status_code in (403, 404)
