"""Guests of the first class arrive two hours later than announced, and all that was prepared moves along."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from scenario_desk import Day, Json, at, passed, utc

NOTICE = {
    "kind": "booked",
    "guest_kind": "dignitaries",
    "organisation": "云外国代表团",
    "headcount": 12,
    "origin": "letter",
    "needs": ["engineering", "etiquette", "environment", "equipment"],
    "contact_name": "江未名",
    "contact": "13600000005",
}
TEN, NOON = "2026-03-05 10:00", "2026-03-05 12:00"
PROGRAMME = {
    "itinerary": "十点到达，参观两小时，座谈",
    "arrival": at(TEN),
    "route": "大堂—会所—会议厅",
    "places": "会所及会议厅",
    "plates": "云A00001",
    "meeting_room": "一号会议厅",
    "guests": [{"name": "江未名", "position": "团长"}],
}
LATER = {"arrival": at(NOON), "in_hours": True, "reason": "航班延误"}
LEADS = {
    "day": timedelta(days=1),
    "half-day": timedelta(hours=12),
    "hour": timedelta(hours=1),
    "quarter-hour": timedelta(minutes=15),
    "on-arrival": timedelta(minutes=1),
}
COORDINATORS = {"cs-officer", "engineering-supervisor", "security-supervisor", "cleaning-head", "client"}
HEADS = {"dept-head.cs", "dept-head.engineering", "dept-head.security", "dept-head.environment"}
A_DAY_BEFORE = {  # task: who confirms it, and what there is to confirm
    "name-plates": ("cs-officer", ("names", "plates-printed")),
    "route-equipment": ("engineering-supervisor", ("equipment", "works-signs", "failure-plan")),
    "heads-meeting": ("dept-head.management-office", ("assigned", "cautions")),
    "readiness-check": ("cs-officer", ("video", "room", "room-supplies")),
}
HALF_A_DAY_BEFORE = {
    "itinerary": ("cs-officer", ("itinerary", "site", "guides")),
    "area-cleaning": ("cleaning-head", ("areas",)),
    "deep-cleaning": ("cleaner", ("hall", "equipment-rooms", "corners")),
    "plants": ("dept-head.greening", ("plants",)),
    "audio-video": ("dept-head.project", ("sound", "lights")),
}
ON_THE_ROUTE = ("welcome-board", "carpet", "hygiene", "preparations")


@pytest.fixture
def tour(day: Day) -> Json:
    """Graded, its notice distributed: every department has its tasks for ten o'clock on Thursday."""
    assert day.may_not_open("cs-officer", "group-tour", **NOTICE).status_code == 403
    ticket = day.opens("cs-supervisor", "group-tour", **NOTICE)
    yesterday = {**PROGRAMME, "arrival": at("2026-03-01 10:00")}
    assert day.may_not("cs-supervisor", ticket, "collect", **yesterday) == (409, ["guard"])
    ticket = day.does("cs-supervisor", ticket, "collect", **PROGRAMME)
    ticket = day.does("cs-supervisor", ticket, "check-hours", in_hours=True)
    ticket = day.does("cs-supervisor", ticket, "grade", grade="class-1")
    alone = day.may_not("cs-supervisor", ticket, "distribute", original_kept=True)
    assert alone == (409, ["guard"])  # asked for by letter: carriers and operators are spoken to first
    ticket = day.does("cs-supervisor", ticket, "distribute", original_kept=True, coordination="已协调")
    assert day.told(ticket) == COORDINATORS
    return ticket


def tasks(day: Day, tour: Json) -> dict[str, Json]:
    """What is to be prepared, by task; of the requirements of the meeting each department has its own."""
    found: dict[str, Json] = {}
    for each in day.children(tour, "tasks"):
        task = each["data"]["task"]
        found[f"{task}@{each['department']}" if task == "requirements" else task] = each
    return found


def due(local: str, lead: str) -> str | None:
    """When a task of that lead is due for an arrival; what lasts the whole visit cannot be late."""
    if lead == "whole-visit":
        return None
    moment = datetime.fromisoformat(at(local)) - LEADS[lead]
    return utc(moment.strftime("%Y-%m-%d %H:%M"))


def test_when_the_arrival_moves_by_two_hours_every_task_is_due_anew(day: Day, tour: Json) -> None:
    """Each by its own lead; the meeting moves too; both histories say so, and everybody concerned hears."""
    before = tasks(day, tour)
    assert len(before) == 18
    assert {name: each["due_at"] for name, each in before.items()} == {
        name: due(TEN, each["data"]["lead"]) for name, each in before.items()
    }
    for task in before.values():
        assert f"dept-head.{task['department']}" in day.told(task)
    assert day.promise(tour, "state.preparing")["due_at"] == utc("2026-03-04 10:00")

    evening = {**LATER, "arrival": at("2026-03-05 19:00")}
    assert day.may_not("cs-supervisor", tour, "reschedule", **evening) == (409, ["guard"])
    assert day.may_not("cs-officer", tour, "reschedule", **LATER) == (403, ["role-needed"])
    assert day.may_not("cs-supervisor", tour, "reschedule", arrival=at(NOON))[0] == 422
    tour = day.does("cs-supervisor", tour, "reschedule", **LATER)
    assert day.told(tour) >= COORDINATORS | HEADS

    after = tasks(day, tour)
    assert {name: each["due_at"] for name, each in after.items()} == {
        name: due(NOON, each["data"]["lead"]) for name, each in after.items()
    }
    assert day.child(tour, "meetings")["data"]["starts_at"] == utc(NOON)
    assert day.promise(tour, "state.preparing")["due_at"] == utc("2026-03-04 12:00")
    assert tour["critical"]["due_at"] == utc("2026-03-04 12:00")
    said_in_both(day, tour, after)


def said_in_both(day: Day, tour: Json, tasks: dict[str, Json]) -> None:
    """The tour's history names what it has moved, each task's what has moved it, by whom and why."""
    moving = day.history(tour)[-1]
    first = sorted(each["number"] for each in tasks.values())[:10]
    assert (moving["trigger"], moving["data"]["arrival"]) == ("reschedule", utc(NOON))
    assert moving["note"].startswith("amends arrival: tasks")
    assert all(number in moving["note"] for number in first)
    assert "8 more" in moving["note"]
    assert moving["data"]["reason"] == LATER["reason"]
    for task in tasks.values():
        moved = day.history(task)[-1]
        assert (moved["kind"], moved["data"]) == ("amend", {"arrival": utc(NOON)})
        assert tour["number"] in moved["note"]
        assert moved["at"] == moving["at"]


def confirmed(day: Day, tour: Json, wanted: dict[str, tuple[str, tuple[str, ...]]]) -> Json:
    """These tasks are confirmed by their departments; how the tour stands then."""
    found = tasks(day, tour)
    for name, (who, items) in wanted.items():
        done = day.does(who, found[name], "confirm", items=passed(*items))
        assert done["state"] == "confirmed"
    return day.sees("cs-supervisor", tour)


def test_it_is_the_new_arrival_that_everybody_is_late_for(day: Day, tour: Json) -> None:
    """A day before ten nobody is late, a day before noon they are; prepared, patrolled and held after all."""
    tour = day.does("cs-supervisor", tour, "reschedule", **LATER)
    plates = tasks(day, tour)["name-plates"]
    day.until("2026-03-04 11:59")
    assert day.escalated_to(tour) == {"cs-supervisor"}  # the reminder
    assert not day.sees("cs-supervisor", plates)["overdue"]
    day.escalated_to(plates)
    day.until("2026-03-04 12:00")
    assert day.escalated_to(plates) >= {"cs-officer", "dept-head.cs", "cs-supervisor"}
    assert day.escalated_to(tour) == {"cs-supervisor", "cs-director"}

    wrong = day.refusal("cs-officer", plates, "confirm", items=passed("names"))
    assert [(each["code"], each["saw"]) for each in wrong.json["blocked_by"]] == [
        ("missing-paper", "plates-printed")
    ]
    assert day.may_not("guard", plates, "confirm", items=passed("names", "plates-printed"))[0] == 403
    tour = confirmed(day, tour, A_DAY_BEFORE)
    assert tour["state"] == "preparing"  # who stands where is not said yet
    posts = [{"post": "大堂门口", "person": day.id_of("usher"), "task": "迎宾"}]
    tour = day.does("cs-supervisor", tour, "arrange", arrangement=posts)
    assert tour["state"] == "ready"

    patrol = {"route_check": passed(*ON_THE_ROUTE), "companion": day.id_of("project-manager")}
    assert day.may_not("cs-supervisor", tour, "patrol", **patrol) == (409, ["guard"])  # half of it is open
    tour = confirmed(day, tour, HALF_A_DAY_BEFORE | requirements())
    tour = day.does("cs-supervisor", tour, "patrol", **patrol)
    assert day.may_not("guard", tour, "cars-enter") == (409, ["guard"])  # the lift does not wait yet
    lift = {"lift": "1 号客梯", "lift_with": day.id_of("cs-officer"), "lift_waiting": True}
    tour = day.does("engineering-supervisor", tour, "dedicate-lift", **lift)
    day.until(NOON)
    held(day, tour)


def requirements() -> dict[str, tuple[str, tuple[str, ...]]]:
    """What the meeting asks of four departments."""
    who = {"cs": "cs-officer", "engineering": "repair-worker", "security": "guard", "environment": "cleaner"}
    who["engineering"] = "engineering-supervisor"
    return {f"requirements@{each}": (account, ("requirements",)) for each, account in who.items()}


def held(day: Day, tour: Json) -> None:
    """They arrive, fire control tells everybody, they are greeted, shown round, and it is written down."""
    day.told(tour)
    tour = day.does("guard", tour, "cars-enter")
    assert day.told(tour) == {"lobby-receptionist", "cs-supervisor", "usher"}
    day.does("dept-head.fire-control", day.child(tour, "relays"), "confirm", items=passed("told"))
    assert day.told(tour) >= (COORDINATORS - {"client"}) | HEADS
    assert day.may_not("cs-supervisor", tour, "relayed") == (403, ["role-needed"])
    tour = day.does("cs-supervisor", tour, "greet", usher=day.id_of("usher"), greeted=True)
    tour = day.does("usher", tour, "finish")
    assert day.may_not("cs-supervisor", tour, "review", review="顺利") == (409, ["guard"])  # tasks are open
    rest = {
        "guest-parking": ("guard", ("plates-known", "spaces", "posted")),
        "visitor-passage": ("guard", ("passage", "order")),
        "supplies": ("cs-officer", ("supplies",)),
        "on-post": ("cs-officer", ("on-post",)),
        "normal-service": ("security-team-leader", ("service",)),
    }
    confirmed(day, tour, rest)
    assert day.does("cs-supervisor", tour, "review", review="顺利")["state"] == "closed"
