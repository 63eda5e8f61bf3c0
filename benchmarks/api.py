"""The API against a minimal application: one step a POST, eight connections, the same server, in turn."""

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
from hashlib import sha256
from pathlib import Path
from statistics import median
from threading import Thread

from benchmarks.desk import NOON, OPENING, REMARK, SITE, TRIGGERS, Bench, build, database_url
from benchmarks.paired import compare
from workflows.core.commands import Open
from workflows.storage.tokens import Tokens

CONNECTIONS = 8
TOKEN = "bench-" + "t" * 40
MINIMAL = "benchmarks.minimal_app:create_app()"
OURS = "benchmarks.our_app:create()"


def api_and_minimal(rounds: int = 7, tickets: int = 40) -> None:
    """Print requests a second of both, and the ratio round by round."""
    with database_url("sqlite") as url, database_url("sqlite") as other:
        ours, floor = _prepared(url), _prepared(other)
        with _server(OURS, url) as our_port, _server(MINIMAL, other) as floor_port:
            mine, theirs = _Load(ours, our_port, "/api", tickets), _Load(floor, floor_port, "", tickets)

            def prepare() -> None:
                mine.open()
                theirs.open()

            work = tickets * len(TRIGGERS)
            compare(
                "API / minimal app, sqlite FULL", mine.run, theirs.run, work, "requests/s", rounds, prepare
            )
            print(
                f"{'':44} p50 {mine.p(50):.1f} ms, p99 {mine.p(99):.1f} ms; minimal p50 {theirs.p(50):.1f} ms"
                f", p99 {theirs.p(99):.1f} ms"
            )


def _prepared(url: str) -> Bench:
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
    """Walks many tickets through all their steps over HTTP, each connection its share."""

    def __init__(self, bench: Bench, port: int, prefix: str, tickets: int) -> None:
        self._bench, self._port, self._prefix, self._count = bench, port, prefix, tickets
        self._tickets: list[str] = []
        self._times: list[float] = []

    def open(self) -> None:
        """Fresh tickets, opened past the server so that only steps are measured."""
        self._tickets = [str(uuid.uuid4()) for _ in range(self._count)]
        for each in self._tickets:
            opening = Open(site=SITE, id=each, workflow="work", actor=self._bench.clerk, data=OPENING)
            self._bench.engine.do(opening, int(time.time()))

    def run(self) -> None:
        """All steps of all tickets."""
        shares = [self._tickets[place::CONNECTIONS] for place in range(CONNECTIONS)]
        threads = [Thread(target=self._walk, args=(share,)) for share in shares]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _walk(self, tickets: list[str]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
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

    def p(self, percent: int) -> float:
        """The percentile of the answer times, in milliseconds."""
        times = sorted(self._times)
        return 1000 * (median(times) if percent == 50 else times[len(times) * percent // 100])


@contextmanager
def _server(app: str, url: str) -> Iterator[int]:
    """The application under gunicorn: one process, eight threads, a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "-k", "gthread", "-w", "1", "--threads", str(CONNECTIONS)]
    command += ["--bind", f"127.0.0.1:{port}", "--log-level", "warning", app]
    folder = str(Path(url.removeprefix("sqlite:///")).parent)
    keys = os.environ | {"MINIMAL_DATABASE": url, "HUIFANG_DATABASE_URL": url, "HUIFANG_DATA": folder}
    with subprocess.Popen(command, env=keys, cwd=Path(__file__).parent.parent) as server:
        try:
            _await(port)
            yield port
        finally:
            server.terminate()
            server.wait(timeout=20)


def _await(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"nothing answers on port {port}")
