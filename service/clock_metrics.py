"""Prometheus metrics of the clock's jobs: how often they ran, how long, what they did, when they succeeded.

They are of the process, as its jobs are; with PROMETHEUS_MULTIPROC_DIR, of all processes together.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

CLOCK_REGISTRY = CollectorRegistry()
_RUNS = Counter(
    "huifang_clock_runs", "Runs of a job, by how they ended", ("job", "result"), registry=CLOCK_REGISTRY
)
_DONE = Counter(
    "huifang_clock_done", "What a job did: levels, slots, letters …", ("job",), registry=CLOCK_REGISTRY
)
_SECONDS = Histogram(
    "huifang_clock_run_seconds",
    "How long a run of a job took",
    ("job",),
    registry=CLOCK_REGISTRY,
    buckets=(0.01, 0.05, 0.25, 1.0, 5.0, 30.0, 120.0),
)
_SUCCESS = Gauge(
    "huifang_clock_last_success_seconds",
    "When a job last ran to its end, in seconds since 1970",
    ("job",),
    registry=CLOCK_REGISTRY,
    multiprocess_mode="max",
)


def record_run(job: str, seconds: float, dealt: int, ended_at: float | None) -> None:
    """Count a run of `job` that took so many seconds and did so many things. `ended_at` is the time of its
    end, in seconds since 1970; None if it failed."""
    _RUNS.labels(job, "failed" if ended_at is None else "ok").inc()
    _SECONDS.labels(job).observe(seconds)
    if dealt:
        _DONE.labels(job).inc(dealt)
    if ended_at is not None:
        _SUCCESS.labels(job).set(ended_at)
