"""The deadline of a letter: its connections are closed then, however slowly the other side goes on.

Timeouts of sockets limit each single wait. A server that sends a byte a second never exceeds them.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from contextvars import ContextVar, Token
from threading import Condition, Thread
from time import monotonic
from types import TracebackType

_CURRENT: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


class Deadline:
    """A context manager: connections opened in it and watched are closed after `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self.connecting = False  # a connection was begun
        self.answered = False  # and the other side has answered
        self._until = monotonic() + seconds
        self._changed = Condition()
        self._over = False
        self._watched: list[socket.socket] = []
        self._token: Token[Deadline | None] | None = None

    def __enter__(self) -> Deadline:
        self._token = _CURRENT.set(self)
        Thread(target=self._wait, name="deadline", daemon=True).start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._over = True
            self._changed.notify()
            while self._watched:
                self._watched.pop().close()
        if self._token is not None:
            _CURRENT.reset(self._token)

    @property
    def seconds_left(self) -> float:
        """The seconds that remain; at least a small number, since a timeout of 0 would mean none."""
        return max(0.01, self._until - monotonic())

    def shorten(self, seconds: float) -> None:
        """Move the deadline to at most `seconds` from now."""
        with self._changed:
            self._until = min(self._until, monotonic() + seconds)
            self._changed.notify()

    def watch(self, connection: socket.socket) -> None:
        """Close this connection at the deadline. TLS may be put around it afterwards."""
        with self._changed:
            copy = connection.dup()  # TLS takes the original's descriptor away
            self._watched.append(copy)
            if self.passed:
                _cut(copy)

    def _wait(self) -> None:
        with self._changed:
            while not self._over and (left := self._until - monotonic()) > 0:
                self._changed.wait(left)
            if not self._over:
                self.passed = True
                for connection in self._watched:
                    _cut(connection)


def current() -> Deadline | None:
    """The deadline of this thread, or None."""
    return _CURRENT.get()


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):  # it has gone already
        connection.shutdown(socket.SHUT_RDWR)
