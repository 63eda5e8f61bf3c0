"""`/readyz`: whether the desk can serve requests. Answers in time, whatever the database does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

_PATIENCE = 1.5  # seconds to wait for the database
_FRESH = 1.0  # seconds for which an answer holds: a probe writes, and anybody may ask
_NOTHING: Mapping[str, Any] = {}


class _DatabaseCheck:
    """One check of the database, in a thread of its own: it may never return."""

    def __init__(self, look: Callable[[], Mapping[str, Any] | None]) -> None:
        self.reason: str | None = None
        self.facts = _NOTHING
        self.ended_at: float | None = None
        self._look, self._ended = look, Event()
        Thread(target=self._run, name="readiness", daemon=True).start()

    def wait(self, until: float) -> str | None:
        """Wait for the result until `until` (monotonic time): what is wrong, or None."""
        ended = self._ended.wait(max(0.0, until - monotonic()))
        return self.reason if ended else "the database does not answer"

    def _run(self) -> None:
        try:
            self.facts = self._look() or _NOTHING
        except Exception as error:  # whatever it is: not ready
            self.reason = str(error) or type(error).__name__
        self.ended_at = monotonic()
        self._ended.set()


class _Repeated:
    """Runs at most one check at a time, and at most one a second."""

    def __init__(self, look: Callable[[], Mapping[str, Any] | None]) -> None:
        self._look, self._lock = look, Lock()
        self._last: _DatabaseCheck | None = None

    def last(self) -> _DatabaseCheck:
        """The newest check, which may still be running."""
        with self._lock:
            last = self._last
            if last is None or (last.ended_at is not None and monotonic() - last.ended_at > _FRESH):
                last = self._last = _DatabaseCheck(self._look)
        return last


class Readiness:
    """`look` raises if the desk is not ready. What `besides` returns is added, if it arrives in the same
    time."""

    def __init__(
        self, look: Callable[[], None], besides: Callable[[], Mapping[str, Any]] = lambda: _NOTHING
    ) -> None:
        self._look, self._besides = _Repeated(look), _Repeated(besides)

    def reason(self) -> str | None:
        """Why the desk is not ready; None if it is."""
        return self.answer()[0]

    def answer(self) -> tuple[str | None, Mapping[str, Any]]:
        """(reason, facts): like `reason`, with the additional facts of `besides`."""
        until = monotonic() + _PATIENCE
        reason = self._look.last().wait(until)
        if reason is not None:
            return reason, _NOTHING
        besides = self._besides.last()
        besides.wait(until)
        return None, besides.facts
