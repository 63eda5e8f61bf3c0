"""The web server: granian, with as many processes as the settings say.

Python runs one thread of a process at a time, so a single process uses one core; decisions and rendering
outside the database's lock run in all processes. This helps on SQLite too, although it has one writer at a
time. With `clock`, each process runs the clock jobs: they share the work, and nothing is done twice.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.rsgi import Scope
from granian.server.mp import MPServer

from service import wallclock
from service.address import check_free, format_url
from service.attachments.sealed_spool import SealedSpool
from service.auth import authenticate_bearer
from service.bootstrap import Desk, open_desk
from service.reachability import warn_of_unreachable
from service.refusals import Unauthorized
from service.scheduler import ClockProcess
from service.settings import Settings
from service.wsgi_bridge import Bridge, UploadLimits
from workflows.storage.errors import Unavailable

if TYPE_CHECKING:
    from flask import Flask

STOP_PATIENCE = 20  # seconds for open requests and running jobs when the server stops
MAX_HEADER_LINES = 4_096  # that clients may hold open to one process
MOST_PROCESSES = 4  # where the settings do not say how many; each takes a hundred megabytes
SWITCH = 0.000_5  # seconds that a thread may go on while one with a lock of the database waits for Python
MAX_HEADER_BYTES = 131_072  # bytes of a request's head that are read at all; the application takes far fewer
_SHARED_COUNTS = "PROMETHEUS_MULTIPROC_DIR"


def serve(settings: Settings, host: str, port: int, *, clock: bool, ready: Callable[[str], None]) -> None:
    """Serve until stopped; `ready` is called once with the address. Raises OSError if the address is in
    use."""
    check_free(host, port)
    desk = open_desk(settings)  # problems of the database are reported before anything starts
    warn_of_unreachable(desk)
    desk.close()
    first = multiprocessing.Semaphore(1)
    listening = partial(_announce_once, first, ready, format_url(host, port))
    workers = processes(settings)
    with _share_metrics(workers):
        _application()  # once, for all that are forked from here
        server = MPServer(
            target="huifang",
            address=host,
            port=port,
            interface=Interfaces.RSGI,
            workers=workers,
            http=HTTPModes.http1,
            websockets=False,
            backlog=1_024,
            backpressure=MAX_HEADER_LINES,
            http1_settings=HTTP1Settings(
                header_read_timeout=settings.server.read_timeout * 1_000, max_buffer_size=MAX_HEADER_BYTES
            ),
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_PATIENCE,
        )
        server.serve(target_loader=partial(_build_process, settings, clock, listening), wrap_loader=False)


def processes(settings: Settings) -> int:
    """The number of processes: as in the settings, or one for each core, up to a maximum."""
    if settings.server.workers:
        return settings.server.workers
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return min(cores, MOST_PROCESSES)


@contextmanager
def _share_metrics(workers: int) -> Iterator[None]:
    """As a context: several processes share the counts of `/metrics`, since a scrape reaches any of them."""
    if workers == 1 or _SHARED_COUNTS in os.environ:
        yield
        return
    with TemporaryDirectory(prefix="huifang-metrics-") as folder:
        os.environ[_SHARED_COUNTS] = folder
        yield


def _application() -> Callable[[Desk], Flask]:
    """`create_app`, imported late: prometheus_client decides at import whether processes share their
    counts."""
    from service.application import create_app

    return create_app


def _announce_once(first: Any, ready: Callable[[str], None], address: str) -> None:
    """Let only one of several processes call `ready`."""
    if first.acquire(block=False):
        ready(address)


class _ServerProcess:
    """One process of the server: its desk, its application, and with `clock` its jobs."""

    def __init__(self, settings: Settings, clock: bool, ready: Callable[[], None]) -> None:
        sys.setswitchinterval(SWITCH)
        self._desk: Desk = open_desk(settings)
        self._ready = ready
        self._bridge = Bridge(
            _application()(self._desk),
            threads=settings.server.threads,
            read_timeout=settings.server.read_timeout,
            largest_body=settings.api.largest_body,
            uploads=UploadLimits(
                largest=settings.attachments.largest_request,
                timeout=settings.attachments.upload_timeout,
                admit=partial(_is_known, self._desk),
                spool=partial(SealedSpool, settings.data),
            ),
        )
        self._clock = ClockProcess(self._desk) if clock else None
        self.__rsgi__ = self._bridge.__rsgi__

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called by granian when the process starts."""
        loop.call_soon(self._ready)
        if self._clock is not None:
            self._clock.start()

    def __rsgi_del__(self, _loop: asyncio.AbstractEventLoop) -> None:
        """Called by granian when the process stops; open requests have been answered."""
        if self._clock is not None:
            self._clock.stop()
        self._bridge.close()
        self._desk.close()


def _is_known(desk: Desk, scope: Scope) -> bool:
    """Whether it is the token, the session or the link of somebody: of others nothing is written to the
    disk. What is wrong with it, or with the database, the application says. The console is imported late, as
    `create_app` is: it brings prometheus_client."""
    from service.console.http.form_files import is_known_sender

    try:
        if not scope.path.startswith("/api/"):
            return is_known_sender(desk, scope.path, scope.headers.get("cookie") or "", wallclock.now())
        authenticate_bearer(scope.headers.get("authorization"), desk.tokens, wallclock.now())
    except (Unauthorized, Unavailable):
        return False
    return True


def _build_process(settings: Settings, clock: bool, ready: Callable[[], None]) -> Any:
    """The RSGI application that granian calls in each of its processes."""
    return _ServerProcess(settings, clock, ready)
