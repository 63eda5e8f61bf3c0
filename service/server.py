"""Serving the web: gunicorn, or waitress where gunicorn does not run.

SQLite is served by one process with many threads, as it has one writer at a time; PostgreSQL by as many
processes as the settings say. With a clock, each of them ticks as well: they share the work, and none does it
twice.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Callable
from typing import Any

from service.app import create_app
from service.scheduler import Clock
from service.settings import Settings
from service.wiring import Desk, open_desk

GRACE = 30  # seconds for the requests and ticks that have begun, when the server is told to stop


def serve(settings: Settings, host: str, port: int, *, clock: bool, ready: Callable[[str], None]) -> None:
    """Serve until told to stop; `ready` hears the address. OSError if it is taken."""
    _refuse_taken(host, port)
    open_desk(settings).close()  # what is wrong with the database is said before anything is started
    if sys.platform == "win32":
        _waitress(settings, host, port, clock=clock, ready=ready)
    else:
        _gunicorn(settings, host, port, clock=clock, ready=ready)


def _refuse_taken(host: str, port: int) -> None:
    """OSError with the address, if it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = "is taken by another program" if error.errno == errno.EADDRINUSE else error.strerror
            raise OSError(error.errno, f"port {port} {why}; choose another with --port", host) from None


class _Process:
    """One process of the server: its desk, its application and perhaps its clock."""

    def __init__(self, settings: Settings, *, clock: bool) -> None:
        self.desk: Desk = open_desk(settings)
        self.application = create_app(self.desk)
        self._clock = Clock(self.desk) if clock else None
        if self._clock is not None:
            self._clock.start()

    def stop(self) -> None:
        if self._clock is not None:
            self._clock.stop()
        self.desk.close()


def _address(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def _waitress(settings: Settings, host: str, port: int, *, clock: bool, ready: Callable[[str], None]) -> None:
    import waitress  # only installed on Windows

    process = _Process(settings, clock=clock)
    ready(_address(host, port))
    try:
        waitress.serve(process.application, host=host, port=port, threads=settings.server.threads)
    finally:
        process.stop()


def _gunicorn(settings: Settings, host: str, port: int, *, clock: bool, ready: Callable[[str], None]) -> None:
    from gunicorn.app.base import BaseApplication  # not installed on Windows

    from service.listening import patient

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
        """gunicorn, told what to do by us and not by its own command line."""

        def load_config(self) -> None:
            for name, value in _options(settings, host, port).items():
                self.cfg.set(name, value)
            self.cfg.set("worker_class", patient(settings.server.read_timeout))
            self.cfg.set("worker_exit", _stop)
            self.cfg.set("when_ready", lambda _arbiter: ready(_address(host, port)))

        def load(self) -> Any:
            self.process = _Process(settings, clock=clock)
            return self.process.application

    def _stop(_arbiter: Any, worker: Any) -> None:
        process = getattr(worker.app, "process", None)
        if process is not None:
            process.stop()

    Server().run()


def _options(settings: Settings, host: str, port: int) -> dict[str, object]:
    shared = settings.database_url.startswith("postgresql")
    return {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "workers": settings.server.workers if shared else 1,
        "threads": settings.server.threads,
        "graceful_timeout": GRACE,
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108 - gunicorn's heartbeat
        "loglevel": "warning",
    }
