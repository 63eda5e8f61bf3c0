"""The same request sent again, eight at once, and two clerks who reach for one ticket."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from form_answers import COMPLAINT
from running_desk import RunningDesk, Said

NATURE = {"nature": "valid", "subject": "cleaning", "severity": "low"}


def at_once(moves: list[Callable[[], Said]]) -> list[Said]:
    """What each is answered when all act at the same moment."""
    gate = Barrier(len(moves))

    def move(act: Callable[[], Said]) -> Said:
        gate.wait()
        return act()

    with ThreadPoolExecutor(len(moves)) as pool:
        return list(pool.map(move, moves))


def test_a_request_sent_again_opens_no_second_ticket(desk: RunningDesk) -> None:
    """The first answer, byte for byte, even after the ticket has moved on."""
    clerk, key = desk("receptionist"), str(uuid4())
    body = {"workflow": "complaint", "data": COMPLAINT}
    first = clerk.send("POST", "/api/tickets", body, Idempotency_Key=key)
    census = desk.census()
    again = clerk.send("POST", "/api/tickets", body, Idempotency_Key=key)
    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    for head in ("etag", "location", "content-type"):
        assert again.headers[head] == first.headers[head]
    assert desk.census() == census
    desk("cs-officer").does(first.json, "determine-nature", **NATURE)
    assert clerk.send("POST", "/api/tickets", body, Idempotency_Key=key).body == first.body


def test_eight_equal_requests_at_once_open_one_ticket(desk: RunningDesk) -> None:
    """All eight hear of the same one."""
    clerk, key, census = desk("receptionist"), str(uuid4()), desk.census()
    body = {"workflow": "complaint", "data": {**COMPLAINT, "content": "八次点击"}}
    answers = at_once([lambda: clerk.send("POST", "/api/tickets", body, Idempotency_Key=key)] * 8)
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1
    assert sum(desk.census().values()) == sum(census.values()) + 1


@pytest.mark.parametrize("turn", range(4))
def test_a_step_sent_again_is_taken_once(desk: RunningDesk, turn: int) -> None:
    """Twice in a row and eight at once: one step, the first answer, although the ETag is long stale."""
    officer, key = desk("cs-officer"), str(uuid4())
    ticket = desk("receptionist").open("complaint", **COMPLAINT)
    body = {"trigger": "determine-nature", "data": NATURE}
    answers = at_once([lambda: officer.try_with(ticket, body, If_Match='"1"', Idempotency_Key=key)] * 8)
    answers.append(officer.try_with(ticket, body, If_Match='"1"', Idempotency_Key=key))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1
    assert [entry["seq"] for entry in officer.history(ticket)] == [1, 2]


def test_a_key_stands_for_one_request_of_one_person(desk: RunningDesk) -> None:
    """Another request under it is refused with 422; a colleague's key of that name is the colleague's own."""
    key, census = str(uuid4()), sum(desk.census().values())
    body = {"workflow": "complaint", "data": COMPLAINT}
    other = {"workflow": "complaint", "data": {**COMPLAINT, "content": "另一件事"}}
    mine = desk("receptionist").send("POST", "/api/tickets", body, Idempotency_Key=key)
    refused = desk("receptionist").send("POST", "/api/tickets", other, Idempotency_Key=key)
    yours = desk("cs-officer").send("POST", "/api/tickets", body, Idempotency_Key=key)
    assert (mine.status, refused.status, yours.status) == (201, 422, 201)
    assert refused.codes == ["key-reused"]
    assert mine.json["number"] != yours.json["number"]
    assert sum(desk.census().values()) == census + 2


def test_a_refused_request_does_not_use_up_its_key(desk: RunningDesk) -> None:
    """What was missing is added, and the same key opens the ticket."""
    key = str(uuid4())
    for data, status in ({}, 422), (COMPLAINT, 201):
        body = {"workflow": "complaint", "data": data}
        assert desk("receptionist").send("POST", "/api/tickets", body, Idempotency_Key=key).status == status


@pytest.mark.parametrize("turn", range(5))
def test_of_two_clerks_who_step_at_the_same_moment_one_wins(desk: RunningDesk, turn: int) -> None:
    """201 for one, 412 for the other, and one step in the history."""
    ticket = desk("receptionist").open("complaint", **COMPLAINT)
    clerks = [desk("cs-officer"), desk("cs-supervisor")]
    answers = at_once([lambda c=clerk: c.tries(ticket, "determine-nature", **NATURE) for clerk in clerks])
    assert sorted(answer.status for answer in answers) == [201, 412]
    (won,) = (answer for answer in answers if answer.status == 201)
    (lost,) = (answer for answer in answers if answer.status == 412)
    assert lost.codes == ["stale"]
    history = desk("cs-officer").history(ticket)
    assert [entry["seq"] for entry in history] == [1, 2]
    assert history[1]["actor"]["id"] == clerks[answers.index(won)].get("/api/me")["id"]


def test_numbers_have_no_gaps_however_many_open_at_once(desk: RunningDesk) -> None:
    """Twelve clerks at twelve counters: twelve numbers that follow each other."""
    clerk = desk("receptionist")
    answers = at_once([lambda: clerk.try_to_open("complaint", **COMPLAINT)] * 12)
    numbers = sorted(int(answer.json["number"].rpartition("-")[2]) for answer in answers)
    assert numbers == list(range(numbers[0], numbers[0] + 12))
