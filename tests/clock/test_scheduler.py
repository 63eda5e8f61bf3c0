"""The ticker: what throws is logged and the next tick goes on."""

from __future__ import annotations

from threading import Event
from time import sleep

import clock_desk
import pytest
from clock_desk import MONDAY
from structlog.testing import capture_logs

from service import scheduler
from service.bootstrap import Desk
from service.scheduler import JOBS, ClockProcess, ClockTick, Job, clean_up

DAY = 86_400


def test_a_job_that_throws_is_logged_and_goes_on(desk: Desk) -> None:
    """In one line each time: what and where."""
    full = [OSError(28, "the disk is full") for _ in range(3)]
    answers = iter((*full[:2], 3, full[2]))

    def work(_tick: ClockTick) -> int:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    clock, job = ClockProcess(desk), Job(name="test", work=work, every=lambda _: 1)
    with capture_logs() as lines:
        assert [clock.run(job) for _ in range(4)] == [0, 0, 3, 0]
    assert [line["event"] for line in lines] == ["job failed", "job failed", "ticked", "job failed"]
    assert lines[0]["error"] == "OSError: the disk is full"
    assert lines[0]["where"].endswith("test_scheduler.py:28 work")


def test_the_jobs_tick_at_once_and_stop_when_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started, all look for work straight away; stopped, none is left behind."""
    ticked = {job.name: Event() for job in JOBS}

    def job_of(job: Job) -> Job:
        return Job(name=job.name, work=lambda _: ticked[job.name].set() or 0, every=job.every)

    monkeypatch.setattr(scheduler, "JOBS", tuple(map(job_of, JOBS)))
    clock = ClockProcess(desk)
    clock.start()
    assert all(event.wait(5) for event in ticked.values())
    clock.stop()
    clock.stop()
    sleep(0.05)


def test_what_is_old_is_cleaned_up_and_nothing_else(desk: Desk) -> None:
    """Tokens that ran out go; what was told, and what became of it, stays as long as its ticket."""
    clock_desk.open_errand(desk)
    scheduler.sweep(desk, MONDAY + 2 * 3_600)
    first, second = desk.outbox.claim(MONDAY + 2 * 3_600, 10, 60, "test")
    desk.outbox.mark_sent(first, "test", MONDAY)
    desk.outbox.mark_dead(second, "test", "no")
    for number, expires in enumerate((MONDAY, MONDAY + 200 * DAY)):
        desk.tokens.issue(
            id=str(number),
            staff_id=clock_desk.staff_id("clerk"),
            name="test",
            digest=str(number),
            scopes=(),
            expires_at=expires,
            at=MONDAY,
        )
    assert clean_up(desk, MONDAY + 89 * DAY) == 0
    assert clean_up(desk, MONDAY + 91 * DAY) == 1
    assert [message.id for message in desk.queries.messages("sent").messages] == [first.id]
    assert [message.id for message in desk.queries.messages("dead").messages] == [second.id]
    assert [token.id for token in desk.tokens.list_of(clock_desk.staff_id("clerk"))] == ["1"]
