"""Clients that trickle, shout or lie hold nobody up and are told so in the desk's own words."""

from __future__ import annotations

import http.client
import signal
import socket
from contextlib import ExitStack, closing
from time import monotonic, sleep

import pytest
from running_desk import RunningDesk, served

ASKED = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
BEGUN = b"POST /api/tokens HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


def said_to(desk: RunningDesk, *raw: bytes) -> str:
    """All that comes back until the line is closed."""
    with closing(socket.create_connection(("127.0.0.1", desk.port), timeout=20)) as line:
        for piece in raw:
            line.sendall(piece)
        return b"".join(iter(lambda: line.recv(65_536), b"")).decode()


def test_forty_bodies_that_trickle_leave_every_thread_to_others(desk: RunningDesk) -> None:
    with ExitStack() as held:
        for _ in range(40):
            line = held.enter_context(socket.create_connection(("127.0.0.1", desk.port)))
            line.sendall(BEGUN + b"Content-Length: 50\r\n\r\n{")
        began = monotonic()
        assert said_to(desk, ASKED).startswith("HTTP/1.1 200 ")
        assert monotonic() - began < 2, "the others wait for those who trickle (their time is 3 seconds)"


@pytest.mark.parametrize("size", ["-1", "0x2", "0_2", "zz", ""])
def test_a_piece_of_no_sound_size_is_refused(desk: RunningDesk, size: str) -> None:
    body = f"{size}\r\nab\r\n0\r\n\r\n".encode()
    said = said_to(desk, BEGUN + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n", body)
    assert said.startswith("HTTP/1.1 4"), said[:200]
    assert "application/problem+json" in said


@pytest.mark.parametrize(
    ("request_line", "heads", "status"),
    [
        (b"GET /api/tickets?q=" + b"a" * 9_000, b"", 414),
        (b"GET /" + b"a" * 20_000, b"", 414),
        (b"GET /healthz", b"X-Long: " + b"b" * 40_000 + b"\r\n", 431),
        (b"GET /healthz", b"".join(b"X-%d: %s\r\n" % (n, b"c" * 500) for n in range(80)), 431),
    ],
)
def test_a_head_that_is_too_long_is_refused_as_a_problem(
    desk: RunningDesk, request_line: bytes, heads: bytes, status: int
) -> None:
    said = said_to(desk, request_line + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + heads + b"\r\n")
    assert said.startswith(f"HTTP/1.1 {status} ")
    assert "application/problem+json" in said


@pytest.mark.parametrize("head", [b"A" * 200_000, b"X: " + b"b" * 500_000])
def test_what_is_longer_than_is_read_at_all_is_no_page_either(desk: RunningDesk, head: bytes) -> None:
    try:
        said = said_to(desk, b"GET / HTTP/1.1\r\nHost: x\r\n" + head)
    except ConnectionError:
        return  # cut off while it was still talking
    assert said.startswith("HTTP/1.1 4")
    assert "<html" not in said


def test_a_header_with_an_underscore_does_not_pass_for_the_one_with_a_hyphen(desk: RunningDesk) -> None:
    said = said_to(
        desk,
        b"GET /api/me HTTP/1.1\r\nHost: x\r\nIf_Match: 1\r\nAccept_Language: es\r\nConnection: close\r\n\r\n",
    )
    assert said.startswith("HTTP/1.1 401 ")
    assert "content-language: es" not in said.lower()


def test_what_has_begun_is_answered_before_the_desk_stops_and_idle_lines_do_not_keep_it(
    desk: RunningDesk,
) -> None:
    other = served(desk.folder, "stopped.log")
    with (
        closing(http.client.HTTPConnection("127.0.0.1", other.port, timeout=20)) as idle,
        closing(socket.create_connection(("127.0.0.1", other.port), timeout=20)) as line,
    ):
        idle.request("GET", "/healthz")
        idle.getresponse().read()  # and the line stays open
        line.sendall(BEGUN + b"Content-Length: 2\r\n\r\n{")
        sleep(0.3)
        other.process.send_signal(signal.SIGTERM)
        began = monotonic()
        sleep(0.5)
        line.sendall(b"}")
        assert line.recv(65_536).decode().startswith("HTTP/1.1 422 ")
        assert other.process.wait(timeout=30) == 0
        assert monotonic() - began < 10
