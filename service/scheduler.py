"""The clock: a handful of permanent jobs that look, again and again, for what has come due.

What is due stands in the database; APScheduler only ticks. So any number of clocks may run beside each other,
and one that was away catches up.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from service import wallclock
from service.relay import relay
from service.settings import Settings
from service.standing_in import hand_over
from service.wiring import Desk
from workflows.core.commands import CLOCK
from workflows.storage.conflicts import Conflict
from workflows.storage.entry_writing import Author
from workflows.timing.durations import SECONDS_IN, Duration
from workflows.timing.instants import Instant

_log = structlog.get_logger("huifang.clock")

ROUNDS = 200  # batches in one tick; the rest waits for the next, so that a fault cannot keep a tick for ever


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to be looked at `every` so many seconds. `tick` does it once and says how much there was."""

    name: str
    tick: Callable[[Desk, Instant], int]
    every: Callable[[Settings], int]


def sweep(desk: Desk, now: Instant) -> int:
    """Fire the escalation levels that have come due, batch after batch; how many."""
    return in_batches(lambda: desk.engine.sweep(now, desk.settings.clock.sweep_batch))


def open_due(desk: Desk, now: Instant) -> int:
    """Open what schedules have due, and what events have left waiting; how many slots were dealt with."""
    return in_batches(lambda: desk.schedules.tick(now))


def send(desk: Desk, now: Instant) -> int:
    """Send the messages that wait; how many were tried."""
    return in_batches(lambda: relay(desk, now))


def in_batches(batch: Callable[[], int]) -> int:
    """Call `batch` until it finds no more to do, or has had its rounds; how much it did."""
    total = 0
    for _ in range(ROUNDS):
        dealt = batch()
        total += dealt
        if not dealt:
            break
    return total


def forget_people(desk: Desk, now: Instant) -> int:
    """Erase the personal data of tickets that have kept them for as long as their process, as it is in force
    now, says; how many tickets."""
    kept = {name: desk.library.latest(name).retention for name in desk.library.names()}
    return sum(_forget(desk, name, kept_for, now) for name, kept_for in kept.items() if kept_for is not None)


def _forget(desk: Desk, workflow: str, kept_for: Duration, now: Instant) -> int:
    before, erased = _ended_before(kept_for, now), 0
    for site, ticket in desk.privacy.kept_too_long(workflow, before):
        with suppress(Conflict):  # it has moved on this moment; the next round sees how it stands
            desk.privacy.erase(site, ticket, CLOCK, now, f"kept for {kept_for} after its end")
            erased += 1
    return erased


def forget_entries(desk: Desk, now: Instant) -> int:
    """Erase the personal columns of what was struck in registers, and has been kept for as long as its
    register says now; how many entries."""
    kept = {each.name: each.retention for each in desk.library.company().registers.values()}
    return sum(
        _forget_struck(desk, name, kept_for, now) for name, kept_for in kept.items() if kept_for is not None
    )


def _forget_struck(desk: Desk, register: str, kept_for: Duration, now: Instant) -> int:
    before, note = _ended_before(kept_for, now), f"kept for {kept_for} after its end"
    eraser, erased = desk.store.entries.eraser, 0
    for site, key in eraser.kept_too_long(register, before):
        with suppress(Conflict):  # likewise
            author = Author(site, CLOCK, now)
            erased += eraser.erase(author, register, key, struck_before=before, note=note)
    return erased


def _ended_before(kept_for: Duration, now: Instant) -> Instant:
    return now - kept_for.amount * SECONDS_IN[kept_for.unit]


def clean_up(desk: Desk, now: Instant) -> int:
    """Forget old idempotency keys, messages sent and slots opened long ago, tokens that have run out, and the
    people in tickets and registers that have kept them long enough; how many."""
    keep = desk.settings.clock
    return (
        in_batches(lambda: forget_people(desk, now))
        + in_batches(lambda: forget_entries(desk, now))
        + desk.store.forget_receipts(now - keep.keep_answers)
        + desk.outbox.forget(now - keep.keep_messages)
        + desk.tokens.forget(now - keep.keep_messages)
        + desk.runs.forget(now - keep.keep_runs)
    )


JOBS = (
    Job(name="sweep", tick=sweep, every=lambda settings: settings.clock.sweep_every),
    Job(name="schedules", tick=open_due, every=lambda settings: settings.clock.schedules_every),
    Job(name="stand-in", tick=hand_over, every=lambda settings: settings.clock.sweep_every),
    Job(name="relay", tick=send, every=lambda settings: settings.relay.every),
    Job(name="cleanup", tick=clean_up, every=lambda settings: settings.clock.cleanup_every),
)


class Clock:
    """Runs the jobs in threads of their own until it is stopped."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._trouble: dict[str, str] = {}
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        )
        for job in JOBS:
            self._scheduler.add_job(
                self.run,
                "interval",
                args=(job,),
                id=job.name,
                seconds=job.every(desk.settings),
                next_run_time=datetime.now(UTC),
            )

    def start(self) -> None:
        """Begin to tick."""
        self._scheduler.start()

    def stop(self) -> None:
        """Finish the ticks that have begun, and no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def run(self, job: Job) -> int:
        """One tick of a job. What it throws is logged, whole only when it is new; the next tick goes on."""
        try:
            dealt = job.tick(self._desk, wallclock.now())
        except Exception as error:
            self._report(job, error)
            return 0
        self._trouble.pop(job.name, None)
        if dealt:
            _log.info("ticked", job=job.name, dealt=dealt)
        return dealt

    def _report(self, job: Job, error: Exception) -> None:
        trouble = f"{type(error).__name__}: {error}".partition("\n")[0]
        new = self._trouble.get(job.name) != trouble
        self._trouble[job.name] = trouble
        _log.error("job failed", job=job.name, error=trouble, exc_info=new)
