"""The processor time of each part of a request, ours and the floor's; in one thread, without a server."""

from __future__ import annotations

import base64
import io
import json
import os
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from marshmallow import Schema
from sqlalchemy.engine import Connection
from sqlalchemy.engine.default import DefaultDialect

from benchmarks.api import TOKEN, prepared
from benchmarks.desk import OPENING, REMARK, SITE, TRIGGERS, Bench, database_url
from service import application, auth
from service.api.http.request import ApiRequest
from service.api.tickets import transitions
from service.bootstrap import open_desk
from service.settings import Settings
from workflows.core.commands import Open
from workflows.engine import Engine
from workflows.storage.drivers.session import Session
from workflows.storage.tickets.store import Store

OURS: dict[str, list[tuple[Any, str]]] = {
    "who asks: the token": [(auth, "authenticate_bearer")],
    "what is sent: read and checked": [(ApiRequest, "prepare")],
    "the decision": [(Engine, "decide")],
    "rows made, chained, sealed": [(Store, "_prepare")],
    "statements and commit": [(Session, "run"), (Session, "run_many")],
    "the answer's body": [(transitions, "ticket_response")],
    "the answer's head": [(application, "_flask_response")],
}
FLOOR: dict[str, list[tuple[Any, str]]] = {
    "what is sent: read and checked": [(Schema, "load")],
    "SQLAlchemy": [(Connection, "execute")],
    "statements and commit": [(DefaultDialect, "do_execute"), (DefaultDialect, "do_commit")],
}


class Parts:
    """Processor time of this thread by part; the time of an inner part is not counted in the outer one."""

    def __init__(self, watched: dict[str, list[tuple[Any, str]]]) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._within: list[float] = []
        for part, places in watched.items():
            for owner, name in places:
                setattr(owner, name, self.timed(part, getattr(owner, name)))

    def timed(self, part: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """`work`, timed as `part`."""

        def timing(*arguments: Any, **named: Any) -> Any:
            self._within.append(0.0)
            began = time.thread_time()
            try:
                return work(*arguments, **named)
            finally:
                took = time.thread_time() - began
                self.seconds[part] += took - self._within.pop()
                if self._within:
                    self._within[-1] += took

        return timing


def parts_of_a_request(rounds: int = 9, tickets: int = 20) -> None:
    """Print the microseconds of each part, the median of the rounds, ours and then the floor's."""
    with database_url("sqlite") as url, database_url("sqlite") as other:
        ours, floor = prepared(url), prepared(other)
        os.environ["MINIMAL_DATABASE"] = other
        from benchmarks.minimal_app import create_app as create_minimal_app

        environment = {
            "HUIFANG_DATABASE_URL": url,
            "HUIFANG_DATA": str(Path(url.removeprefix("sqlite:///")).parent),
        }
        environment["HUIFANG_KEYS"] = "1:" + base64.b64encode(b"k" * 32).decode()
        mine = application.create_app(open_desk(Settings.load(None, environment)))
        _print("ours", Parts(OURS), ours, mine.wsgi_app, "/api", rounds, tickets)
        _print("floor", Parts(FLOOR), floor, create_minimal_app().wsgi_app, "", rounds, tickets)


def _print(name: str, parts: Parts, bench: Bench, wsgi: Any, prefix: str, rounds: int, tickets: int) -> None:
    whole = parts.timed("Flask, Werkzeug and the rest", lambda environ: b"".join(wsgi(environ, _must_be_201)))
    found: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds + 1):
        opened = [_opened(bench) for _ in range(tickets)]
        parts.seconds.clear()
        for ticket in opened:
            for step, trigger in enumerate(TRIGGERS, start=1):
                whole(_environ(f"{prefix}/tickets/{ticket}/transitions", step, trigger))
        for part, seconds in parts.seconds.items():
            found[part].append(1e6 * seconds / tickets / len(TRIGGERS))
    medians = {part: median(each[1:]) for part, each in found.items()}  # the first round warms up
    print(f"{name}: {sum(medians.values()):.0f} µs of processor time a request")
    for part, micros in sorted(medians.items(), key=lambda each: -each[1]):
        print(f"    {part:34}{micros:6.0f} µs")


def _opened(bench: Bench) -> str:
    ticket = str(uuid.uuid4())
    opening = Open(site=SITE, id=ticket, workflow="work", actor=bench.clerk, data=OPENING)
    bench.engine.do(opening, int(time.time()))
    return ticket


def _environ(path: str, step: int, trigger: str) -> dict[str, Any]:
    body = json.dumps({"trigger": trigger, "data": REMARK}).encode()
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "127.0.0.1",
        "HTTP_AUTHORIZATION": f"Bearer {TOKEN}",
        "HTTP_IF_MATCH": f'"{step}"',
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _must_be_201(status: str, _headers: Any, _error: Any = None) -> None:
    assert status.startswith("201"), status
