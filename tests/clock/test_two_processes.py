"""Two real clock processes on one SQLite file, and tickets that are late already."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import clock_desk
import pytest

from service import wallclock
from service.bootstrap import Desk
from workflows.storage.audit.verify import verify

LATE = 30 * 86_400
CONFIG = """
[clock]
sweep_every = "1 second"
sweep_batch = 7
[relay]
every = "1 second"
batch = 5
"""


@pytest.fixture
def clocks(desk: Desk, tmp_path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Two processes of `huifang clock`."""
    config = tmp_path / "config.toml"
    config.write_text(CONFIG)
    environment = {
        **os.environ,
        "HUIFANG_CONFIG": str(config),
        "HUIFANG_DATABASE_URL": desk.settings.database_url,
        "HUIFANG_DATA": str(tmp_path),
        "HUIFANG_KEYS": clock_desk.KEYS,
    }
    command = [sys.executable, "-m", "service", "clock"]
    processes = [
        subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


def test_two_clock_processes_share_the_work_and_stop_when_told(
    desk: Desk, clocks: list[subprocess.Popen[str]]
) -> None:
    """Every level of every ticket fires once and is sent once; SIGTERM ends both with exit code 0."""
    long_ago = wallclock.now() - LATE
    tickets = [clock_desk.open_errand(desk, number, long_ago) for number in range(30)]
    wait_until_logged(desk, 4 * len(tickets))
    assert Counter(len(clock_desk.told(desk, ticket)) for ticket in tickets) == {4: len(tickets)}
    for process in clocks:
        process.send_signal(signal.SIGTERM)
    said = [process.communicate(timeout=30)[1] for process in clocks]
    assert [process.returncode for process in clocks] == [0, 0]
    done = desk.queries.messages("no-address", None, 1_000).messages
    assert [each.attempts for each in done] == [1] * 4 * len(tickets)
    letters = "".join(said).count("matters are due soon or overdue]") + "".join(said).count("[Overdue")
    assert 1 <= letters < len(done), "what one person hears at once is one letter"
    assert list(verify(desk.database)) == []


def wait_until_logged(desk: Desk, count: int) -> None:
    """Nobody has an address: the letters go to the log."""
    until = monotonic() + 60
    while len(desk.queries.messages("no-address", None, 1_000).messages) < count:
        assert monotonic() < until, "the clocks take too long"
        sleep(0.2)
