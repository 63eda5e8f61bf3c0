"""How far long work has come: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import click
from rich.console import Console
from rich.progress import Progress

EVERY = 5.0  # seconds between plain lines


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Gives a function that is told how many more are done. Everything goes to standard error."""
    if not sys.stderr.isatty():
        yield _Plain(what, total).advance
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda more: bar.advance(task, more)


class _Plain:
    def __init__(self, what: str, total: int | None) -> None:
        self._what, self._of = what, f" of {total}" if total is not None else ""
        self._done, self._said = 0, monotonic()

    def advance(self, more: int) -> None:
        self._done += more
        if monotonic() - self._said >= EVERY:
            self._said = monotonic()
            click.echo(f"{self._what}: {self._done}{self._of}", err=True)
