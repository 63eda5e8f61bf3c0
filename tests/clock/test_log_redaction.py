"""Nothing secret or personal comes into a log, whatever fails: of a fault one line, what and where."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import clock_desk
import pytest
import structlog
from clock_desk import MONDAY, at
from sqlalchemy.exc import IntegrityError

from service import cli, logs
from service.application import create_app
from service.bootstrap import Desk
from service.channels.letter import Letter
from service.channels.post import Post
from service.channels.receipt import Receipt
from service.redaction import build_redactor
from service.relay import relay_batch
from service.scheduler import JOBS, ClockProcess, sweep
from service.settings import Settings
from service.settings_tables import ChannelSettings, MailSettings
from workflows.storage.outbox import Outbox

LATE = at("2026-03-02 11:30")
NAME, PHONE = "欧阳测试", "13800000000"
HOOK = "dingtalk://0123456789abcdefToken@SecretOfTheHook/{phone}"
PASSWORD, SECRET = "aMailPassword-77", "a made-up secret of forty characters ..."
URL = "postgresql+psycopg://desk:dbPassword99@db.example.org/huifang"
TOKEN = "hf_zQ3x_made-up-token-of-forty-characters"
PLANTED = (NAME, PHONE, "Token", "SecretOfTheHook", PASSWORD, SECRET, "dbPassword99", TOKEN[4:])
TROUBLE = f"no way for {NAME} {PHONE} by {HOOK} with {PASSWORD} and {TOKEN}, see {URL}"


@pytest.fixture(params=["development", "production"])
def settings(request: pytest.FixtureRequest, desk: Desk) -> Settings:
    """Settings that hold secrets."""
    return replace(
        desk.settings,
        environment=request.param,
        secret=SECRET,
        mail=MailSettings(host="localhost", password=PASSWORD),
        channels=ChannelSettings(addresses={"client": HOOK}),
    )


class Log:
    """What was logged since."""

    def __init__(self, captured: pytest.CaptureFixture[str]) -> None:
        self._captured, self._text = captured, ""

    def getvalue(self) -> str:
        """All of it."""
        self._text += self._captured.readouterr().err
        return self._text


@pytest.fixture
def log(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Log]:
    """What is logged from now on."""
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    logs.configure(settings)
    yield Log(capsys)
    structlog.reset_defaults()


def clean(log: Log, settings: Settings, *expected: str) -> list[str]:
    """The lines of the log, after looking for what must not be there and what must."""
    lines = log.getvalue().splitlines()
    assert [line for line in lines if any(secret in line for secret in PLANTED)] == []
    assert "Traceback" not in log.getvalue()
    for word in expected:
        assert word in log.getvalue()
    if settings.environment == "production":
        assert all(isinstance(json.loads(line), dict) for line in lines)
    return lines


class Broken(Post):
    """A channel that throws, with secrets in its variables and in what it says."""

    def send(self, letter: Letter) -> Receipt:
        token, name, phone = HOOK, NAME, PHONE
        raise KeyError(TROUBLE, token, name, phone)


def test_of_a_letter_that_fails(desk: Desk, settings: Settings, log: Log) -> None:
    """The outbox says what and where as well, and no more: it is stored in clear."""
    clock_desk.open_errand(desk, 1)
    sweep(desk, LATE)
    relay_batch(desk, LATE, Broken(settings))
    assert len(clean(log, settings, "letter failed", "KeyError", "test_log_redaction.py")) >= 1
    said = {message.last_error for message in desk.queries.messages("failed", None, 100).messages}
    assert any(str(each).startswith("KeyError in test_log_redaction.py:") for each in said)


def test_of_a_request_that_fails(
    desk: Desk, settings: Settings, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise RuntimeError(TROUBLE)

    app = create_app(replace(desk, settings=settings))
    monkeypatch.setattr(type(desk.tokens), "authenticate", failing)
    answer = app.test_client().get(f"/api/tickets?q={NAME}", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 500
    assert NAME not in answer.text
    failed, answered = clean(log, settings, "request failed", "RuntimeError", "/api/tickets")
    assert "request failed" in failed
    assert "500" in answered, "and the line that each request has"


def test_of_a_sweep_that_fails(
    desk: Desk, settings: Settings, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And of a fault in the database's words."""

    def failing(*_: object, **__: object) -> None:
        raise IntegrityError(f"INSERT {NAME}", {"phone": PHONE}, ValueError(TROUBLE))

    monkeypatch.setattr(Outbox, "claim", failing)
    monkeypatch.setattr("service.scheduler.sweep", failing)
    clock = ClockProcess(replace(desk, settings=settings))
    for job in JOBS[:3]:
        clock.run(job)
    clean(log, settings, "job failed", "ValueError")


def test_of_a_level_that_cannot_be_fired_the_clock_keeps_no_personal_words(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its reason is stored in clear, and shown to whoever looks after the desk."""

    def failing(*_: object) -> None:
        raise RuntimeError(TROUBLE)

    clock_desk.open_errand(desk, 1)
    monkeypatch.setattr("workflows.engine.decide", failing)
    sweep(desk, LATE)
    reasons = {each.reason for each in desk.queries.parked_clocks()}
    assert reasons
    assert all(str(each).startswith("RuntimeError in test_log_redaction.py:") for each in reasons)


@pytest.mark.parametrize("environment", ["development", "production"])
@pytest.mark.parametrize("words", [("migrate",), ("audit", "verify")])
def test_of_a_command_that_fails(
    words: tuple[str, ...],
    environment: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A migration for one: a line that says what and where."""

    def failing(*_: object) -> None:
        raise IntegrityError(f"UPDATE {NAME}", {"phone": PHONE}, ValueError(TROUBLE))

    for name, value in (
        ("ENV", environment),
        ("DATA", str(tmp_path)),
        ("SECRET", SECRET),
        ("KEYS", clock_desk.KEYS),
    ):
        monkeypatch.setenv(f"HUIFANG_{name}", value)
    monkeypatch.setattr("workflows.storage.schema.migrate", failing)
    monkeypatch.setattr("workflows.storage.schema.check", failing)
    assert cli.run(list(words)) == 3
    said = capsys.readouterr().err
    assert [secret for secret in PLANTED if secret in said] == []
    assert len(said.splitlines()) == 1


def test_what_libraries_log_goes_the_same_way(settings: Settings, log: Log) -> None:
    """With or without an exception."""
    library = logging.getLogger("some.library")
    library.warning("cannot reach %s", URL)
    try:
        raise RuntimeError(TROUBLE)
    except RuntimeError:
        library.exception("failed for %s", PHONE)
    assert len(clean(log, settings, "some.library", "RuntimeError", "cannot reach")) == 2


def test_a_thread_that_ends_by_a_fault_is_one_line(
    settings: Settings, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)
    logs.configure(settings)

    def failing() -> None:
        raise RuntimeError(TROUBLE)

    thread = threading.Thread(target=failing, name="a-thread")
    thread.start()
    thread.join()
    assert len(clean(log, settings, "thread ended", "a-thread", "RuntimeError")) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    {
        "json://hooks.example.org/a/b?token=x and more": "json://*** and more",
        "GET https://user:pass@example.org/": "GET https://***",
        "Bearer abcdef": "Bearer ***",
        "password=hunter2 x": "password=*** x",
        '{"token": "abc"}': '{"token": ***',
        "call +8613800000000": "call ***",
        "id 11010519491231002X": "id ***",
        "li@example.org is away": "*** is away",
        "ticket 0192c2b4-7a40-7b52-8000-123456789012": "ticket 0192c2b4-7a40-7b52-8000-123456789012",
        "TS-2026-00012 at 2026-03-02T09:00:00Z": "TS-2026-00012 at 2026-03-02T09:00:00Z",
        "two\nlines": "two lines",
    }.items(),
)
def test_what_has_the_form_of_a_secret_is_taken_out(text: str, expected: str) -> None:
    """What a desk needs to find a matter again stays."""
    assert build_redactor(())(text) == expected


def test_an_event_that_holds_no_text_is_written_as_it_is(settings: Settings, log: Log) -> None:
    events: Any = structlog.get_logger("test")
    events.info("ticked", dealt=3, until=MONDAY, files=["a.xlsx"], note={"phone": PHONE})
    (line,) = clean(log, settings, "ticked", str(MONDAY), "a.xlsx")
    if settings.environment == "production":
        assert json.loads(line)["dealt"] == 3
