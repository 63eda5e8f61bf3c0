"""When things are to happen: a queue of moments, each with what is to be done, first come first served."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator

from workflows.timing.instants import Instant

Errand = Callable[[Instant], None]


class Diary:
    """What is to be done, and when. What is written for one matter anew replaces what stood there for it."""

    def __init__(self) -> None:
        self._queue: list[tuple[Instant, int, str | None, Errand]] = []
        self._current: dict[str, int] = {}
        self._count = 0

    def put(self, at: Instant, errand: Errand, matter: str | None = None) -> None:
        """Do `errand` at a moment; of one `matter` only what was put last is done."""
        self._count += 1
        heapq.heappush(self._queue, (at, self._count, matter, errand))
        if matter is not None:
            self._current[matter] = self._count

    def until(self, end: Instant) -> Iterator[tuple[Instant, Errand]]:
        """What comes due before `end`, in order; more may be put in while it is gone through."""
        while self._queue and self._queue[0][0] < end:
            at, count, matter, errand = heapq.heappop(self._queue)
            if matter is None or self._current.get(matter) == count:
                yield at, errand
