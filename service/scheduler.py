"""The clock process: permanent jobs that regularly look for what is due.

What is due is in the database; APScheduler only ticks. So any number of clock processes may run side by side,
and one that was stopped catches up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from threading import Event
from time import perf_counter, time

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from service import departures, wallclock
from service.attachments.cleanup import clean_up_files
from service.bootstrap import Desk
from service.clock_health import ClockHealth
from service.handover import hand_over_absences
from service.redaction import describe_error, summarize_traceback
from service.relay import Relay
from service.retention import forget_entries, forget_people
from service.settings import Settings
from workflows.storage.people.attempt_counts import AttemptCounts
from workflows.storage.statistics import refresh_statistics
from workflows.timing.instants import Instant

_log = structlog.get_logger("huifang.clock")

Stopping = Callable[[], bool]
"""Whether the process is stopping: then nothing more is begun, and the rest waits for the next tick."""

MAX_BATCHES = (
    200  # batches in one tick; the rest waits for the next, so that a fault cannot keep a tick for ever
)


@dataclass(frozen=True, slots=True)
class ClockTick:
    """The argument of a job: the desk, the instant, and state that lives between the ticks of one process."""

    desk: Desk
    now: Instant
    relay: Relay
    stopping: Stopping


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job that runs every `every` seconds. `work` runs it once and returns the number of things done."""

    name: str
    work: Callable[[ClockTick], int]
    every: Callable[[Settings], int]


def never() -> bool:
    """The default for `stopping`: always false."""
    return False


def sweep(desk: Desk, now: Instant, stopping: Stopping = never) -> int:
    """Fire the escalation levels that are due, batch after batch; returns their number."""
    size = desk.settings.clock.sweep_batch
    return run_batches(lambda: desk.engine.sweep(now, size, stopping), stopping)


def replan(desk: Desk, now: Instant, stopping: Stopping = never) -> int:
    """Plan open clocks again where days or hours have changed; returns the number examined."""
    return run_batches(lambda: desk.deadlines.replan(now), stopping)


def open_due(desk: Desk, now: Instant, stopping: Stopping = never) -> int:
    """Open the slots that are due by schedules and events; returns the number processed."""
    return run_batches(lambda: desk.schedules.tick(now, stopping), stopping)


def run_batches(batch: Callable[[], int], stopping: Stopping = never) -> int:
    """Call `batch` until it returns 0 or the maximum number of rounds is reached; returns the sum."""
    total = 0
    for _ in range(MAX_BATCHES):
        if stopping():
            break
        dealt = batch()
        total += dealt
        if not dealt:
            break
    return total


def sum_counters(desk: Desk, now: Instant) -> int:
    """Sum up the counter rows of moved tickets; let PostgreSQL analyse tables that were just filled."""
    desk.counts.consolidate(now)
    if desk.database.postgres:
        refresh_statistics(desk.database)
    return 0


def clean_up(desk: Desk, now: Instant, stopping: Stopping = never) -> int:
    """Delete old idempotency keys, runs, expired tokens and files that nobody can read or name, and erase
    personal data whose retention period is over; returns the number of all."""
    keep = desk.settings.clock
    attempts = AttemptCounts(desk.database)
    longest_wait = max(desk.settings.api.sign_in_wait, desk.settings.links.wait)
    refresh_statistics(desk.database)
    forgetting: tuple[Callable[[], int], ...] = (
        lambda: run_batches(lambda: forget_people(desk, now, stopping), stopping),
        lambda: run_batches(lambda: forget_entries(desk, now, stopping), stopping),
        lambda: run_batches(lambda: desk.store.delete_idempotency_keys(now - keep.keep_answers), stopping),
        lambda: desk.tokens.delete_expired(now - keep.keep_tokens),
        lambda: desk.sign_in_sessions.delete_expired(now),
        lambda: desk.resident_links.delete_expired(now),
        lambda: attempts.delete_before(now - longest_wait),
        lambda: desk.runs.delete_before(now - keep.keep_runs),
        lambda: run_batches(lambda: clean_up_files(desk, now), stopping),
    )
    return sum(each() for each in takewhile(lambda _: not stopping(), forgetting))


JOBS = (
    Job(
        name="replan",
        work=lambda tick: replan(tick.desk, tick.now, tick.stopping),
        every=lambda settings: settings.clock.sweep_every,
    ),
    Job(
        name="sweep",
        work=lambda tick: sweep(tick.desk, tick.now, tick.stopping),
        every=lambda settings: settings.clock.sweep_every,
    ),
    Job(
        name="schedules",
        work=lambda tick: open_due(tick.desk, tick.now, tick.stopping),
        every=lambda settings: settings.clock.schedules_every,
    ),
    Job(
        name="stand-in",
        work=lambda tick: hand_over_absences(tick.desk, tick.now, tick.stopping),
        every=lambda settings: settings.clock.sweep_every,
    ),
    Job(
        name="departures",
        work=lambda tick: departures.hand_over_departures(tick.desk, tick.now),
        every=lambda settings: settings.clock.sweep_every,
    ),
    Job(
        name="relay",
        work=lambda tick: run_batches(tick.relay.run, tick.stopping),
        every=lambda settings: settings.relay.every,
    ),
    Job(
        name="index",
        work=lambda tick: run_batches(tick.desk.store.indexer.renew, tick.stopping),
        every=lambda settings: settings.clock.schedules_every,
    ),
    Job(name="counts", work=lambda tick: sum_counters(tick.desk, tick.now), every=lambda _: 60),
    Job(
        name="queue",
        work=lambda tick: run_batches(tick.desk.queue.fill_candidates, tick.stopping),
        every=lambda _: 60,
    ),
    Job(
        name="cleanup",
        work=lambda tick: clean_up(tick.desk, tick.now, tick.stopping),
        every=lambda settings: settings.clock.cleanup_every,
    ),
)


class ClockProcess:
    """Runs the jobs in threads of their own until it is stopped."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._relay = Relay(desk)
        self.health = ClockHealth({job.name: job.every(desk.settings) for job in JOBS})
        self._stopped = Event()
        # Imported late: prometheus_client decides at import whether processes share their counts.
        from service.clock_metrics import record_run

        self._record_run = record_run
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
        """Start the jobs."""
        self._scheduler.start()

    def stop(self) -> None:
        """Finish the running jobs, and start no more."""
        self._stopped.set()
        self._relay.stop()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def run(self, job: Job) -> int:
        """Run one tick of a job, and count it. An exception is logged; the next tick runs as usual."""
        began, dealt, failed = perf_counter(), 0, False
        try:
            dealt = job.work(ClockTick(self._desk, wallclock.now(), self._relay, self._stopped.is_set))
        except Exception as error:
            failed = True
            self._log_error(job, error)
        self.health.record_end(job.name, failed=failed)
        self._record_run(job.name, perf_counter() - began, dealt, None if failed else time())
        if dealt:
            _log.info("ticked", job=job.name, dealt=dealt)
        return dealt

    def _log_error(self, job: Job, error: Exception) -> None:
        _log.error("job failed", job=job.name, error=describe_error(error), where=summarize_traceback(error))
