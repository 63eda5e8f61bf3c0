"""`huifang serve`, `web`, `clock` and `demo`: what runs until it is told to stop."""

from __future__ import annotations

import logging
import signal
from time import sleep
from typing import TYPE_CHECKING

import click

from service import logs
from service.commands.context import Context, with_context

if TYPE_CHECKING:
    from service.scheduler import Clock

_HOST = click.option("--host", help="The address to listen on; default as in the settings.")
_PORT = click.option(
    "--port", type=click.IntRange(1, 65_535), help="The port to listen on; default as in the settings."
)


@click.command()
@_HOST
@_PORT
@with_context
def serve(context: Context, host: str | None, port: int | None) -> None:
    """Run a whole desk: web and clock together."""
    _serve(context, host, port, clock=True)


@click.command()
@_HOST
@_PORT
@with_context
def web(context: Context, host: str | None, port: int | None) -> None:
    """Run the web only; `huifang clock` runs elsewhere."""
    _serve(context, host, port, clock=False)


def _serve(context: Context, host: str | None, port: int | None, *, clock: bool) -> None:
    from service.server import serve as listen  # the web is only loaded by who needs it

    settings = context.settings
    logs.configure(settings)
    host, port = host or settings.server.host, port or settings.server.port
    listen(
        settings, host, port, clock=clock, ready=lambda url: click.echo(f"Huifang listens on {url}", err=True)
    )


@click.command()
@click.option("--once", is_flag=True, help="Look once for what is due, and end.")
@with_context
def clock(context: Context, once: bool) -> None:
    """Run a clock: it fires what is due and sends messages. Any number may run beside each other."""
    from service.scheduler import JOBS, Clock

    logs.configure(context.settings)
    with context.desk() as desk:
        ticking = Clock(desk)
        if once:
            for job in JOBS:
                ticking.run(job)
        else:
            _tick_until_stopped(ticking)


def _tick_until_stopped(ticking: Clock) -> None:
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
@with_context
def demo(context: Context, port: int | None) -> None:
    """Make a demonstration desk, once, and say how to look at it."""
    from service.demo import furnish

    logs.configure(context.settings, logging.ERROR)  # the invented past is nobody's concern
    for line in furnish(context.settings, port or context.settings.server.port):
        click.echo(line)


COMMANDS = (serve, web, clock, demo)
