"""What a desk answers while its database is away: that it is, in time, and that it is no mistake of ours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from api_desk import COMPLAINT, Call, codes
from flask import Flask
from structlog.testing import capture_logs

from service.api import readiness
from service.api.readiness import Readiness
from service.application import create_app
from service.bootstrap import Desk

TOKEN = "a made-up token for metrics"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def full(desk: Desk, call: Call) -> None:
    """The disk is full. SQLite's own bound on its pages stands for the disk's."""
    call("receptionist").get("/api/me")
    with desk.database.connect() as session:
        session.run(f"PRAGMA max_page_count = {session.run('PRAGMA page_count').fetchone()[0]}")  # type: ignore[index]


@pytest.fixture
def away(desk: Desk, tmp_path: Path) -> None:
    """The database is gone."""
    desk.database.close()
    (tmp_path / "desk.db").rename(tmp_path / "elsewhere.db")
    (tmp_path / "desk.db").mkdir()


@pytest.mark.usefixtures("full")
def test_a_full_disk_is_answered_with_503_and_when_to_come_back(call: Call) -> None:
    """As a problem in the reader's language; reading goes on."""
    staff = call("receptionist", "es")
    long = {**COMPLAINT, "content": "x" * 4_000}
    for _ in range(50):
        answer = staff.post("/api/tickets", {"workflow": "complaint", "data": long})
        if answer.status_code != 201:
            break
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.headers["Retry-After"] == "5"
    assert codes(answer) == ["out-of-service"]
    assert answer.json["title"] == "Aún no disponible"
    assert staff.get("/api/me").status_code == 200


@pytest.fixture
def app(desk: Desk) -> Flask:
    """The application, with a token for its metrics."""
    return create_app(replace(desk, settings=replace(desk.settings, metrics_token=TOKEN)))


@pytest.mark.usefixtures("away")
def test_a_database_that_is_away_is_told_apart_from_our_mistakes(app: Flask) -> None:
    """In the answer, in the log and in the metrics; the metrics themselves are answered."""
    client = app.test_client()
    with capture_logs() as lines:
        answer = client.get("/api/me", headers={"Authorization": "Bearer hf_1_x"})
    assert answer.status_code == 503
    assert [line["event"] for line in lines] == ["database unavailable", "request"]
    metrics = client.get("/metrics", headers=SHOWN)
    assert metrics.status_code == 200
    assert "huifang_database_up 0.0" in metrics.text
    assert 'huifang_http_requests_total{method="GET",route="/api/me",status="503"} 1.0' in metrics.text
    assert (client.get("/readyz").status_code, client.get("/healthz").status_code) == (503, 200)


def test_our_own_mistake_is_counted_as_one(
    app: Flask, call: Call, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """500, in the metrics as well."""
    staff = call("receptionist")

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(desk.queries, "tickets", broken)
    assert staff.get("/api/tickets").status_code == 500
    text = app.test_client().get("/metrics", headers=SHOWN).text
    assert 'huifang_http_requests_total{method="GET",route="/api/tickets",status="500"} 1.0' in text
    assert "huifang_database_up 1.0" in text


def test_whether_it_is_ready_is_said_in_time_whatever_the_database_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A look that never comes back is given up, and no second one is begun beside it."""
    monkeypatch.setattr(readiness, "_PATIENCE", 0.05)
    looks, over = [], Event()

    def look() -> None:
        looks.append(1)
        over.wait(30)

    ready = Readiness(look)
    assert [ready.reason(), ready.reason()] == ["the database does not answer"] * 2
    assert looks == [1]
    over.set()


def test_what_is_told_besides_is_looked_up_with_the_same_patience(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that freezes after it was found to be writable is not waited for either."""
    over = Event()

    def frozen(*_: object) -> tuple[()]:
        over.wait(30)
        return ()

    monkeypatch.setattr(desk.engine.calendars, "find_unknown_years", frozen)
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, over.is_set()) == (200, False)
    over.set()
