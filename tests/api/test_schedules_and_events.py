"""Schedules and events at the API: what is opened next, what was set aside, and what people announce."""

from __future__ import annotations

from typing import Any

import pytest
from api_desk import HILL, LAKE, Call, codes

from service import wallclock
from service.bootstrap import Desk
from workflows.core.schedule_slots import Occurrence
from workflows.storage.schedule_runs import ScheduleRun

T = "{en: Rain, zh-Hans: 下雨, zh-Hant: 下雨, es: Lluvia}"
SCHEDULES = f"""
events:
  heavy-rain:
    title: {T}
    roles: [cs-supervisor]
    fields: {{expected: {{type: datetime, title: {T}}}, where: {{type: text, title: {T}}}}}
    requires: [expected]
rounds:
  title: {T}
  opens: property-patrol
  on: {{daily: "09:00"}}
before-rain:
  title: {T}
  opens: property-patrol
  event: heavy-rain
  with: {{place: event.where}}
only-here:
  title: {T}
  opens: utilities-check
  on: {{yearly: [03-01], at: "09:00"}}
  sites: [{HILL}]
lost:
  title: {T}
  opens: no-such-process
  on: {{daily: "09:00"}}
"""
SOON = {"expected": "2030-06-01T14:00:00+08:00", "where": "南门"}


@pytest.fixture(autouse=True)
def planned(desk: Desk) -> None:
    """These schedules in place of our own."""
    desk.definition_store.publish(
        "schedules", "schedules.yaml", "test", SCHEDULES, {}, wallclock.now(), "tests"
    )


def listed(answer: Any) -> dict[tuple[str, str], Any]:
    return {(item["name"], item["site"]): item for item in answer.json["items"]}


def parked(desk: Desk, key: str = "2026-03-02 09:00") -> str:
    """A slot of the rounds that could not be opened."""
    run = ScheduleRun(Occurrence(LAKE, "rounds", key, 1_772_413_200, 1_772_413_200))
    desk.runs.add([run])
    desk.runs.record_result(ScheduleRun(run.occurrence, "parked", 0, "no room", 1_772_413_260))
    return key


def test_schedules_are_listed_at_the_sites_of_the_asker(call: Call) -> None:
    """With their next slots; what hangs on an event has none."""
    found = listed(call("director-of-both").get("/api/schedules"))
    assert set(found) == {
        ("rounds", LAKE),
        ("rounds", HILL),
        ("before-rain", LAKE),
        ("before-rain", HILL),
        ("only-here", HILL),
    }
    rounds = found["rounds", LAKE]
    assert (rounds["title"], rounds["opens"], rounds["event"]) == ("Rain", "property-patrol", None)
    assert [slot["key"][-5:] for slot in rounds["next"]] == ["09:00"] * 3
    assert (rounds["last"], rounds["parked"]) == (None, [])
    assert (found["before-rain", LAKE]["event"], found["before-rain", LAKE]["next"]) == ("heavy-rain", [])
    assert set(listed(call("receptionist").get(f"/api/schedules?site={LAKE}"))) == {
        ("rounds", LAKE),
        ("before-rain", LAKE),
    }


def test_a_schedule_that_cannot_be_kept_is_shown_with_the_reason(call: Call) -> None:
    [broken] = call("receptionist").get("/api/schedules").json["broken"]
    assert broken["name"] == "lost"
    assert "unknown workflow 'no-such-process'" in broken["reason"]


def test_what_was_set_aside_is_shown_and_can_be_tried_again(call: Call, desk: Desk) -> None:
    """By who looks after the site; the clock opens it."""
    key = parked(desk)
    [run] = listed(call("receptionist").get("/api/schedules"))["rounds", LAKE]["parked"]
    assert (run["key"], run["status"], run["reason"], run["opened"]) == (key, "parked", "no room", 0)
    body = {"site": LAKE, "key": key}
    assert codes(call("receptionist").post("/api/schedules/rounds/retry", body)) == ["managers-only"]
    director = call("office-director")
    assert codes(director.post("/api/schedules/rounds/retry", {**body, "key": "x"})) == ["unknown-run"]
    assert codes(director.post("/api/schedules/rounds/retry", {**body, "site": HILL})) == ["unknown-run"]
    done = director.post("/api/schedules/rounds/retry", body, Idempotency_Key="once")
    assert (done.status_code, done.json["status"]) == (200, "waiting")
    assert director.post("/api/schedules/rounds/retry", body, Idempotency_Key="once").json == done.json
    desk.schedules.tick(wallclock.now())
    shown = listed(director.get("/api/schedules"))["rounds", LAKE]
    assert (shown["last"]["status"], shown["last"]["opened"], shown["parked"]) == ("opened", 1, [])


def test_the_kinds_of_events_come_with_their_forms(call: Call) -> None:
    """And say where the user may announce them."""
    [kind] = call("cs-supervisor").get("/api/event-kinds").json["items"]
    assert (kind["name"], kind["title"], kind["roles"], kind["sites"]) == (
        "heavy-rain",
        "Rain",
        ["cs-supervisor"],
        [LAKE],
    )
    assert kind["form"]["required"] == ["expected"]
    assert set(kind["form"]["properties"]) == {"expected", "where"}
    [kind] = call("receptionist", "zh-Hans").get("/api/event-kinds").json["items"]
    assert (kind["title"], kind["sites"]) == ("下雨", [])


def test_an_event_is_announced_and_its_tickets_are_opened(call: Call, desk: Desk) -> None:
    supervisor = call("cs-supervisor")
    told = supervisor.post("/api/events", {"event": "heavy-rain", "data": SOON})
    assert told.status_code == 201, told.text
    assert told.json["by"] == "员工 cs-supervisor"
    assert told.json["data"] == {"expected": "2030-06-01T06:00:00Z", "where": "南门"}
    assert supervisor.get(told.headers["Location"]).json == told.json
    assert supervisor.get("/api/events").json["items"] == [told.json]
    desk.schedules.tick(wallclock.now())
    [ticket] = supervisor.get("/api/tickets?workflow=property-patrol").json["items"]
    assert ticket["title"] == "南门"


def test_the_same_announcement_under_one_key_is_one_event(call: Call, desk: Desk) -> None:
    """Also if the first answer was never kept."""
    supervisor = call("cs-supervisor")
    body = {"event": "heavy-rain", "site": LAKE, "data": SOON}
    first = supervisor.post("/api/events", body, Idempotency_Key="rain")
    assert supervisor.post("/api/events", body, Idempotency_Key="rain").json == first.json
    desk.store.delete_idempotency_keys(wallclock.now() + 60)
    assert supervisor.post("/api/events", body, Idempotency_Key="rain").json == first.json
    assert len(supervisor.get("/api/events").json["items"]) == 1
    other = {**body, "data": {**SOON, "where": "北门"}}
    assert codes(supervisor.post("/api/events", other, Idempotency_Key="rain")) == ["key-reused"]


def test_an_announcement_is_refused_with_its_reasons(call: Call) -> None:
    """Who may not, what there is not, what is wrong in the form, and where."""
    receptionist, supervisor = call("receptionist"), call("cs-supervisor")
    told = {"event": "heavy-rain", "data": SOON}
    assert codes(receptionist.post("/api/events", told)) == ["role-needed"]
    assert codes(supervisor.post("/api/events", {**told, "event": "hail"})) == ["unknown-event"]
    assert codes(supervisor.post("/api/events", {**told, "site": HILL})) == ["unknown-site"]
    assert codes(call("director-of-both").post("/api/events", told)) == ["site-needed"]
    wrong = supervisor.post("/api/events", {"event": "heavy-rain", "data": {"expected": "soon", "wher": "x"}})
    assert sorted(codes(wrong)) == ["bad-value", "unknown-field"]
    assert supervisor.get("/api/events").json["items"] == []


def test_events_of_other_sites_are_not_shown(call: Call) -> None:
    told = call("cs-supervisor").post("/api/events", {"event": "heavy-rain", "data": SOON})
    elsewhere = call("elsewhere")
    assert codes(elsewhere.get(told.headers["Location"])) == ["unknown-event"]
    assert elsewhere.get("/api/events").json["items"] == []


def test_events_are_listed_page_by_page(call: Call) -> None:
    """Newest first; a cursor of something else is refused."""
    supervisor = call("cs-supervisor")
    for number in range(3):
        supervisor.post("/api/events", {"event": "heavy-rain", "data": {**SOON, "where": str(number)}})
    first = supervisor.get("/api/events?limit=2").json
    rest = supervisor.get(f"/api/events?limit=2&cursor={first['next']}").json
    found = [event["data"]["where"] for event in (*first["items"], *rest["items"])]
    assert sorted(found) == ["0", "1", "2"]
    assert rest["next"] is None
    assert codes(supervisor.get("/api/events?cursor=nonsense")) == ["bad-cursor"]
