"""Many tickets in one request: each has its own step, its own right and its own answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from api_desk import COMPLAINT, HILL, INQUIRY, Call, Caller, caller, codes, open_for_tests

from service.application import create_app
from workflows.engine import Engine
from workflows.language.load import Folder
from workflows.storage.database import Database
from workflows.storage.errors import Unavailable


def named(tickets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tickets as a request names them."""
    return [{"ticket": each["number"], "seq": each["seq"]} for each in tickets]


def opened(who: Caller, count: int) -> list[dict[str, Any]]:
    """So many fresh complaints."""
    return [who.open("complaint", COMPLAINT) for _ in range(count)]


def assign(who: Caller, tickets: list[dict[str, Any]], to: str | None, **heads: str) -> dict[str, Any]:
    """The answer to a request that gives all of them to somebody."""
    answer = who.post("/api/bulk/assignments", {"assignee": to, "tickets": tickets}, **heads)
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


@pytest.fixture
def bulk_call(database: Database, tmp_path: Path, ours: Folder) -> Call:
    """Somebody signed in to a desk on either database."""
    desk = open_for_tests(database, tmp_path, ours)
    app = create_app(desk)
    return lambda account, language="en": caller(app, desk, account, language)


def test_of_twenty_four_tickets_fifteen_move_and_nine_say_why_not(bulk_call: Call) -> None:
    officer = bulk_call("cs-officer")
    tickets = opened(officer, 21)
    for each in tickets[15:18]:  # three have ended
        assert officer.fire(each, "withdraw", {"reason": "x"}).status_code == 201
        each["seq"] += 1
    asked = named(tickets)
    for each in asked[18:]:  # three have moved since they were seen
        each["seq"] = 0
    asked += [{"ticket": "TS-1999-00001", "seq": 1}, asked[0], {**asked[1], "site": HILL}]
    answer = assign(officer, asked, "cs-officer-2")
    assert (answer["done"], answer["refused"]) == (15, 9)
    statuses = [each["status"] for each in answer["items"]]
    assert statuses == [200] * 15 + [409] * 3 + [412] * 3 + [404, 422, 404]
    assert all(each["blocked_by"] for each in answer["items"][15:])
    for each, item in zip(tickets[:15], answer["items"], strict=False):
        shown = officer.get(f"/api/tickets/{each['id']}")
        assert (shown.json["assignee"], shown.headers["ETag"]) == ("id-cs-officer-2", item["etag"])
    reasons = [each["blocked_by"][0]["code"] for each in answer["items"][15:]]
    assert reasons == ["closed"] * 3 + ["stale"] * 3 + ["unknown-ticket", "repeated-ticket", "unknown-site"]


def test_each_step_is_measured_by_the_right_to_that_ticket(call: Call) -> None:
    """A director may withdraw a complaint and no inquiry; the refusal says who could."""
    tickets = [call("receptionist").open("complaint", COMPLAINT)]
    tickets.append(call("receptionist").open("communicative-complaint", INQUIRY))
    body = {"trigger": "withdraw", "data": {"reason": "x"}, "tickets": named(tickets)}
    taken, refused = call("cs-director").post("/api/bulk/transitions", body).json["items"]
    assert (taken["status"], taken["state"], taken["etag"]) == (200, "withdrawn", '"2"')
    assert (refused["status"], refused["type"]) == (403, "urn:huifang:problem:forbidden")
    assert "cs-officer" in refused["blocked_by"][0]["who"]


def test_a_ticket_may_bring_a_form_of_its_own(call: Call) -> None:
    """Instead of the common one; what is missing in it is said of that ticket."""
    officer = call("cs-officer")
    first, second = opened(officer, 2)
    tickets = [named([first])[0], {**named([second])[0], "data": {}}]
    body = {"trigger": "withdraw", "data": {"reason": "twice"}, "tickets": tickets}
    answers = officer.post("/api/bulk/transitions", body).json["items"]
    assert [each["status"] for each in answers] == [200, 422]
    assert [each["field"] for each in answers[1]["blocked_by"]] == ["reason"]


def test_a_note_is_written_on_each(call: Call) -> None:
    officer = call("cs-officer")
    tickets = opened(officer, 2)
    answer = officer.post("/api/bulk/notes", {"text": "called back", "tickets": named(tickets)})
    assert [each["seq"] for each in answer.json["items"]] == [each["seq"] + 1 for each in tickets]
    for each in tickets:
        assert officer.get(f"/api/tickets/{each['id']}/history").json["items"][-1]["note"] == "called back"


def test_under_the_same_key_nothing_is_done_twice(call: Call) -> None:
    """The repetition hears the same; another request under the key is refused."""
    officer = call("cs-officer")
    tickets = [*named(opened(officer, 2)), {"ticket": "TS-1999-00001", "seq": 1}]
    body = {"text": "once", "tickets": tickets}
    first = officer.post("/api/bulk/notes", body, Idempotency_Key="bulk-1")
    again = officer.post("/api/bulk/notes", body, Idempotency_Key="bulk-1")
    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    other = officer.post("/api/bulk/notes", {**body, "text": "twice"}, Idempotency_Key="bulk-1")
    assert (other.status_code, codes(other)) == (422, ["key-reused"])


def test_what_was_done_before_an_interruption_is_answered_and_the_rest_is_done(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = call("cs-officer")
    tickets = opened(officer, 4)
    body = {"text": "once", "tickets": named(tickets)}
    do, left = Engine.do, [2]

    def interrupted(engine: Engine, *arguments: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            raise Unavailable("away")
        return do(engine, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Engine, "do", interrupted)
        first = officer.post("/api/bulk/notes", body, Idempotency_Key="bulk-2").json
    assert [each["status"] for each in first["items"]] == [200, 200, 503, 503]
    again = officer.post("/api/bulk/notes", body, Idempotency_Key="bulk-2").json
    assert again["items"][:2] == first["items"][:2]
    assert [each["status"] for each in again["items"]] == [200] * 4
    for each in tickets:
        kinds = [past["kind"] for past in officer.get(f"/api/tickets/{each['id']}/history").json["items"]]
        assert kinds.count("note") == 1


def test_a_stored_answer_holds_no_value_that_was_sent(call: Call, desk: Any) -> None:
    officer = call("cs-officer")
    ticket = {**named(opened(officer, 1))[0], "data": {"reason": ["13700000009"]}}
    body = {"trigger": "withdraw", "tickets": [ticket]}
    answer = officer.post("/api/bulk/transitions", body, Idempotency_Key="bulk-3")
    assert answer.json["items"][0]["status"] == 422
    assert b"13700000009" not in answer.data
    stored = desk.database.read("SELECT answer FROM idempotency_keys WHERE key = 'bulk-3'", {})
    assert len(stored) == 1
    assert b"13700000009" not in bytes(stored[0][0])


@pytest.mark.parametrize(
    ("count", "status"), [(0, 422), (200, 200), (201, 422)], ids=["none", "the most", "too many"]
)
def test_a_request_names_one_to_two_hundred_tickets(call: Call, count: int, status: int) -> None:
    officer = call("cs-officer")
    asked = [{"ticket": f"TS-1999-{number:05}", "seq": 1} for number in range(count)]
    answer = officer.post("/api/bulk/notes", {"text": "x", "tickets": asked})
    assert answer.status_code == status, answer.text
    if status == 200:
        assert (answer.json["done"], answer.json["refused"]) == (0, count)


def test_refusals_are_said_in_the_readers_language(call: Call) -> None:
    officer = call("cs-officer", "zh-Hans")
    ticket = named(opened(officer, 1))[0]
    answer = assign(officer, [ticket, ticket], None)
    assert answer["items"][1]["blocked_by"][0]["message"] == "同一张工单列出了两次，只办理第一次"
