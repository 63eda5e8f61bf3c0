"""The ticker: what throws is logged and the next tick goes on."""

from __future__ import annotations

from threading import Event
from time import sleep

import office
import pytest
from office import MONDAY
from structlog.testing import capture_logs

from service import scheduler
from service.scheduler import JOBS, Clock, Job, clean_up
from service.wiring import Desk

DAY = 86_400


def test_a_job_that_throws_is_logged_and_goes_on(desk: Desk) -> None:
    """Whole the first time, in one line while the trouble lasts, whole again when it is new."""
    answers = iter((OSError("the disk is full"), OSError("the disk is full"), 3, OSError("the disk is full")))

    def tick(_desk: Desk, _now: int) -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    clock, job = Clock(desk), Job(name="test", tick=tick, every=lambda _: 1)
    with capture_logs() as lines:
        assert [clock.run(job) for _ in range(4)] == [0, 0, 3, 0]
    assert [(line["event"], line.get("exc_info")) for line in lines] == [
        ("job failed", True),
        ("job failed", False),
        ("ticked", None),
        ("job failed", True),
    ]
    assert lines[0]["error"] == "OSError: the disk is full"


def test_the_jobs_tick_at_once_and_stop_when_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started, all look for work straight away; stopped, none is left behind."""
    ticked = {job.name: Event() for job in JOBS}

    def job_of(job: Job) -> Job:
        return Job(name=job.name, tick=lambda *_: ticked[job.name].set() or 0, every=job.every)

    monkeypatch.setattr(scheduler, "JOBS", tuple(map(job_of, JOBS)))
    clock = Clock(desk)
    clock.start()
    assert all(event.wait(5) for event in ticked.values())
    clock.stop()
    clock.stop()
    sleep(0.05)


def test_what_is_old_is_cleaned_up_and_nothing_else(desk: Desk) -> None:
    """Messages sent long ago and tokens that ran out go; what waits or is dead stays."""
    office.open_errand(desk)
    scheduler.sweep(desk, MONDAY + 2 * 3_600)
    first, second = desk.outbox.claim(MONDAY + 2 * 3_600, 10, 60, "test")
    desk.outbox.sent(first.site, first.id, MONDAY)
    desk.outbox.dead(second.site, second.id, "no")
    for number, expires in enumerate((MONDAY, MONDAY + 200 * DAY)):
        desk.tokens.issue(
            id=str(number),
            staff_id=office.staff_id("clerk"),
            name="test",
            digest=str(number),
            scopes=(),
            expires_at=expires,
            at=MONDAY,
        )
    assert clean_up(desk, MONDAY + 89 * DAY) == 0
    assert clean_up(desk, MONDAY + 91 * DAY) == 2
    assert [message.id for message in desk.queries.messages("dead").messages] == [second.id]
    assert [token.id for token in desk.tokens.of(office.staff_id("clerk"))] == ["1"]
