"""Two clock processes on machines whose clocks are minutes apart, one of which is killed at its work."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from uuid import uuid4

import clock_desk
import pytest
from mail_servers import Script, serving

from service import wallclock
from service.bootstrap import Desk
from workflows.core.access.permissions import build_actor
from workflows.core.commands import Open
from workflows.core.people import Membership
from workflows.storage.audit.verify import verify
from workflows.storage.people.people import Site

SKEWED = Path(__file__).with_name("skewed.py")
AHEAD, BEHIND = 7 * 60, -9 * 60
LATE = 30 * 86_400
ERRANDS, LEVELS = 25, 4
CONFIG = """
[clock]
sweep_every = "1 second"
sweep_batch = 7
[relay]
every = "1 second"
batch = 5
first_wait = "1 second"
send_timeout = "2 seconds"
lease = "6 seconds"
[mail]
host = "127.0.0.1"
port = {port}
sender = "Desk <desk@example.org>"
"""


@dataclass
class Busy(Script):
    """Takes its time over each letter, and has every fifth come again."""

    seen: Counter[str] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def judge(self, letter: str) -> str | None:
        sleep(0.03)
        with self.lock:
            self.seen[letter] += 1
            if self.seen[letter] == 1 and len(self.seen) % 5 == 0:
                return "451 later"
            return super().judge(letter)


@pytest.fixture
def post() -> Iterator[tuple[Busy, int]]:
    """A mail server, and its port."""
    server = Busy()
    with serving(server) as port:
        yield server, port


Started = Callable[[int], subprocess.Popen[bytes]]


@contextmanager
def machines(desk: Desk, folder: Path, port: int) -> Iterator[Started]:
    """Starts clocks on machines whose clocks are so many seconds ahead."""
    config = folder / "config.toml"
    config.write_text(CONFIG.format(port=port))
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path.cwd()),
        "HUIFANG_CONFIG": str(config),
        "HUIFANG_DATABASE_URL": desk.settings.database_url,
        "HUIFANG_DATA": str(folder),
        "HUIFANG_KEYS": clock_desk.KEYS,
    }
    with ExitStack() as ends, (folder / "log").open("wb") as log:

        def started(ahead: int) -> subprocess.Popen[bytes]:
            command = [sys.executable, str(SKEWED), str(ahead), "clock"]
            process = ends.enter_context(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
            ends.callback(process.kill)
            return process

        yield started


def open_errand(desk: Desk, office: str) -> str:
    """Open an errand, long overdue; its id."""
    clerk = build_actor(desk.people.directory(office).staff[clock_desk.staff_id("clerk")], office, "test")
    ticket = str(uuid4())
    opening = Open(site=office, id=ticket, workflow="errand", actor=clerk, data={"content": office})
    desk.engine.do(opening, wallclock.now() - LATE)
    return ticket


def open_offices(desk: Desk) -> list[str]:
    """Offices of the same people. One person's letters go together within an office, not beyond."""
    offices = [clock_desk.SITE, *(f"office-{number}" for number in range(1, ERRANDS))]
    for office in offices:
        desk.people.store_site(Site(id=office, name=office, zone="Asia/Shanghai"))
    for account, (role, department) in clock_desk.POSTS.items():
        posts = tuple(Membership(office, role, department) for office in offices)
        desk.people.set_posts(clock_desk.staff_id(account), posts)
        clock_desk.set_contact(desk, account, mail=f"{account}@example.org")
    return offices


def waited(enough: Callable[[], bool]) -> None:
    until = monotonic() + 60
    while not enough():
        assert monotonic() < until, "the clocks take too long"
        sleep(0.1)


def test_no_letter_is_lost_or_sent_twice_or_left_untried(
    desk: Desk, post: tuple[Busy, int], tmp_path: Path
) -> None:
    """But the one that was under way when its relay was killed, which may come twice under one id."""
    server, port = post
    tickets = [open_errand(desk, office) for office in open_offices(desk)]

    def sent() -> int:
        return len(desk.queries.messages("sent", None, 1_000).messages)

    with machines(desk, tmp_path, port) as started:
        killed, _ = started(BEHIND), started(AHEAD)
        waited(lambda: len(server.ids) > ERRANDS)
        killed.kill()
        waited(lambda: len(server.ids) > 2 * ERRANDS)
        started(BEHIND)
        waited(lambda: sent() == LEVELS * ERRANDS)
    messages = desk.queries.messages("sent", None, 1_000).messages
    assert {message.id for message in messages} == set(server.ids)
    assert len(server.ids) - len(set(server.ids)) <= 1
    assert all(message.attempts >= 1 for message in messages)
    assert [len(clock_desk.told(desk, ticket)) for ticket in tickets] == [LEVELS] * ERRANDS
    assert list(verify(desk.database)) == []
    print(f"{len(messages)} letters, of which {len(server.ids) - len(set(server.ids))} came twice")
