"""Whatever is sent, wherever: refused with its reasons, never an error of ours, and nothing changes."""

from __future__ import annotations

import http.client
import random
import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from urllib.parse import quote

import pytest
from form_answers import COMPLAINT, MOVE_IN, REPAIR
from running_desk import Json, RunningDesk, Said

HUGE = "9" * 400
BODIES: dict[str, bytes] = {
    "nothing": b"",
    "not JSON": b'{"workflow": ',
    "half a word": b"nul",
    "two values": b"{} {}",
    "a list": b"[]",
    "a text": b'"complaint"',
    "a number": b"1",
    "null": b"null",
    "NaN": b'{"data": {"area": NaN}}',
    "minus infinity": b'{"data": {"area": -Infinity}}',
    "10**400": f'{{"data": {{"area": {HUGE}}}}}'.encode(),
    "1e400": b'{"data": {"area": 1e400}}',
    "half a character": b'{"data": {"content": "\\ud83d"}}',
    "half a character as a key": b'{"\\ud83d": 1}',
    "NUL": b'{"note": "a\\u0000b"}',
    "NUL as a key": b'{"a\\u0000": 1}',
    "no UTF-8": b'{"note": "\xff\xfe"}',
    "UTF-16": '{"note": "a"}'.encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "the same key twice": b'{"note": "a", "note": "b"}',
    "a deep list": b'{"data": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "a deep object": b'{"data": ' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"}",
    "unknown keys": b'{"frobnicate": 1, "__proto__": {}}',
}
TEXTS: tuple[object, ...] = (1, True, ["a"], {"a": 1}, "a\x01b", "x" * 20_001)
NUMBERS: tuple[object, ...] = (-1, -1e300, 1e16, 10**30, True, "5,5", "NaN", [1], {"a": 1})
MONEY: tuple[object, ...] = ("-1", "1.005", "1e5", "0x10", 10**13, 1.005, True, [])
DATES: tuple[object, ...] = ("0000-01-01", "9999-12-31", "2026-02-30", "2026-2-3", "today", 20260302, True)
MOMENTS: tuple[object, ...] = (
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-23:59",
    "2026-02-30T09:00:00Z",
    "2026-03-02T25:00:00Z",
    "2026-03-02T09:00:00",
    "2026-03-02",
    1_772_000_000,
    "soon",
)
CHOICES: tuple[object, ...] = ("", "PHONE", "phone ", 0, None, ["phone"], {"phone": True}, "x" * 10_000)
WRONG: dict[str, dict[str, tuple[object, ...]]] = {
    "complaint": {"content": (*TEXTS, None, "  "), "channel": CHOICES, "promised": ("yes", 1, 0, "true", [])},
    "repair": {
        "price": MONEY,
        "warranty_end": DATES,
        "appointment": MOMENTS,
        "worker": ("nobody", 1, True, "x" * 200),
        "photos": ("a.jpg", [1], [""], ["x"] * 21, {"a": 1}),
        "attempts": NUMBERS,
    },
    "move-in": {
        "area": NUMBERS,
        "key_count": NUMBERS,
        "documents": (
            "owner-id",
            ["passport"],
            ["owner-id", "owner-id"],
            [None],
            {"owner-id": 1},
            [["owner-id"]],
        ),
        "contact": (13700001234, "call me", "1", "1" * 30, None),
        "owner_id": ("1", "110105194912310021", 1, "x" * 30, "'; DROP TABLE tickets"),
        "department": ("nowhere", "Maintenance", 1, ["maintenance"]),
    },
}


@pytest.fixture(scope="module")
def tickets(desk: RunningDesk) -> dict[str, Json]:
    """A ticket of each process whose forms are tried."""
    clerk = desk("receptionist")
    return {
        "complaint": clerk.open("complaint", **COMPLAINT),
        "repair": clerk.open("repair", **REPAIR),
        "move-in": clerk.open("move-in", **MOVE_IN),
    }


def writes(ticket: Json) -> Iterator[tuple[str, str]]:
    """Every way of writing: method and path."""
    here = f"/api/tickets/{ticket['id']}"
    yield "POST", "/api/tickets"
    yield "POST", f"{here}/transitions"
    yield "POST", f"{here}/notes"
    yield "PUT", f"{here}/assignee"
    yield "PATCH", f"{here}/data"
    yield "POST", "/api/tokens"
    yield "POST", "/api/workflows"
    yield "POST", "/api/workflows/check"
    yield "POST", "/api/outbox/none/requeue"


def is_refusal(answer: Said) -> None:
    """A 4xx that says why."""
    assert 400 <= answer.status < 500, (answer.status, answer.body[:300])
    assert answer.reasons


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_none_is_refused_on_every_way_in(
    desk: RunningDesk, tickets: dict[str, Json], name: str
) -> None:
    """Malformed, endless, bottomless or of the wrong kind: nine ways in, nine refusals."""
    ticket, officer = tickets["complaint"], desk("everyone")
    before, census = desk.standing(ticket), desk.census()
    for method, path in writes(ticket):
        is_refusal(officer.send(method, path, BODIES[name], If_Match=f'"{ticket["seq"]}"'))
    assert desk.standing(ticket) == before
    assert desk.census() == census


def test_ten_megabytes_are_refused_on_every_way_in(desk: RunningDesk, tickets: dict[str, Json]) -> None:
    """413, and the connection is not held up."""
    ticket = tickets["complaint"]
    body = b'{"note": "' + b"x" * 10_000_000 + b'"}'
    before = desk.standing(ticket)
    for method, path in writes(ticket):
        answer = desk("everyone").send(method, path, body, If_Match=f'"{ticket["seq"]}"')
        assert (answer.status, answer.codes) == (413, ["body-too-large"])
    assert desk.standing(ticket) == before


def test_a_body_of_no_stated_length_is_not_cut_off_and_taken(desk: RunningDesk) -> None:
    """413: what stands before the cut would have been sound."""
    pieces = [b'{"text": "workflow: x"}', b" " * 999_977, b"and what comes after"]
    asked = {"Authorization": f"Bearer {desk('everyone').token}", "Content-Type": "application/json"}
    with closing(http.client.HTTPConnection("127.0.0.1", desk.port, timeout=20)) as line:
        headers = {**asked, "Transfer-Encoding": "chunked"}
        line.request("POST", "/api/workflows/check", iter(pieces), headers, encode_chunked=True)
        assert line.getresponse().status == 413


BEGUN = b"POST /api/tokens HTTP/1.1\r\nHost: x\r\n"
HEADS = BEGUN + b"Content-Type: application/json\r\nContent-Length: 50\r\n\r\n"
HALVES = {"a body": HEADS + b"{", "heads": BEGUN, "a line": b"POST /a", "nothing": b"", "an aside": b"\r\n"}


@pytest.mark.parametrize("name", HALVES)
def test_who_sends_half_a_request_holds_nobody_up(desk: RunningDesk, name: str) -> None:
    """A dozen who have not signed in and never end their sentence; the desk still answers others."""
    with ExitStack() as held:
        for _ in range(12):
            line = held.enter_context(socket.create_connection(("127.0.0.1", desk.port)))
            line.sendall(HALVES[name])
        with closing(http.client.HTTPConnection("127.0.0.1", desk.port, timeout=20)) as other:
            other.request("GET", "/healthz")
            assert other.getresponse().status == 200


def test_who_lets_a_body_trickle_is_told_that_it_took_too_long(desk: RunningDesk) -> None:
    """408, though something came every second; then the line is closed."""
    with closing(socket.create_connection(("127.0.0.1", desk.port), timeout=20)) as line:
        line.sendall(HEADS)
        while not select.select([line], [], [], 1)[0]:
            line.sendall(b" ")
        answer = b"".join(iter(lambda: line.recv(4_096), b"")).decode()
    assert answer.startswith("HTTP/1.1 408 ")
    assert "application/problem+json" in answer
    assert '"code":"too-slow"' in answer


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "", "x"]
)
def test_another_kind_of_content_is_refused_on_every_way_in(
    desk: RunningDesk, tickets: dict[str, Json], media: str
) -> None:
    """415."""
    ticket = tickets["complaint"]
    for method, path in writes(ticket):
        answer = desk("everyone").send(
            method, path, b'{"note": "a"}', If_Match=f'"{ticket["seq"]}"', Content_Type=media
        )
        assert (answer.status, answer.codes) == (415, ["bad-content-type"]), (method, path)


@pytest.mark.parametrize(("process", "field"), [(p, field) for p, known in WRONG.items() for field in known])
def test_a_value_that_does_not_fit_is_refused_and_its_field_named(
    desk: RunningDesk, tickets: dict[str, Json], process: str, field: str
) -> None:
    """When a ticket is opened, and when it is put right."""
    ticket, officer = tickets[process], desk("everyone")
    ticket = officer.sees(ticket)
    before = desk.standing(ticket)
    path, seen = f"/api/tickets/{ticket['id']}/data", {"If_Match": f'"{ticket["seq"]}"'}
    for value in WRONG[process][field]:
        answer = officer.send("PATCH", path, {field: value}, **seen)
        assert answer.status == 422, (value, answer.status, answer.body[:300])
        assert {name.partition("[")[0] for name in answer.fields} == {field}, value
        is_refusal(officer.try_to_open(process, **{field: value}))
    assert desk.standing(ticket) == before


def test_steps_filled_in_at_random_are_refused_or_taken(desk: RunningDesk, tickets: dict[str, Json]) -> None:
    """Whatever stands in the answers, it is never an error of ours."""
    dice, everyone = random.Random(20260302), desk("everyone")
    hostile = [*TEXTS, *NUMBERS, *MONEY, *DATES, *MOMENTS, *CHOICES, None, {}, [], [[]], "\u202e", "﷽" * 50]
    for ticket in tickets.values():
        for trigger, form in everyone.may(ticket).items():
            for _ in range(5):
                data = {name: dice.choice(hostile) for name in form["properties"]}
                answer = everyone.tries(everyone.sees(ticket), trigger, **data)
                assert answer.status in (201, 409, 422), (trigger, data, answer.body)


@pytest.mark.parametrize(
    "path",
    [
        "/api/tickets?cursor=%21%21%21",
        "/api/tickets?cursor=AAAA",
        "/api/tickets?cursor=" + "A" * 501,
        "/api/tickets?cursor=eyJhIjoxfQ",
        "/api/tickets?limit=0",
        "/api/tickets?limit=-1",
        "/api/tickets?limit=" + HUGE,
        "/api/tickets?limit=ten",
        "/api/tickets?limit=1&limit=2",
        "/api/tickets?colour=red",
        "/api/tickets?category=shut",
        "/api/tickets?q=%00",
        "/api/tickets?q=%ED%A0%80%00",
        "/api/tickets?q=" + "x" * 201,
        "/api/tickets?site=nowhere",
        "/api/tickets/%00",
        "/api/tickets/" + "x" * 300,
        "/api/tickets/TS-2026-99999",
        "/api/tickets/00000000-0000-0000-0000-000000000000",
        "/api/tickets/%ED%A0%80",
        "/api/tickets/..%2f..%2fetc%2fpasswd",
        "/api/outbox?cursor=%F0%9F%92%A9",
        "/api/outbox?status=lost",
        "/api/reports/promises?since=0000-01-01T00:00:00Z",
        "/api/reports/promises?until=9999-99-99T00:00:00Z",
        "/api/workflows/complaint?version=0",
        "/api/workflows/complaint?version=" + HUGE,
        "/api/workflows/complaint/diagram.svg?current=%3Cscript%3E",
        "/api/workflows/no-such-process",
        "/api/nothing",
    ],
)
def test_a_question_that_makes_no_sense_is_refused(desk: RunningDesk, path: str) -> None:
    """A bad cursor, a parameter that does not exist, a number beyond all bounds, a path to nowhere."""
    is_refusal(desk("everyone").send("GET", path))


@pytest.mark.parametrize("cursor", ["-1", "1e9", "x", "9" * 50, "%00", "１２"])
def test_a_bad_cursor_of_a_history_is_refused(
    desk: RunningDesk, tickets: dict[str, Json], cursor: str
) -> None:
    """It is none of this list."""
    path = f"/api/tickets/{tickets['complaint']['id']}/history?cursor={quote(cursor, safe='%')}"
    is_refusal(desk("everyone").send("GET", path))


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 201, "a\tb"])
def test_a_bad_idempotency_key_is_refused(desk: RunningDesk, key: str) -> None:
    """400, and nothing is opened under it."""
    census = desk.census()
    body = {"workflow": "complaint", "data": COMPLAINT}
    answer = desk("receptionist").send("POST", "/api/tickets", body, Idempotency_Key=key)
    assert (answer.status, answer.codes) == (400, ["bad-key"])
    assert desk.census() == census


def test_a_wrong_method_says_which_are_right(desk: RunningDesk) -> None:
    """405 as a problem, with Allow."""
    answer = desk("everyone").send("DELETE", "/api/tickets")
    assert (answer.status, answer.codes) == (405, ["method-not-allowed"])
    assert {"GET", "POST"} <= {each.strip() for each in answer.headers["allow"].split(",")}
