"""The same request under the same key has the same answer, and happens once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from api_desk import COMPLAINT, PASSWORD, Call, Caller, codes
from flask import Flask

from service.api.http.response import ApiResponse

OPENING = {"workflow": "complaint", "data": COMPLAINT}


def same(first: Any, second: Any) -> bool:
    """Whether the second is the first again, byte for byte, and says so."""
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    heads = ("ETag", "Location", "Content-Type", "Content-Language")
    assert [first.headers.get(h) for h in heads] == [second.headers.get(h) for h in heads]
    return (first.status_code, first.data) == (second.status_code, second.data)


def test_a_ticket_is_opened_once(call: Call) -> None:
    """Also when the first answer was lost on its way and the caller now reads another language."""
    receptionist = call("receptionist")
    first = receptionist.post("/api/tickets", OPENING, Idempotency_Key="k-1")
    receptionist.language = "es"
    assert same(first, receptionist.post("/api/tickets", OPENING, Idempotency_Key="k-1"))
    assert len(receptionist.get("/api/tickets").json["items"]) == 1


def test_a_step_is_taken_once_though_its_etag_is_stale_by_now(call: Call) -> None:
    """The repetition is answered before If-Match is looked at."""
    officer = call("cs-officer")
    ticket = officer.open("complaint", COMPLAINT)
    first = officer.fire(ticket, "withdraw", {"reason": "x"}, Idempotency_Key="k-2")
    assert first.status_code == 201
    assert same(first, officer.fire(ticket, "withdraw", {"reason": "x"}, Idempotency_Key="k-2"))


def test_a_key_is_for_one_request(call: Call) -> None:
    """422 when the body is another, or the path."""
    officer = call("cs-officer")
    officer.post("/api/tickets", OPENING, Idempotency_Key="k-3")
    other = officer.post("/api/tickets", {**OPENING, "note": "another"}, Idempotency_Key="k-3")
    assert (other.status_code, codes(other)) == (422, ["key-reused"])
    elsewhere = officer.post("/api/workflows/check", OPENING, Idempotency_Key="k-3")
    assert (elsewhere.status_code, codes(elsewhere)) == (422, ["key-reused"])


def test_a_key_is_its_owners(call: Call) -> None:
    """Somebody else's key of the same name is another key."""
    call("cs-officer").post("/api/tickets", OPENING, Idempotency_Key="k-4")
    answer = call("receptionist").post("/api/tickets", OPENING, Idempotency_Key="k-4")
    assert (answer.status_code, "Idempotency-Replayed" in answer.headers) == (201, False)


def test_a_refusal_is_not_remembered(call: Call) -> None:
    """What was refused may be mended and sent again under the same key."""
    receptionist = call("receptionist")
    bad = receptionist.post("/api/tickets", {"workflow": "complaint", "data": {}}, Idempotency_Key="k-5")
    assert bad.status_code == 422
    assert receptionist.post("/api/tickets", OPENING, Idempotency_Key="k-5").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "schlüssel"])
def test_a_key_that_is_none_is_refused(call: Call, key: str) -> None:
    """400: 1 to 200 visible ASCII characters."""
    answer = call("receptionist").post("/api/tickets", OPENING, Idempotency_Key=key)
    assert (answer.status_code, codes(answer)) == (400, ["bad-key"])


def test_eight_at_once_are_one(app: Flask, call: Call) -> None:
    """The same request sent eight times at the same moment opens one ticket, and all hear the same."""
    token = call("receptionist").token

    def send(_: int) -> Any:
        return Caller(app.test_client(), "receptionist", token).post(
            "/api/tickets", OPENING, Idempotency_Key="k-6"
        )

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert {(a.status_code, a.data) for a in answers} == {(201, answers[0].data)}
    assert sum("Idempotency-Replayed" in a.headers for a in answers) == 7


def test_answers_about_no_ticket_are_remembered_as_well(call: Call) -> None:
    """A check of a definition, and a publication."""
    director = call("office-director")
    body = {"text": "workflow: x"}
    first = director.post("/api/workflows/check", body, Idempotency_Key="k-7")
    assert same(first, director.post("/api/workflows/check", body, Idempotency_Key="k-7"))


def test_a_token_under_a_key_is_the_same_token_and_kept_nowhere(call: Call, app: Flask) -> None:
    """Issued once, shown again to the repetition, refused to another request."""
    asker = Caller(app.test_client(), "cs-officer", "")
    body = {"account": "cs-officer", "password": PASSWORD, "name": "script"}
    first = asker.post("/api/tokens", body, Idempotency_Key="k-8")
    assert same(first, asker.post("/api/tokens", body, Idempotency_Key="k-8"))
    assert Caller(app.test_client(), "", first.json["token"]).get("/api/me").status_code == 200
    other = asker.post("/api/tokens", {**body, "name": "other"}, Idempotency_Key="k-8")
    assert (other.status_code, codes(other)) == (422, ["key-reused"])


def test_an_answer_survives_being_kept() -> None:
    """Head and body, also a body with line feeds in it."""
    answer = ApiResponse(201, b"a\nb\n", {"ETag": '"1"'}, "text/plain")
    from service.api.http.response import deserialize

    again = deserialize(answer.serialize())
    assert (again.status, again.body, again.media_type) == (201, b"a\nb\n", "text/plain")
