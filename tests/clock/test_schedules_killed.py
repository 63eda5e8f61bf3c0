"""Clocks are killed in the middle of opening what schedules open. Every slot is opened, and none twice.

`KILLS` says how many times.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import pytest
from office import MONDAY, SITE

from service.scheduler import open_due
from service.wiring import Desk
from workflows.storage.audit import verify
from workflows.storage.filters import TicketFilter

KILLS = min(int(os.environ.get("KILLS", "60")), 500)
LONGEST = 0.05  # seconds that a clock goes on at most after the hours it is given
TICKING = Path(__file__).with_name("ticking.py")
HOUR = 3_600
T = "{en: R, zh-Hans: 巡, zh-Hant: 巡, es: R}"
SCHEDULES = f"""
hourly:
  title: {T}
  opens: errand
  on: {{every: 1 hour}}
  catch_up: all
  each: {{rows: [{{post: gate}}, {{post: lobby}}, {{post: roof}}]}}
  with: {{content: item.post + " " + string(slot)}}
"""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="clocks are forked")


@pytest.fixture
def ticking(desk: Desk, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that raises clocks, and an hourly schedule of three posts."""
    text = desk.library.text("errand", 1).replace("roles: [clerk]", "roles: [clerk, clock]", 1)
    desk.library.publish_text(text, "errand.yaml", MONDAY, "test")
    desk.shelf.publish("schedules", "schedules.yaml", "test", SCHEDULES, {}, MONDAY, "test")
    desk.schedules.tick(MONDAY)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TICKING.parent), str(Path.cwd())])}
    command = [sys.executable, str(TICKING), desk.settings.database_url, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def test_killed_at_any_moment_no_slot_is_lost_or_opened_twice(
    desk: Desk, ticking: subprocess.Popen[str]
) -> None:
    """Each of the three posts has its ticket for each hour, in one line of numbers without a gap."""
    chance, now = random.Random(20260302), MONDAY
    for _ in range(KILLS):
        now = raise_and_kill(ticking, now, chance.randrange(3), chance.uniform(0, LONGEST))
    open_due(desk, now)
    hours = range(MONDAY + HOUR, now + 1, HOUR)
    rows = desk.database.read(desk.database.sql("SELECT title, number FROM tickets"), {})
    opened = Counter(title for title, _ in rows)
    assert len(hours) > KILLS / 2
    assert set(opened.values()) == {1}
    assert len(opened) == 3 * len(hours)
    assert {run.occurrence.key for run in desk.runs.waiting(now + 1)} == set()
    assert desk.runs.parked([SITE]) == ()
    assert sorted(int(number[-5:]) for _, number in rows) == list(range(1, len(rows) + 1))
    assert list(verify(desk.database)) == []


def raise_and_kill(process: subprocess.Popen[str], now: int, hours: int, after: float) -> int:
    """One clock's life: so many hours, and then no longer than `after`. The hour that it was busy with."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{now}\n")
    process.stdin.flush()
    pid = int(process.stdout.readline().removeprefix("pid "))
    reached = now
    for _ in range(hours):
        reached = int(process.stdout.readline().removeprefix("ticked "))
    sleep(after)
    os.kill(pid, signal.SIGKILL)
    while (line := process.stdout.readline()) != "dead\n":
        reached = int(line.removeprefix("ticked "))
    return reached + HOUR


def test_two_desks_tick_side_by_side(desk: Desk, second_desk: Desk) -> None:
    """What one has opened the other finds opened."""
    text = desk.library.text("errand", 1).replace("roles: [clerk]", "roles: [clerk, clock]", 1)
    desk.library.publish_text(text, "errand.yaml", MONDAY, "test")
    desk.shelf.publish("schedules", "schedules.yaml", "test", SCHEDULES, {}, MONDAY, "test")
    for hour in range(6):
        for each in (desk, second_desk):
            open_due(each, MONDAY + hour * HOUR)
    titles = [ticket.title for ticket in desk.queries.tickets(TicketFilter(sites=(SITE,)), None, 100).tickets]
    assert len(titles) == len(set(titles)) == 15
