"""A whole desk as one process: it answers, it ticks, and it stops when told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import orjson
import pytest
from command_line import Huifang, desk_in

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGTERM tells a process to stop there")


@pytest.fixture
def port() -> int:
    """A port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def served(tickets: Huifang, tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`huifang serve` on a desk with late errands."""
    with serving(tmp_path / "data", port) as process:
        yield process


@contextmanager
def serving(
    data: Path, port: int, settings: str = "", what: str = "serve"
) -> Iterator[subprocess.Popen[str]]:
    """`huifang serve`, or another command that listens, on the desk of a data folder."""
    environment = {**os.environ, "HUIFANG_DATA": str(data)}
    if settings:
        environment["HUIFANG_CONFIG"] = str(data.parent / "config.toml")
        Path(environment["HUIFANG_CONFIG"]).write_text(settings)
    command = [sys.executable, "-m", "service", what, "--port", str(port)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()  # and with it those that it has started
            process.communicate(timeout=60)


def wait_for(url: str) -> int:
    until = monotonic() + 30
    while True:
        try:
            with urlopen(url, timeout=5) as answer:
                return int(answer.status)
        except URLError:
            assert monotonic() < until, f"{url} does not answer"
            sleep(0.1)


def test_one_process_serves_and_ticks_and_stops_when_told(
    served: subprocess.Popen[str], port: int, tmp_path: Path
) -> None:
    """SIGTERM ends it with exit code 0; until then it answers, and sends what waits."""
    assert wait_for(f"http://127.0.0.1:{port}/healthz") == 200
    desk, until = desk_in(tmp_path / "data"), monotonic() + 30
    while desk.queries.messages("pending").messages:
        assert monotonic() < until, "the clock does not tick"
        sleep(0.2)
    desk.close()
    served.send_signal(signal.SIGTERM)
    _, said = served.communicate(timeout=30)
    assert served.returncode == 0
    assert f"Huifang listens on http://127.0.0.1:{port}/" in said
    assert "Traceback" not in said


def said_by(url: str, token: str, body: object = None) -> tuple[int, bytes]:
    """What is answered on a connection of its own, which any process may take."""
    heads = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    sent = None if body is None else orjson.dumps(body)
    try:
        with urlopen(Request(url, sent, heads), timeout=30) as answer:
            return int(answer.status), answer.read()
    except HTTPError as refused:
        return refused.code, refused.read()


def test_several_processes_serve_one_sqlite_file_as_one_desk(
    office: Huifang, port: int, tmp_path: Path
) -> None:
    """Of sixty errands opened at once, each has a number of its own, without gaps, whichever process it came
    to; each process knows them all, and what the others have answered."""
    token, here = office("tokens", "issue", "--account", "li").out.split()[0], f"http://127.0.0.1:{port}"
    form = {"content": "取钥匙", "caller": "Li Example", "phone": "13800000001"}
    with serving(tmp_path / "data", port, "[server]\nworkers = 3\n"), ThreadPoolExecutor(8) as clients:
        wait_for(f"{here}/healthz")
        errand = {"workflow": "errand", "data": form}
        opened = list(clients.map(lambda _: said_by(f"{here}/api/tickets", token, errand), range(60)))
        assert {status for status, _ in opened} == {201}
        numbers = sorted(orjson.loads(body)["number"] for _, body in opened)
        assert [int(number.rpartition("-")[2]) for number in numbers] == list(range(1, 61))
        for number in numbers[::6]:
            assert said_by(f"{here}/api/tickets/{number}", token)[0] == 200
        counted = 'huifang_http_requests_total{method="POST",route="/api/tickets",status="201"} 60.0'
        for _ in range(9):
            assert counted in said_by(f"{here}/metrics", "")[1].decode()


def test_a_port_that_is_taken_is_named(office: Huifang, port: int) -> None:
    """With what to do about it."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        said = office("serve", "--port", port)
    assert said.code == 3
    assert (
        said.err
        == f"huifang: 127.0.0.1: port {port} is taken by another program; choose another with --port\n"
    )


def test_nothing_is_served_from_a_database_that_is_not_ready(huifang: Huifang, port: int) -> None:
    """It is said before anything is started."""
    said = huifang("serve", "--port", port)
    assert said.code == 3
    assert "huifang migrate" in said.err


def test_a_clock_answers_about_its_health_while_it_ticks(tickets: Huifang, port: int, tmp_path: Path) -> None:
    """Where it is told to; SIGTERM ends it as before."""
    with serving(tmp_path / "data", port, what="clock") as process:
        assert wait_for(f"http://127.0.0.1:{port}/healthz") == 200
        until = monotonic() + 30
        while (
            b'huifang_clock_runs_total{job="sweep",result="ok"}'
            not in said_by(f"http://127.0.0.1:{port}/metrics", "")[1]
        ):
            assert monotonic() < until, "no job has run"
            sleep(0.1)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert f"the clock answers on http://127.0.0.1:{port}/healthz" in said


def test_a_clock_whose_port_is_taken_says_so_and_does_not_tick(office: Huifang, port: int) -> None:
    """Whoever watches it would otherwise watch another."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        said = office("clock", "--port", port)
    assert said.code == 3
    assert f"port {port} is taken by another program" in said.err
