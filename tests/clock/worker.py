"""Forks workers to be killed: `python worker.py <database-url> <data-folder> <work>`.

For each line of whole numbers on standard input, a child does the named work until it is killed. It prints
its process id, and then a line as soon as each deed is acknowledged by the desk.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

import clock_desk

from service.bootstrap import Desk, open_desk
from service.scheduler import open_due, sweep
from workflows.core.commands import Fire, Open
from workflows.timing.instants import Instant

HOUR = 3_600


def take_steps(desk: Desk, number: int, now: Instant) -> None:
    """Open errands, do them again and again, and fire what is due. The round is the seed of chance."""
    chance, tickets = random.Random(number), []
    clerk = clock_desk.actor(desk)
    for deed in range(1_000_000):
        now += 60
        note = f"{number}.{deed}"
        if deed % 5 == 4:
            desk.engine.sweep(now, 50)
            continue
        if not tickets or chance.random() < 0.3:
            tickets.append(clock_desk.ticket_id(number * 1_000_000 + deed))
            ticket = tickets[-1]
            opening = Open(
                site=clock_desk.SITE,
                id=ticket,
                workflow="errand",
                actor=clerk,
                data={"content": note},
                note=note,
            )
            found = desk.engine.do(opening, now)
        else:
            ticket = chance.choice(tickets)
            step = Fire(site=clock_desk.SITE, ticket=ticket, actor=clerk, trigger="again", note=note)
            found = desk.engine.do(step, now)
        assert found.ticket is not None
        say(f"done {ticket} {found.ticket.seq} {note}")


def open_hourly(desk: Desk, now: Instant) -> None:
    """Look after the schedules hour by hour."""
    while True:
        open_due(desk, now)
        say(f"ticked {now}")
        now += HOUR


def replan(desk: Desk, now: Instant) -> None:
    """Plan promises anew, two at a time, and fire what is due, all at this one moment."""
    while True:
        say(f"looked {desk.deadlines.replan(now, 2)} {sweep(desk, now)}")


WORKS: dict[str, Callable[..., None]] = {each.__name__: each for each in (take_steps, open_hourly, replan)}


def say(line: str) -> None:
    """One line in one write, so that a killed worker leaves whole lines behind."""
    os.write(1, f"{line}\n".encode())


def prepared(url: str, data: Path) -> Desk:
    """A desk that has read everything it needs, and holds no connection: workers are born with it."""
    desk = open_desk(clock_desk.settings_for(url, data))
    desk.definitions.plan()
    desk.definitions.latest("errand")
    desk.database.close()
    return desk


def main(url: str, data: Path, work: Callable[..., None]) -> None:
    desk = prepared(url, data)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            say(f"pid {os.getpid()}")
            work(desk, *map(int, line.split()))
        os.waitpid(child, 0)
        say("dead")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), WORKS[sys.argv[3]])
