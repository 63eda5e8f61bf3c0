"""How far long work has come: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

EVERY = 5.0  # seconds between plain lines


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Gives a function that is told how many are done by now. Everything goes to standard error."""
    if not sys.stderr.isatty():
        yield _Plain(what, total).reached
        return
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


class _Plain:
    def __init__(self, what: str, total: int | None) -> None:
        self._what, self._of = what, f" of {total}" if total is not None else ""
        self._said = monotonic()

    def reached(self, done: int) -> None:
        if monotonic() - self._said >= EVERY:
            self._said = monotonic()
            click.echo(f"{self._what}: {done}{self._of}", err=True)
