"""A clock process says whether its jobs run, and what they did."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import Client

from service import wallclock
from service.bootstrap import Desk
from service.clock_health import STUCK, ClockHealth
from service.clock_pages import ClockPages
from service.scheduler import ClockProcess, ClockTick, Job

TOKEN = "a made-up token for metrics"


def never_fails() -> None:
    """A database that serves us."""


def pages(health: ClockHealth) -> Client:
    """A client of the pages."""
    return Client(ClockPages(health, never_fails, TOKEN))


def test_a_job_that_does_not_end_is_named() -> None:
    """The process should be started again; the next job that ends late is not named."""
    now = [0.0]
    health = ClockHealth({"sweep": 10, "cleanup": 3_600}, lambda: now[0])
    client = pages(health)
    assert (client.get("/healthz").status_code, client.get("/healthz").json) == (200, {"status": "ok"})
    now[0] = 10.0 + STUCK + 1
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"status": "stuck", "jobs": ["sweep"]})
    health.record_end("sweep", failed=False)
    assert client.get("/healthz").status_code == 200


def test_a_job_that_failed_is_named_until_it_succeeds(desk: Desk) -> None:
    """The process lives, but something of it does not work."""
    answers = iter((OSError("a fault"), 2))

    def work(_tick: ClockTick) -> int:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    clock, job = ClockProcess(desk), Job(name="sweep", work=work, every=lambda _: 10)
    client = pages(clock.health)
    clock.run(job)
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json == {"status": "failed", "jobs": ["sweep"]}
    clock.run(job)
    assert client.get("/readyz").json == {"status": "ok"}


def test_a_database_that_is_away_makes_the_clock_not_ready() -> None:
    """And healthy all the same: to start it again would not help."""

    def away() -> None:
        raise OSError("away")

    client = Client(ClockPages(ClockHealth({}), away, TOKEN))
    assert (client.get("/readyz").status_code, client.get("/healthz").status_code) == (503, 200)


def counted(name: str, labels: str) -> float:
    """A value of the metrics, which are of the whole process."""
    text = pages(ClockHealth({})).get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"}).text
    found = re.search(rf"^{name}\{{{labels}\}} (.+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_what_the_jobs_did_is_counted(desk: Desk) -> None:
    """Runs by their end, what was done, and when it last succeeded."""
    clock, began = ClockProcess(desk), wallclock.now()
    names = {
        "ok": ("huifang_clock_runs_total", 'job="counts",result="ok"'),
        "failed": ("huifang_clock_runs_total", 'job="counts",result="failed"'),
        "done": ("huifang_clock_done_total", 'job="counts"'),
    }
    before = {name: counted(*which) for name, which in names.items()}
    for work in (lambda _: 3, lambda _: 3, lambda _: 1 // 0):
        clock.run(Job(name="counts", work=work, every=lambda _: 60))
    after = {name: counted(*which) for name, which in names.items()}
    assert {name: after[name] - before[name] for name in names} == {"ok": 2, "failed": 1, "done": 6}
    assert counted("huifang_clock_last_success_seconds", 'job="counts"') >= began


@pytest.mark.parametrize(("address", "status"), [("127.0.0.1", 200), ("203.0.113.5", 401)])
def test_its_metrics_are_for_this_machine_or_the_token(address: str, status: int) -> None:
    """As those of the web."""
    client, base = pages(ClockHealth({})), {"REMOTE_ADDR": address}
    shown = {"Authorization": f"Bearer {TOKEN}"}
    assert client.get("/metrics", environ_base=base).status_code == status
    assert client.get("/metrics", environ_base=base, headers=shown).status_code == 200
    assert client.get("/metrics", environ_base=base, headers={"Authorization": "Bearer x"}).status_code == 401


def test_nothing_else_is_there() -> None:
    """No other page, and nothing to write."""
    client = pages(ClockHealth({}))
    assert (client.get("/").status_code, client.post("/healthz").status_code) == (404, 405)
