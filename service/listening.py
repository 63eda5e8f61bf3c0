"""gunicorn's threads, kept from those who never end their sentence.

A request has a time in which it must have arrived, however it trickles; and no thread waits for one that has
not begun. gunicorn itself has neither bound: eight halves of a request would hold all of eight threads.
"""

from __future__ import annotations

import errno
import selectors
import socket
import time
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

_PASSING = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED)


class Line(socket.socket):
    """A client's line. `patience` is for how many seconds it is listened to, and for each answer."""

    patience = 0.0
    _until = 0.0

    def begin(self) -> None:
        """A request begins."""
        self._until = time.monotonic() + self.patience

    def setblocking(self, flag: bool) -> None:
        """gunicorn says so when it means to wait: not for ever."""
        self.settimeout(self.patience if flag else 0.0)

    def recv(self, size: int, flags: int = 0) -> bytes:
        """What comes in time. TimeoutError after that: of the kind that gunicorn takes for a lost client."""
        asked, left = self.gettimeout(), self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError(errno.ENOTCONN, "the request did not arrive in time")
        self.settimeout(left if asked is None else min(asked, left))
        try:
            return super().recv(size, flags)
        except TimeoutError:
            raise TimeoutError(errno.ENOTCONN, "the request did not arrive in time") from None
        finally:
            self.settimeout(asked)


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """A process of the server. `read_timeout` is how many seconds a request may take to arrive."""

    read_timeout = 15

    def accept(self, listener: socket.socket) -> None:
        """Take a client's line; a thread is given to it when something comes."""
        try:
            taken, address = listener.accept()
        except OSError as error:
            if error.errno in _PASSING:
                return
            raise
        line = Line(taken.family, taken.type, taken.proto, fileno=taken.detach())
        line.patience = float(self.read_timeout)
        connection = TConn(self.cfg, line, address, listener.getsockname())
        connection.timeout = time.monotonic() + self.cfg.keepalive
        self.nr_conns += 1
        self.pending_conns.append(connection)
        ready = partial(self.on_pending_socket_readable, connection)
        self.poller.register(line, selectors.EVENT_READ, ready)

    def handle(self, conn: Any) -> Any:
        """Serve one request; what is said of it is gunicorn's affair."""
        conn.sock.begin()
        kept = super().handle(conn)
        if not kept:  # gunicorn would wait for the client to hang up in its only loop, where it holds up all
            conn.close(graceful=True)
        return kept


def patient(read_timeout: int) -> type[PatientWorker]:
    """The worker that listens for so many seconds."""
    return type("Worker", (PatientWorker,), {"read_timeout": read_timeout})
