"""Cuts statements that a PostgreSQL server will never answer.

The server's own time-outs do not run while it is frozen, and neither do those of TCP: the kernel still
acknowledges packets. So a thread watches the running statements. If one takes long and the server does not
even accept a new connection, all connections that wait are cut, and new ones are refused until it answers.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

_CHECK_INTERVAL = 0.5
_SLOW_SECONDS = 2.0  # after so long, a statement makes the watchdog probe the server
_GRACE_SECONDS = 2.0  # beyond the server's own time-out


class Watchdog:
    """Watches the statements of one process. `is_alive` tells whether the server accepts a new connection."""

    def __init__(self, is_alive: Callable[[], bool], statement_timeout: int) -> None:
        self.down = False
        self._is_alive, self._statement_timeout = is_alive, statement_timeout
        self._lock = Lock()
        self._running: dict[int, tuple[float, Any]] = {}
        self._thread: Thread | None = None
        self._stopped = Event()

    def begin(self, driver: Any) -> None:
        """Note that a statement begins on this connection of psycopg."""
        self._running[id(driver)] = (monotonic(), driver)
        if self._thread is None or not self._thread.is_alive():  # also in a process that was forked
            self._start()

    def end(self, driver: Any) -> None:
        """Note that no statement runs on the connection any more."""
        with self._lock:
            self._running.pop(id(driver), None)

    def suspect(self) -> None:
        """A new connection has timed out: refuse others until the server answers."""
        self.down = True
        self._start()

    def stop(self) -> None:
        """Stop watching, until the next statement begins."""
        with self._lock:
            self.down, self._thread = False, None
            self._stopped.set()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._stopped = Event()
                self._thread = Thread(target=self._watch, args=(self._stopped,), name="watchdog", daemon=True)
                self._thread.start()

    def _watch(self, over: Event) -> None:
        while not over.wait(_CHECK_INTERVAL):
            now = monotonic()
            ages = [now - began for began, _ in list(self._running.values())]
            if self.down or any(age > _SLOW_SECONDS for age in ages):
                down = not self._is_alive()
                self.down = down and not over.is_set()
            if self.down:
                self._cut_older_than(_SLOW_SECONDS)
            elif self._statement_timeout:
                self._cut_older_than(self._statement_timeout + _GRACE_SECONDS)

    def _cut_older_than(self, older: float) -> None:
        """Cut the connections whose statement is older, in seconds; its caller gets an error."""
        with self._lock:  # none may be closed meanwhile, and its descriptor be used again
            now = monotonic()
            for key, (began, driver) in list(self._running.items()):
                if now - began > older:
                    del self._running[key]
                    with suppress(Exception):  # it is closed already
                        _shut_down(driver.pgconn.socket)


def _shut_down(descriptor: int) -> None:
    with socket.socket(fileno=os.dup(descriptor)) as line:
        line.shutdown(socket.SHUT_RDWR)
