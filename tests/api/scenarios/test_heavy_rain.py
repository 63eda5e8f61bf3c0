"""Heavy rain is announced: every house in custody is patrolled before it and after it, and no other."""

from __future__ import annotations

from collections import Counter

import pytest
from api_desk import codes
from scenario_desk import Day, Json, at, passed, utc

BEGINS, ENDED = "2026-03-03 02:00", "2026-03-03 07:00"
WARNING = {"begins": at(BEGINS), "warning": "橙色预警"}
OUTSIDE = ("doors-windows", "walls-roof", "drains", "balcony", "no-entry", "surroundings")
AGREEMENT = {
    "agreement_signed": True,
    "starts_on": "2026-03-02",
    "ends_on": "2027-03-01",
    "monthly_fee": "200.00",
}


def in_custody(day: Day, unit: str) -> Json:
    """A house whose owner is away."""
    owner = {"owner_name": "钟离远行", "contact": "13600000008", "unit": unit, "moved_in": True}
    house = day.opens("cs-officer", "house-custody", **owner)
    house = day.does("cs-officer", house, "sign", **AGREEMENT)
    return day.does("repair-worker", house, "read-base", water_base=12.5, electricity_base=340)


@pytest.fixture
def houses(day: Day) -> tuple[Json, Json]:
    """Two houses in custody; a third has only been asked for."""
    owner = {"owner_name": "宇文未定", "contact": "13600000009", "unit": "9-0901", "moved_in": True}
    day.opens("cs-officer", "house-custody", **owner)
    return in_custody(day, "3-1201"), in_custody(day, "5-0302")


def announced(day: Day, account: str, event: str, data: Json, key: str = "") -> tuple[int, Json]:
    """Somebody says at the API that something happens; the clock sees to what hangs on it."""
    heads = {"Idempotency_Key": key} if key else {}
    answer = day.as_(account).post("/api/events", {"event": event, "data": data}, **heads)
    if answer.status_code < 400:
        day.look_at_schedules()
        return answer.status_code, dict(answer.json)
    return answer.status_code, {"codes": sorted(codes(answer))}


def patrols(day: Day, house: Json, occasion: str) -> list[Json]:
    """The patrols of a house on an occasion."""
    return [each for each in day.children(house, "patrols") if each["data"]["occasion"] == occasion]


def test_houses_in_custody_are_patrolled_before_the_rain_and_after_it(
    day: Day, houses: tuple[Json, Json]
) -> None:
    """Six hours before it begins, a day after it has ended; each patrol a child of its house, opened once."""
    first, second = houses
    assert announced(day, "cleaner", "heavy-rain-announced", WARNING) == (403, {"codes": ["role-needed"]})
    vague = {"warning": "橙色预警", "begns": at(BEGINS)}
    refused = announced(day, "duty-manager-assistant", "heavy-rain-announced", vague)
    assert refused == (422, {"codes": ["missing-field", "unknown-field"]})
    assert announced(day, "cs-officer", "snow-announced", {})[0] == 404
    assert day.found("cs-officer", "workflow=custody-patrol") == []

    said = announced(day, "duty-manager-assistant", "heavy-rain-announced", WARNING, key="rain")
    assert said[0] == 201
    again = announced(day, "duty-manager-assistant", "heavy-rain-announced", WARNING, key="rain")
    assert again == said  # and nothing is opened twice
    opened = day.found("cs-officer", "workflow=custody-patrol")
    assert Counter(each["parent"] for each in opened) == {first["id"]: 1, second["id"]: 1}
    (before,) = patrols(day, first, "before-rain")
    assert before["due_at"] == utc("2026-03-02 20:00")
    assert day.history(before)[0]["actor"]["name"] == "clock"
    assert day.told(before) == {"property-warden"}

    assert day.may_not("cs-officer", before, "patrol", items=passed(*OUTSIDE)) == (403, ["role-needed"])
    assert day.may_not("property-warden", before, "patrol")[0] == 422
    day.until("2026-03-02 16:00")
    before = day.does("property-warden", before, "patrol", items=passed(*OUTSIDE))
    assert before["category"] == "closed"
    (late,) = patrols(day, second, "before-rain")
    day.until("2026-03-02 20:01")
    assert day.escalated_to(late) == {"property-warden", "cs-supervisor"}  # nobody has been there
    assert day.sees("cs-officer", late)["overdue"]

    day.until("2026-03-03 08:00")
    assert announced(day, "cs-officer", "heavy-rain-over", {"ended": at(ENDED)})[0] == 201
    (after,) = patrols(day, first, "after-rain")
    assert after["due_at"] == utc("2026-03-04 07:00")
    assert len(patrols(day, second, "after-rain")) == 1
    a_broken_window(day, first, after)


def a_broken_window(day: Day, house: Json, patrol: Json) -> None:
    """The owner hears, a repair is opened, and the patrol ends when somebody has told him."""
    seen = passed(*OUTSIDE, doors_windows="次卧窗玻璃破裂")
    assert day.may_not("guard", patrol, "patrol", items=seen, repair_needed=True) == (422, ["missing-field"])
    for ticket in (house, patrol):
        day.told(ticket)  # of what went before
    patrol = day.does("guard", patrol, "patrol", items=seen, problem="窗玻璃破裂", repair_needed=True)
    assert patrol["state"] == "problem-open"
    assert day.told(patrol) == {"cs-officer"}
    assert day.told(house) == {"client", "cs-officer"}
    repair = day.child(house, "repairs")
    assert (repair["data"]["content"], repair["parent"]) == ("窗玻璃破裂", house["id"])
    silent = {"handling": "已临时封窗", "owner_told": False}
    assert day.may_not("cs-officer", patrol, "handle", **silent) == (409, ["guard"])
    patrol = day.does("cs-officer", patrol, "handle", handling="已临时封窗", owner_told=True)
    assert (patrol["state"], day.sees("cs-officer", house)["state"]) == ("closed", "active")


def test_rain_that_is_announced_too_late_leaves_time_until_it_begins(
    day: Day, houses: tuple[Json, Json]
) -> None:
    """Where six hours before are past already."""
    soon = {"begins": at("2026-03-02 12:00")}
    assert announced(day, "security-team-leader", "heavy-rain-announced", soon)[0] == 201
    (patrol,) = patrols(day, houses[0], "before-rain")
    assert patrol["due_at"] == utc("2026-03-02 12:00")


def test_a_house_whose_custody_has_ended_is_patrolled_no_more(day: Day, houses: tuple[Json, Json]) -> None:
    """It has another who looks after it."""
    first, second = houses
    readings = {"water_reading": 12.5, "electricity_reading": 340, "months": 1}
    day.does("cs-officer", first, "end", **readings)
    assert announced(day, "cs-director", "heavy-rain-announced", WARNING)[0] == 201
    assert patrols(day, first, "before-rain") == []
    assert len(patrols(day, second, "before-rain")) == 1
