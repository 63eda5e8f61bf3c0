"""What a stranger may send: always a 4xx with reasons, never a 500, and nothing changes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest
import structlog
from api_desk import COMPLAINT, Call, Caller, codes
from werkzeug.test import TestResponse

from service import logs
from service.bootstrap import Desk

DEEP = "[" * 2_000 + "]" * 2_000
BODIES = {
    "nothing": b"",
    "no json": b"{",
    "half a sentence": b'{"workflow": "compl',
    "a list": b"[]",
    "a text": b'"complaint"',
    "null": b"null",
    "NaN": b'{"workflow": "complaint", "data": {"content": NaN}}',
    "Infinity": b'{"workflow": "complaint", "data": {"content": -Infinity}}',
    "too great a fraction": b'{"workflow": "complaint", "data": {"content": 1e999}}',
    "an endless number": b'{"workflow": "complaint", "data": {"content": 1' + b"0" * 400 + b"}}",
    "a long number": b'{"workflow": "complaint", "data": {"content": 123456789012345678901234567890}}',
    "a key twice": b'{"workflow": "complaint", "workflow": "repair"}',
    "a key twice inside": b'{"workflow": "complaint", "data": {"content": "a", "content": "b"}}',
    "deep": b'{"workflow": "complaint", "data": {"content": ' + DEEP.encode() + b"}}",
    "deep enough": b'{"workflow": "complaint", "data": {"content": ' + b"[" * 60 + b"]" * 60 + b"}}",
    "NUL": b'{"workflow": "compl\\u0000aint"}',
    "NUL in the form": b'{"workflow": "complaint", "data": {"content": "a\\u0000b"}}',
    "NUL as a key": b'{"workflow": "complaint", "data": {"\\u0000": "b"}}',
    "half a character": b'{"workflow": "complaint", "data": {"content": "\\ud800"}}',
    "half a character as a key": b'{"workflow": "complaint", "data": {"\\udfff": 1}}',
    "not UTF-8": b'{"workflow": "compl\xff"}',
    "UTF-16": '{"workflow": "complaint"}'.encode("utf-16"),
    "a wrong type": b'{"workflow": 5}',
    "a wrong type inside": b'{"workflow": "complaint", "data": []}',
    "an unknown key": b'{"workflow": "complaint", "data": {}, "colour": "red"}',
    "an unknown field": b'{"workflow": "complaint", "data": {"colour": "red"}}',
    "an unknown process": b'{"workflow": "complain", "data": {}}',
    "a very long name": b'{"workflow": "' + b"x" * 5_000 + b'"}',
    "a note too long": b'{"workflow": "complaint", "note": "' + b"x" * 5_000 + b'"}',
    "a number for a text": b'{"workflow": "complaint", "data": {"content": 5, "complainant": true}}',
}


@pytest.fixture
def receptionist(call: Call) -> Caller:
    """Somebody who may open complaints."""
    return call("receptionist")


def raw(
    caller: Caller, path: str, body: bytes, media: str = "application/json", **headers: str
) -> TestResponse:
    """POST of raw bytes."""
    heads = {"Authorization": f"Bearer {caller.token}", "Content-Type": media, **headers}
    return caller.client.post(path, data=body, headers=heads)


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_cannot_be_used_is_refused_with_its_reasons(receptionist: Caller, name: str) -> None:
    """400, 404 or 422, as a problem; no ticket comes of it."""
    answer = raw(receptionist, "/api/tickets", BODIES[name])
    assert answer.status_code in (400, 404, 415, 422), answer.text
    assert codes(answer)
    assert receptionist.get("/api/tickets").json["items"] == []


@pytest.mark.parametrize("level", ["outside", "inside"])
def test_of_a_key_that_stands_there_twice_neither_value_is_taken(receptionist: Caller, level: str) -> None:
    """400 with the key, though either value would do: nobody can know which one was meant."""
    inner = ", ".join(f'"{name}": "{value}"' for name, value in COMPLAINT.items())
    twice = '"content": "another"' if level == "inside" else ""
    data = f"{{{inner}{', ' if twice else ''}{twice}}}"
    again = ', "workflow": "complaint"' if level == "outside" else ""
    answer = raw(receptionist, "/api/tickets", f'{{"workflow": "complaint", "data": {data}{again}}}'.encode())
    assert (answer.status_code, codes(answer)) == (400, ["duplicate-key"])
    assert receptionist.get("/api/tickets").json["items"] == []


def test_a_body_of_ten_megabytes_is_not_read(receptionist: Caller) -> None:
    """413 with the bound."""
    answer = raw(receptionist, "/api/tickets", b'{"note": "' + b"x" * 10_000_000 + b'"}')
    assert (answer.status_code, codes(answer)) == (413, ["body-too-large"])


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_another_kind_of_content_is_refused(receptionist: Caller, media: str) -> None:
    """415 names the kind that is wanted."""
    answer = raw(receptionist, "/api/tickets", b"workflow=complaint", media)
    assert (answer.status_code, codes(answer)) == (415, ["bad-content-type"])
    assert "application/json" in answer.json["detail"]


@pytest.mark.parametrize(
    "day",
    ["0000-01-01", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30T00:00:00Z", "now", "1e9"],
)
def test_dates_beyond_the_calendar_are_refused(call: Call, day: str) -> None:
    """400, with the parameter."""
    answer = call("office-director").get(f"/api/reports/promises?since={day}")
    assert (answer.status_code, codes(answer)) == (400, ["bad-parameter"])


@pytest.mark.parametrize(
    "path",
    [
        "/api/tickets/..%2f..%2fetc%2fpasswd",
        "/api/tickets/%00",
        "/api/tickets/a%00b",
        "/api/tickets/%ff",
        "/api/tickets/%ed%a0%80",
        "/api/tickets/" + "9" * 3_000,
        "/api/tickets/'%20OR%201=1--",
        "/api/tickets/00000000-0000-0000-0000-000000000000",
        "/api/workflows/%00",
        "/api/workflows/..%2fcomplaint",
        "/api/workflows/complaint/diagram.svg?current=%3Cscript%3E",
        "/api/workflows/complaint?version=999999",
        "/api/docs/..%2f__init__.py",
        "/api/docs/package.json",
    ],
)
def test_a_path_that_leads_nowhere_is_not_found(receptionist: Caller, path: str) -> None:
    """404 as a problem (308 and 400 are no answers to a trick)."""
    answer = receptionist.get(path)
    assert answer.status_code == 404, answer.text
    assert codes(answer)


def test_a_method_that_is_not_there_says_which_are(receptionist: Caller) -> None:
    """405 with Allow."""
    answer = receptionist.send("DELETE", "/api/tickets")
    assert (answer.status_code, codes(answer)) == (405, ["method-not-allowed"])
    assert "POST" in answer.headers["Allow"]


def test_a_step_with_hostile_values_changes_nothing(call: Call) -> None:
    """Wrong types, unknown fields and monsters: refused with reasons, and the ticket stays where it is."""
    officer = call("cs-officer")
    ticket = officer.open("complaint", COMPLAINT)
    for data in (
        {"nature": {"$ne": ""}, "subject": ["cleaning"], "severity": 10**15},
        {"nature": "valid", "subject": "cleaning", "severity": "x" * 10_000},
        {"nature": "valid", "subject": "cleaning", "severity": "low", "__class__": "x"},
        {"nature": None, "subject": None, "severity": None},
    ):
        answer = officer.fire(ticket, "determine-nature", data)
        assert answer.status_code in (409, 422), answer.text
        assert codes(answer)
    assert officer.get(f"/api/tickets/{ticket['id']}").json["seq"] == 1


@pytest.fixture
def logged(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[[], str]]:
    """What the desk logs from now on, as every process of it sets the log up."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    logs.configure(desk.settings)
    yield lambda: "".join(capsys.readouterr())
    structlog.reset_defaults()


def test_a_mistake_of_ours_says_nothing_about_what_was_in_play(
    receptionist: Caller, logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """500 as a problem without the error's words; the log says of what kind it was and where, and no more."""

    def broken(*_: object, **__: object) -> None:
        password = "a password that must not be seen"
        raise RuntimeError("first line\n" + password)

    monkeypatch.setattr("workflows.engine.Engine.do", broken)
    answer = receptionist.post("/api/tickets", {"workflow": "complaint", "data": COMPLAINT})
    assert (answer.status_code, codes(answer)) == (500, ["internal"])
    assert "first line" not in answer.text
    log = logged()
    assert "RuntimeError" in log
    for secret in ("first line", "must not be seen", receptionist.token, "13800000001"):
        assert secret not in log
