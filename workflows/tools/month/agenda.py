"""A queue of tasks by instant; tasks of one instant keep their order."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator

from workflows.timing.instants import Instant

Task = Callable[[Instant], None]


class Agenda:
    """Tasks and the instants at which they are done. A new task for a matter replaces the earlier one."""

    def __init__(self) -> None:
        self._queue: list[tuple[Instant, int, str | None, Task]] = []
        self._current: dict[str, int] = {}
        self._count = 0

    def schedule(self, at: Instant, task: Task, matter: str | None = None) -> None:
        """Schedule a task; for one `matter`, only the task scheduled last is done."""
        self._count += 1
        heapq.heappush(self._queue, (at, self._count, matter, task))
        if matter is not None:
            self._current[matter] = self._count

    def take_until(self, end: Instant) -> Iterator[tuple[Instant, Task]]:
        """The tasks that are due before `end`, in order; more may be scheduled during the iteration."""
        while self._queue and self._queue[0][0] < end:
            at, count, matter, task = heapq.heappop(self._queue)
            if matter is None or self._current.get(matter) == count:
                yield at, task
