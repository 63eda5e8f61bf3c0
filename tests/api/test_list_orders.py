"""Lists by time, by person and in another order."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from api_desk import COMPLAINT, Call, Caller, codes

from service import wallclock
from service.schemas.queries import SORT_KEYS
from workflows.timing.instants import Instant, rfc3339

SHANGHAI = ZoneInfo("Asia/Shanghai")


def local(day: int, hour: int) -> Instant:
    """An hour of a day of March 2026 at the site."""
    return int(datetime(2026, 3, day, hour, tzinfo=SHANGHAI).timestamp())


class Times:
    """What time it is."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def at(self, day: int, hour: int) -> None:
        """It is this hour."""
        self._patch.setattr(wallclock, "now", lambda: local(day, hour))


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> Times:
    """The time of the test."""
    return Times(monkeypatch)


def numbers(who: Caller, query: str) -> list[str]:
    """The numbers in a list, page by page."""
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        answer = who.get(f"/api/tickets?limit=2&{query}{f'&cursor={cursor}' if cursor else ''}")
        assert answer.status_code == 200, answer.text
        found += [item["number"] for item in answer.json["items"]]
        cursor = answer.json["next"]
    return found


@pytest.fixture
def week(call: Call, times: Times) -> dict[str, Any]:
    """Four complaints: opened on four days; the second was withdrawn on the fifth, the first noted on the
    sixth."""
    tickets = []
    for day in (2, 3, 4, 5):
        times.at(day, 10)
        who = "cs-officer" if day % 2 else "receptionist"
        tickets.append(call(who).open("complaint", COMPLAINT))
    times.at(6, 10)
    assert call("cs-officer").fire(tickets[1], "withdraw", {"reason": "x"}).status_code == 201
    times.at(7, 10)
    officer = call("cs-officer")
    path = f"/api/tickets/{tickets[0]['id']}/notes"
    assert officer.post(path, {"text": "called"}, If_Match='"1"').status_code == 201
    return {"officer": officer, "names": [each["number"] for each in tickets], "tickets": tickets}


def test_days_are_those_of_the_site(week: dict[str, Any]) -> None:
    officer, (first, second, third, fourth) = week["officer"], week["names"]
    assert numbers(officer, "opened_since=2026-03-03&opened_until=2026-03-04") == [third, second]
    assert numbers(officer, f"opened_since={rfc3339(local(5, 10))}") == [fourth]
    assert numbers(officer, f"opened_until={rfc3339(local(2, 10))}") == []
    assert numbers(officer, "closed_since=2026-03-06&closed_until=2026-03-06") == [second]
    assert numbers(officer, "closed_since=2026-03-07") == []
    assert numbers(officer, "changed_since=2026-03-06") == [first, second]
    assert numbers(officer, "changed_until=2026-03-04") == [third]


def test_when_a_ticket_is_due_can_be_bounded(week: dict[str, Any]) -> None:
    officer, (first, _, third, fourth) = week["officer"], week["names"]
    due = {each["number"]: each["due_at"] for each in week["tickets"]}
    assert numbers(officer, "due_since=2026-03-01") == [first, third, fourth]
    assert numbers(officer, f"due_since={due[third]}&due_until={due[fourth]}") == [third]
    assert numbers(officer, f"due_until={due[third]}") == [first]


def test_a_list_can_be_had_of_who_opened_and_who_follows(week: dict[str, Any]) -> None:
    officer, (first, second, third, fourth) = week["officer"], week["names"]
    assert numbers(officer, "opener=me") == [fourth, second]
    assert (
        numbers(officer, "opener=receptionist")
        == numbers(officer, "opener=id-receptionist")
        == [third, first]
    )
    assert numbers(officer, "opener=nobody") == numbers(officer, "watcher=nobody") == []
    assert numbers(officer, "level=1") == []


def test_a_list_can_be_had_of_a_unit(call: Call) -> None:
    officer = call("cs-officer")
    one = officer.open("complaint", {**COMPLAINT, "unit": "6-0901"})["number"]
    officer.open("complaint", {**COMPLAINT, "unit": "6-0902"})
    assert numbers(officer, "unit=6-0901") == numbers(officer, "unit=６-0901") == [one]
    assert numbers(officer, "unit=6-0901&q=清扫") == [one]
    assert numbers(officer, "unit=6-09") == numbers(officer, "unit=6-0901&q=absent") == []


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("opened", [0, 1, 2, 3]),
        ("-opened", [3, 2, 1, 0]),
        ("changed", [2, 3, 1, 0]),
        ("-changed", [0, 1, 3, 2]),
        ("due", [0, 2, 3, 1]),
        ("-due", [3, 2, 0, 1]),
        ("closed", [1, 3, 2, 0]),
        ("-closed", [1, 3, 2, 0]),
    ],
)
def test_a_list_can_be_had_in_another_order(week: dict[str, Any], sort: str, expected: list[int]) -> None:
    """What has no such time comes last, newest first."""
    assert numbers(week["officer"], f"sort={sort}") == [week["names"][place] for place in expected]


def test_the_highest_priority_comes_first_and_among_equals_the_newest(
    week: dict[str, Any], call: Call, times: Times
) -> None:
    times.at(8, 10)
    officer = call("cs-officer")
    officer.open("complaint", {**COMPLAINT, "content": "电梯困人"})
    ranks = ["low", "normal", "high", "urgent"]
    items = officer.get("/api/tickets?limit=50").json["items"]
    items.sort(key=lambda each: (ranks.index(each["priority"]), each["number"]))
    expected = [each["number"] for each in items]
    assert numbers(officer, "sort=priority") == expected
    assert numbers(officer, "sort=-priority") == expected[::-1]


def test_a_cursor_belongs_to_its_order(week: dict[str, Any]) -> None:
    officer = week["officer"]
    cursor = officer.get("/api/tickets?limit=1&sort=-changed").json["next"]
    assert officer.get(f"/api/tickets?limit=1&sort=-changed&cursor={cursor}").status_code == 200
    for sort in {*SORT_KEYS} - {"-changed"}:
        answer = officer.get(f"/api/tickets?limit=1&sort={sort}&cursor={cursor}")
        assert (answer.status_code, codes(answer)) == (422, ["bad-cursor"]), sort


@pytest.mark.parametrize(
    "query",
    [
        "sort=number",
        "sort=",
        "level=0",
        "level=x",
        "due_since=yesterday",
        "view=queue&sort=due",
        "view=queue&level=1",
    ],
)
def test_an_order_or_a_bound_that_there_is_not_is_refused(call: Call, query: str) -> None:
    answer = call("cs-officer").get(f"/api/tickets?{query}")
    assert (answer.status_code, codes(answer)) == (400, ["bad-parameter"])


def test_the_queue_can_be_bounded_by_time(week: dict[str, Any]) -> None:
    officer, (first, _, third, fourth) = week["officer"], week["names"]
    assert numbers(officer, "view=queue") == [first, third, fourth]
    assert numbers(officer, "view=queue&opened_since=2026-03-04") == [third, fourth]
    assert numbers(officer, "view=queue&changed_since=2026-03-07") == [first]
