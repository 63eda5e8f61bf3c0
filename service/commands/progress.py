"""Progress of long commands: a bar on a terminal, else a line now and then, with speed and remaining time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Protocol

import click

REPORT_EVERY = 5.0  # seconds between plain lines


class ProgressReport(Protocol):
    """A function that is called with the number done, and the total if it is known."""

    def __call__(self, done: int, total: int | None = None, /) -> None: ...


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[ProgressReport]:
    """As a context: a function to call with the number done. Prints to standard error."""
    if not sys.stderr.isatty():
        yield _PlainProgress(what, total).report
        return
    from rich.console import Console  # only loaded where there is a terminal
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done, total=None: bar.update(task, completed=done, total=total)


class _PlainProgress:
    def __init__(self, what: str, total: int | None) -> None:
        self._what, self._total = what, total
        self._began = self._reported_at = monotonic()

    def report(self, done: int, total: int | None = None, /) -> None:
        """Print a line, at most one in a fixed interval."""
        now = monotonic()
        if now - self._reported_at >= REPORT_EVERY:
            self._reported_at = now
            click.echo(format_progress(self._what, done, total or self._total, now - self._began), err=True)


def format_progress(what: str, done: int, total: int | None, seconds: float) -> str:
    """`rows: 1,200 of 16,424, 400 a second, 38 s to go`."""
    rate = done / seconds if seconds > 0 else 0.0
    parts = [f"{what}: {done:,}" + (f" of {total:,}" if total is not None else ""), f"{rate:,.0f} a second"]
    if total is not None and rate > 0:
        parts.append(f"{max(total - done, 0) / rate:,.0f} s to go")
    return ", ".join(parts)
