"""The API against a minimal application: one step per POST, many connections, in turn."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import gettempdir
from threading import Thread

from benchmarks.desk import NOON, OPENING, REMARK, SITE, TRIGGERS, Bench, build, database_url
from benchmarks.paired import compare
from workflows.core.commands import Open
from workflows.storage.people.tokens import Tokens

CONNECTIONS = (8, 16, 64)
THREADS = 8  # of the floor's server; ours has what its settings say
TOKEN = "bench-" + "t" * 40


def api_and_minimal(rounds: int = 7, tickets: int = 128) -> None:
    """Print requests per second of both, the ratio of each round, and the response times."""
    with database_url("sqlite") as url, database_url("sqlite") as other:
        ours, floor = prepared(url), prepared(other)
        with _ours(url) as our_server, _minimal(other) as floor_server:
            for connections in CONNECTIONS:
                mine = _Load(ours, our_server, "/api", tickets, connections)
                theirs = _Load(floor, floor_server, "", tickets, connections)
                name = f"API / minimal app, sqlite FULL, {connections} connections"
                _in_turn(name, mine, theirs, rounds)


def two_processes_and_one(rounds: int = 7, tickets: int = 128) -> None:
    """Print requests per second of two web processes and of one, both on PostgreSQL."""
    with database_url("postgres") as url, database_url("postgres") as other:
        ours, floor = prepared(url), prepared(other)
        with _ours(url, processes=2) as two_server, _ours(other, processes=1) as one_server:
            two = _Load(ours, two_server, "/api", tickets, 16)
            one = _Load(floor, one_server, "/api", tickets, 16)
            _in_turn("two web processes / one, postgres", two, one, rounds)


def _in_turn(name: str, mine: _Load, theirs: _Load, rounds: int) -> None:
    def prepare() -> None:
        mine.open()
        theirs.open()

    compare(name, mine.run, theirs.run, mine.work, "requests/s", rounds, prepare)
    print(f"{'':44} ours {mine.waits()}; floor {theirs.waits()}", flush=True)


def prepared(url: str) -> Bench:
    """A desk to measure, with a token of its clerk."""
    bench = build(url)
    digest = sha256(TOKEN.encode()).hexdigest()
    Tokens(bench.database).issue(
        id=str(uuid.uuid4()),
        staff_id=bench.clerk.id,
        name="bench",
        digest=digest,
        scopes=[],
        expires_at=None,
        at=NOON,
    )
    return bench


class _Load:
    """Moves many tickets through all their steps over HTTP, divided among the connections."""

    def __init__(self, bench: Bench, server: Server, prefix: str, tickets: int, connections: int) -> None:
        self._bench, self._server, self._prefix, self._count = bench, server, prefix, tickets
        self._connections = connections
        self._tickets: list[str] = []
        self._times: list[float] = []
        self._processor_time = 0.0
        self.work = tickets * len(TRIGGERS)

    def open(self) -> None:
        """Open new tickets without HTTP, so that only steps are measured."""
        self._tickets = [str(uuid.uuid4()) for _ in range(self._count)]
        for each in self._tickets:
            opening = Open(site=SITE, id=each, workflow="work", actor=self._bench.clerk, data=OPENING)
            self._bench.engine.do(opening, int(time.time()))

    def run(self) -> None:
        """Take all steps of all tickets."""
        shares = [self._tickets[place :: self._connections] for place in range(self._connections)]
        threads = [Thread(target=self._walk, args=(share,)) for share in shares]
        before = self._server.processor_time()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self._processor_time += self._server.processor_time() - before

    def _walk(self, tickets: list[str]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=60)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        heads = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
        for ticket in tickets:
            for step, trigger in enumerate(TRIGGERS, start=1):
                body = json.dumps({"trigger": trigger, "data": REMARK})
                started = time.perf_counter()
                connection.request(
                    "POST",
                    f"{self._prefix}/tickets/{ticket}/transitions",
                    body,
                    heads | {"If-Match": f'"{step}"'},
                )
                answer = connection.getresponse()
                said = answer.read()
                self._times.append(time.perf_counter() - started)
                if answer.status != 201:
                    raise AssertionError(f"{answer.status}: {said[:300]!r}")

    def waits(self) -> str:
        """The response times as text: median and 99th percentile, and the server's processor time."""
        times = sorted(self._times)
        half, most = 1_000 * median(times), 1_000 * times[len(times) * 99 // 100]
        worked = 1_000 * self._processor_time / len(times)
        return f"p50 {half:.1f} ms, p99 {most:.1f} ms, processor {worked:.2f} ms"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server in processes of its own."""

    port: int
    pid: int

    def processor_time(self) -> float:
        """Processor seconds of the server and its children; 0 on systems without /proc."""
        return sum(map(_worked, [self.pid, *_children(self.pid)]))


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


def _worked(pid: int) -> float:
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    after_name = stat.read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")  # utime, stime: proc(5)


@contextmanager
def _ours(url: str, processes: int = 0) -> Iterator[Server]:
    """Our application under the product's server with the shipped settings. `processes`: 0 means one for
    each core."""
    port = _free_port()
    command = [sys.executable, "-m", "benchmarks.our_app", str(port), str(processes)]
    folder = Path(url.removeprefix("sqlite:///")).parent if url.startswith("sqlite") else Path(gettempdir())
    with _running(command, port, {"HUIFANG_DATABASE_URL": url, "HUIFANG_DATA": str(folder)}) as pid:
        yield Server(port, pid)


@contextmanager
def _minimal(url: str) -> Iterator[Server]:
    """The floor under gunicorn: one process with eight threads."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "-k", "gthread", "-w", "1", "--threads", str(THREADS)]
    command += [
        "--bind",
        f"127.0.0.1:{port}",
        "--log-level",
        "warning",
        "benchmarks.minimal_app:create_app()",
    ]
    with _running(command, port, {"MINIMAL_DATABASE": url}) as pid:
        yield Server(port, pid)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: list[str], port: int, more: dict[str, str]) -> Iterator[int]:
    with subprocess.Popen(command, env=os.environ | more, cwd=Path(__file__).parent.parent) as server:
        try:
            _await(port)
            yield server.pid
        finally:
            server.terminate()
            server.wait(timeout=40)


def _await(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"nothing answers on port {port}")
