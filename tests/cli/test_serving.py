"""A whole desk as one process: it answers, it ticks, and it stops when told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from command_line import Huifang, desk_in

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run there")


@pytest.fixture
def port() -> int:
    """A port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def served(tickets: Huifang, tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`huifang serve` on a desk with late errands."""
    environment = {**os.environ, "HUIFANG_DATA": str(tmp_path / "data")}
    command = [sys.executable, "-m", "service", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.communicate()


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
