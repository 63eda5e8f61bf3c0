"""A ticket that does not exist for somebody: 404 at every door."""

from __future__ import annotations

from typing import Any

import pytest
from api_desk import LAKE, Call, Caller, codes
from restricted_desk import READS, STRANGERS

from service.api import all_routes
from service.api.http.route import Route
from service.bootstrap import Desk


@pytest.mark.parametrize("stranger", STRANGERS)
def test_for_others_there_is_no_such_ticket(call: Call, secret: dict[str, Any], stranger: str) -> None:
    """By number and by id, at every door, in the very words of a number that was never given."""
    caller = call(stranger)
    for which in (secret["id"], secret["number"]):
        for door in READS:
            found = caller.get(f"/api/tickets/{which}{door}")
            never = caller.get(f"/api/tickets/TK-1999-0001{door}")
            assert found.status_code == never.status_code == 404, door
            assert found.json["blocked_by"] == never.json["blocked_by"]


DOORS = [route for route in all_routes() if route.path.startswith("/api/tickets/{number}")]


@pytest.mark.parametrize("route", DOORS, ids=lambda route: f"{route.method} {route.path}")
def test_no_door_of_a_ticket_opens_to_a_stranger(call: Call, secret: dict[str, Any], route: Route) -> None:
    """Whichever there are: each refuses in the words of a ticket that was never there."""
    path = (
        route.path.replace("{number}", secret["id"])
        .replace("{paper}", "x")
        .replace("{staff}", "me")
        .replace("{other}", "x")
        .replace("{field}", "x")
    )
    body = {
        "/transitions": {"trigger": "finish"},
        "/notes": {"text": "x"},
        "/assignee": {"assignee": None},
        "/data": {"about": "x"},
        "/clocks/{clock}/unpark": {"note": "x"},
        "/merge": {"into": "TK-1999-0001"},
        "/clocks/{clock}/acknowledge": {"until": "2090-01-01T00:00:00Z"},
    }.get(route.path.removeprefix("/api/tickets/{number}"), {} if route.reads_body else None)
    heads = {"Content_Type": "multipart/form-data; boundary=x"} if route.uploads else {}
    answer = call("stand-in").send(route.method, path, body, If_Match='"1"', **heads)
    assert (answer.status_code, codes(answer)) == (404, ["unknown-ticket"]), answer.text


def writes(caller: Caller, ticket: dict[str, Any]) -> list[Any]:
    """One try at each door that writes."""
    at, tag = f"/api/tickets/{ticket['id']}", {"If_Match": f'"{ticket["seq"]}"'}
    return [
        caller.post(f"{at}/transitions", {"trigger": "finish"}, **tag),
        caller.post(f"{at}/transitions", {"trigger": "no-such-trigger", "data": {"x": 1}}, **tag),
        caller.post(f"{at}/transitions", {"trigger": "finish"}, If_Match='"999"'),
        caller.post(f"{at}/notes", {"text": "hello"}, **tag),
        caller.post(f"{at}/claim", {}, **tag),
        caller.send("PUT", f"{at}/assignee", {"assignee": "cs-officer"}, **tag),
        caller.send("PATCH", f"{at}/data", {"about": "other"}, **tag),
    ]


@pytest.mark.parametrize("stranger", STRANGERS)
def test_others_cannot_write_to_it(call: Call, desk: Desk, secret: dict[str, Any], stranger: str) -> None:
    """Nor find out by trying that it is there; a stale step is no other answer."""
    for answer in writes(call(stranger), secret):
        assert answer.status_code == 404, answer.text
        assert [reason["code"] for reason in answer.json["blocked_by"]] == ["unknown-ticket"]
    assert desk.engine.look(LAKE, secret["id"], None).ticket.seq == 1


def test_a_copy_that_the_reader_has_is_no_key(call: Call, secret: dict[str, Any]) -> None:
    """304 is said only to those for whom it exists."""
    path, tag = f"/api/tickets/{secret['number']}", f'"{secret["seq"]}"'
    assert call("cs-officer").get(path, If_None_Match=tag).status_code == 304
    assert call("foreman").get(path, If_None_Match=tag).status_code == 404


def test_the_first_answer_to_a_repeated_request_is_its_senders_alone(
    call: Call, secret: dict[str, Any]
) -> None:
    """The key of somebody else opens nothing."""
    officer, stranger = call("cs-officer"), call("foreman")
    path, heads = f"/api/tickets/{secret['id']}/notes", {"If_Match": '"1"', "Idempotency_Key": "k1"}
    assert officer.post(path, {"text": "x"}, **heads).status_code == 201
    assert officer.post(path, {"text": "x"}, **heads).status_code == 201
    assert stranger.post(path, {"text": "x"}, **heads).status_code == 404
