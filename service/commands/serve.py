"""`huifang serve`, `web`, `clock` and `demo`: the processes of a desk."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from time import sleep
from typing import TYPE_CHECKING

import click

from service import logs
from service.commands.context import CommandContext, with_context

if TYPE_CHECKING:
    from service.bootstrap import Desk
    from service.scheduler import ClockProcess

_HOST = click.option("--host", help="The address to listen on; default as in the settings.")
_PORT = click.option(
    "--port", type=click.IntRange(1, 65_535), help="The port to listen on; default as in the settings."
)


@click.command()
@_HOST
@_PORT
@with_context
def serve(context: CommandContext, host: str | None, port: int | None) -> None:
    """Run a whole desk: web and clock together."""
    _serve(context, host, port, clock=True)


@click.command()
@_HOST
@_PORT
@with_context
def web(context: CommandContext, host: str | None, port: int | None) -> None:
    """Run the web only; `huifang clock` runs elsewhere."""
    _serve(context, host, port, clock=False)


def _serve(context: CommandContext, host: str | None, port: int | None, *, clock: bool) -> None:
    from service import server  # the web is only loaded by who needs it

    settings = context.settings
    logs.configure(settings)
    host, port = host or settings.server.host, port or settings.server.port
    server.serve(settings, host, port, clock=clock, ready=_print_address)


def _print_address(url: str) -> None:
    click.echo(f"Huifang listens on {url}", err=True)


@click.command()
@click.option("--once", is_flag=True, help="Look once for what is due, and end.")
@click.option("--host", help="Where it answers about its health; default as in the settings.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    help="The port for /healthz, /readyz and /metrics; 0: none. Default as in the settings.",
)
@with_context
def clock(context: CommandContext, once: bool, host: str | None, port: int | None) -> None:
    """Run a clock: it fires what is due and sends messages. Any number may run beside each other."""
    from service.reachability import warn_of_unreachable
    from service.scheduler import JOBS, ClockProcess

    logs.configure(context.settings)
    with context.desk() as desk:
        ticking = ClockProcess(desk)
        if once:
            for job in JOBS:
                ticking.run(job)
            return
        warn_of_unreachable(desk)
        chosen = context.settings.clock
        with _pages(desk, ticking, host or chosen.host, chosen.port if port is None else port):
            _tick_until_stopped(ticking)


@contextmanager
def _pages(desk: Desk, ticking: ClockProcess, host: str, port: int) -> Iterator[None]:
    """As a context: the clock answers about its health at a port; 0: nowhere."""
    if not port:
        yield
        return
    from service.address import format_url
    from service.clock_pages import ClockPages, serve_pages
    from workflows.storage.readiness import probe

    pages = ClockPages(ticking.health, partial(probe, desk.database), desk.settings.metrics_token)
    server = serve_pages(pages, host, port)
    click.echo(f"the clock answers on {format_url(host, port)}healthz", err=True)
    try:
        yield
    finally:
        server.shutdown()


def _tick_until_stopped(ticking: ClockProcess) -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM stops as Ctrl-C does
    ticking.start()
    click.echo("the clock ticks (stop with Ctrl-C)", err=True)
    try:
        while True:
            sleep(3_600)
    except KeyboardInterrupt:
        pass
    finally:
        ticking.stop()


@click.command()
@_PORT
@click.option("--short", is_flag=True, help="With a few tickets only, and empty registers.")
@with_context
def demo(context: CommandContext, port: int | None, short: bool) -> None:
    """Make a demonstration desk, once, and say how to look at it."""
    from service.demo import build_demo

    logs.configure(context.settings, logging.ERROR)  # the invented past is nobody's concern
    for line in build_demo(context.settings, port or context.settings.server.port, short=short):
        click.echo(line)
