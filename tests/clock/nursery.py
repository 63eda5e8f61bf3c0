"""Raises workers to be killed: `python nursery.py <database-url> <data-folder>`.

For each line on standard input, `<round> <virtual now>`, a worker is forked that takes steps and sweeps as
fast as it can. It prints its process id, and then each step as soon as the desk has acknowledged it.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import office

from service.wiring import Desk, open_desk
from workflows.core.commands import Fire, Open
from workflows.timing.instants import Instant


def work(desk: Desk, number: int, now: Instant) -> None:
    """Open errands, do them again and again, and fire what is due, until killed."""
    say(f"pid {os.getpid()}")
    chance, tickets = random.Random(number), []
    clerk = office.actor(desk)
    for deed in range(1_000_000):
        now += 60
        note = f"{number}.{deed}"
        if deed % 5 == 4:
            desk.engine.sweep(now, 50)
            continue
        if not tickets or chance.random() < 0.3:
            tickets.append(office.ticket_id(number * 1_000_000 + deed))
            ticket = tickets[-1]
            opening = Open(
                site=office.SITE, id=ticket, workflow="errand", actor=clerk, data={"content": note}, note=note
            )
            found = desk.engine.do(opening, now)
        else:
            ticket = chance.choice(tickets)
            step = Fire(site=office.SITE, ticket=ticket, actor=clerk, trigger="again", note=note)
            found = desk.engine.do(step, now)
        assert found.ticket is not None
        say(f"done {ticket} {found.ticket.seq} {note}")


def say(line: str) -> None:
    """One line in one write, so that a killed worker leaves whole lines behind."""
    os.write(1, f"{line}\n".encode())


def grown(url: str, data: Path) -> Desk:
    """A desk that has read everything it needs, and holds no connection: workers are born with it."""
    desk = open_desk(office.settings_for(url, data))
    office.open_errand(desk, 0)
    desk.database.close()
    return desk


def main(url: str, data: Path) -> None:
    desk = grown(url, data)
    for line in sys.stdin:
        number, now = map(int, line.split())
        child = os.fork()
        if child == 0:
            work(desk, number, now)
        os.waitpid(child, 0)
        say("dead")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
