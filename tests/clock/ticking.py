"""Raises clocks to be killed: `python ticking.py <database-url> <data-folder>`.

For each line on standard input, a virtual now, a clock is forked that looks after the schedules hour by hour.
It prints its process id, and then each hour that it has finished.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import office

from service.scheduler import open_due
from service.wiring import Desk, open_desk
from workflows.timing.instants import Instant

HOUR = 3_600


def work(desk: Desk, now: Instant) -> None:
    """Tick until killed, from this moment on."""
    say(f"pid {os.getpid()}")
    while True:
        open_due(desk, now)
        say(f"ticked {now}")
        now += HOUR


def say(line: str) -> None:
    """One line in one write, so that a killed clock leaves whole lines behind."""
    os.write(1, f"{line}\n".encode())


def main(url: str, data: Path) -> None:
    desk = open_desk(office.settings_for(url, data))
    desk.library.plan()
    desk.database.close()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            work(desk, int(line))
        os.waitpid(child, 0)
        say("dead")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
