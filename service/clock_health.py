"""Whether the jobs of a clock process run: which are stuck, and which failed when they last ran."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from time import monotonic

STUCK = 300  # seconds beyond its interval after which a job that has not ended is called stuck


class ClockHealth:
    """`intervals` are the seconds between two runs, by job; `clock` returns monotonic seconds."""

    def __init__(self, intervals: Mapping[str, int], clock: Callable[[], float] = monotonic) -> None:
        self._intervals = dict(intervals)
        self._clock = clock
        self._lock = Lock()
        self._ended = dict.fromkeys(intervals, clock())
        self._failed: set[str] = set()

    def record_end(self, job: str, *, failed: bool) -> None:
        """Note that a run of `job` has ended."""
        with self._lock:
            self._ended[job] = self._clock()
            (self._failed.add if failed else self._failed.discard)(job)

    def stuck(self) -> list[str]:
        """The jobs of which no run has ended for too long, by name."""
        now = self._clock()
        with self._lock:
            return sorted(
                job for job, ended in self._ended.items() if now - ended > self._intervals[job] + STUCK
            )

    def failed(self) -> list[str]:
        """The jobs whose last run failed, by name."""
        with self._lock:
            return sorted(self._failed)
