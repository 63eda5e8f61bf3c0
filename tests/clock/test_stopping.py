"""Told to stop, a clock finishes what is in hand, gives back what it has claimed, and ends; soon."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import clock_desk
import pytest
from clock_desk import MONDAY
from mail_servers import Script, serving

from service import wallclock
from service.bootstrap import Desk
from service.scheduler import clean_up, open_due, run_batches, sweep
from workflows.storage.audit.verify import verify

LATE = 30 * 86_400
ERRANDS = 150
SOON = 10  # seconds that it may take
CONFIG = """
[clock]
sweep_every = "1 second"
sweep_batch = 50
[relay]
every = "1 second"
[mail]
host = "127.0.0.1"
port = {port}
sender = "desk@example.org"
"""


@contextmanager
def running(desk: Desk, folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`huifang clock` on this desk, with a mail server at this port."""
    config = folder / "config.toml"
    config.write_text(CONFIG.format(port=port))
    environment = {
        **os.environ,
        "HUIFANG_CONFIG": str(config),
        "HUIFANG_DATABASE_URL": desk.settings.database_url,
        "HUIFANG_DATA": str(folder),
        "HUIFANG_KEYS": clock_desk.KEYS,
    }
    command = [sys.executable, "-m", "service", "clock"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def stopped(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Its exit code and what it said, when it is told to stop. It fails if that takes too long."""
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=SOON)
    return process.returncode, said


def wait_for(what: Callable[[], bool]) -> None:
    until = monotonic() + 60
    while not what():
        assert monotonic() < until, "the clock takes too long"
        sleep(0.05)


@pytest.fixture
def backlog(desk: Desk) -> None:
    """Errands that are late by a month, of which a clerk is to hear by mail."""
    clock_desk.set_contact(desk, "clerk", mail="clerk@example.org")
    long_ago = wallclock.now() - LATE
    for number in range(ERRANDS):
        clock_desk.open_errand(desk, number, long_ago)


@pytest.mark.usefixtures("backlog")
def test_a_clock_whose_mail_server_hangs_stops_and_gives_back_its_letters(desk: Desk, tmp_path: Path) -> None:
    """The letter under way is cut; the next clock need not wait for a lease."""
    with serving(script := Script(answers={"RCPT": None})) as port, running(desk, tmp_path, port) as process:
        wait_for(lambda: "RCPT" in script.heard)
        code, said = stopped(process)
    assert code == 0
    assert "Traceback" not in said
    claimed = desk.database.read("SELECT count(*) FROM outbox WHERE claimed_by IS NOT NULL", {})
    assert claimed == [(0,)]
    assert desk.queries.messages("dead").messages == ()


@pytest.mark.usefixtures("backlog")
def test_a_clock_with_much_to_do_stops_and_loses_nothing(desk: Desk, tmp_path: Path) -> None:
    """In the middle of its levels; what is left, fires later, and each once."""
    with serving(Script()) as port, running(desk, tmp_path, port) as process:
        wait_for(lambda: bool(clock_desk.told(desk)))
        begun = monotonic()
        code, _ = stopped(process)
        took = monotonic() - begun
    assert code == 0
    print(f"stopped {took:.1f} s after it was told to")
    sweep(desk, wallclock.now())
    told = clock_desk.told(desk)
    assert len(told) == 4 * ERRANDS
    assert list(verify(desk.database)) == []


def test_told_to_stop_nothing_more_is_begun(desk: Desk) -> None:
    """Neither a batch, nor the next of its levels, slots or people."""
    for number in range(3):
        clock_desk.open_errand(desk, number)
    late = MONDAY + 30 * 86_400
    assert run_batches(lambda: 1, lambda: True) == 0
    assert (sweep(desk, late, stop_after(0)), sweep(desk, late, stop_after(3))) == (0, 2)
    assert (open_due(desk, late, stop_after(1)), clean_up(desk, late, stop_after(0))) == (0, 0)
    assert sweep(desk, late) > 0


def stop_after(times: int) -> Callable[[], bool]:
    """Says that it is to be stopped when it has been asked so often."""
    asked = iter(range(times))
    return lambda: next(asked, None) is None
