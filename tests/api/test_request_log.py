"""Each request has an id and one line in the log, which says what it cost and quotes nothing."""

from __future__ import annotations

import io
from dataclasses import replace

import orjson
import pytest
import structlog
from api_desk import COMPLAINT, Call
from structlog.testing import capture_logs

from service import logs
from service.application import create_app
from service.bootstrap import Desk

LINE = {"event", "log_level", "method", "route", "status", "ms", "statements", "account"}


def test_a_request_is_one_line_with_what_it_cost(call: Call) -> None:
    """The account, the route and not the address, the status, and the statements that were sent."""
    receptionist = call("receptionist")
    number = receptionist.open("complaint", COMPLAINT)["number"]
    with capture_logs() as lines:
        receptionist.get(f"/api/tickets/{number}?phone=13800001234")
        receptionist.get(f"/api/tickets/{number}")
    line = lines[1]
    assert len(lines) == 2
    assert line.keys() == LINE
    assert (line["method"], line["route"], line["status"]) == ("GET", "/api/tickets/<number>", 200)
    assert line["account"] == "receptionist"
    assert 0 < line["statements"] < 10
    assert line["ms"] >= 0
    assert number not in str(lines)
    assert "13800001234" not in str(lines)


@pytest.mark.parametrize(
    ("path", "status", "route"),
    [
        ("/nowhere", 404, ""),
        ("/api/me", 401, "/api/me"),
        ("/api/tickets?" + "q" * 9_000, 414, "/api/tickets"),
    ],
)
def test_what_is_refused_has_its_line_as_well(desk: Desk, path: str, status: int, route: str) -> None:
    """With nobody's account."""
    with capture_logs() as lines:
        create_app(desk).test_client().get(path)
    (line,) = lines
    assert (line["status"], line["route"], line["account"]) == (status, route, None)


def test_the_id_of_a_proxy_is_taken_and_returned(desk: Desk) -> None:
    """So that one id goes through all of its logs."""
    client = create_app(desk).test_client()
    given = "4bf92f3577b34da6a3ce929d0e0e4736"
    assert client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given",
    [
        "",
        "short",
        "x" * 65,
        "two words",
        "13800001234",
        "hf_1_abcdefghijkl",
        "a\tbcdefgh",
        "名字" * 4,
    ],
)
def test_what_is_no_id_is_replaced_by_one(desk: Desk, given: str) -> None:
    """A phone number or a token would stand in every log; two requests never share an id that was made."""
    client = create_app(desk).test_client()
    headers = {"X-Request-ID": given.encode("utf-8").decode("latin-1")}
    first, second = (client.get("/api/me", headers=headers).headers["X-Request-ID"] for _ in range(2))
    assert given not in (first, second)
    assert first != second
    assert len(first) == 36


def test_every_line_that_a_request_logs_has_its_id(
    desk: Desk, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own mistake is found by the id that the client was shown."""
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    receptionist = call("receptionist")
    monkeypatch.setattr(desk.queries, "tickets", lambda *_, **__: 1 / 0)
    logs.configure(replace(desk.settings, environment="production"))
    try:
        answer = receptionist.get("/api/tickets", **{"X-Request-ID": "0192f0c4-made-up"})
    finally:
        structlog.reset_defaults()
    lines = [orjson.loads(line) for line in written.getvalue().splitlines()]
    assert [line["event"] for line in lines] == ["request failed", "request"]
    assert {line["request"] for line in lines} == {answer.headers["X-Request-ID"]} == {"0192f0c4-made-up"}


def test_probes_that_succeed_are_not_logged_and_a_desk_may_log_no_requests(desk: Desk) -> None:
    """Probes come every few seconds, and a proxy may log requests already."""
    server = replace(desk.settings.server, request_log=False)
    quiet = replace(desk, settings=replace(desk.settings, server=server))
    with capture_logs() as lines:
        for path in ("/healthz", "/readyz", "/metrics"):
            assert create_app(desk).test_client().get(path).status_code == 200
        assert "X-Request-ID" in create_app(quiet).test_client().get("/api/me").headers
    assert lines == []
