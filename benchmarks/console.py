"""Pages of the console beside the API's answers with the same content, at a desk of many tickets and at one
of a tenth: statements of each page, and the time of the server.

A page may cost so many statements whatever the number of tickets, and so many times as long as the answers
that a program would ask for to show the same.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

from benchmarks.copies import fill
from benchmarks.desk import CIPHER, database_url, kept_url
from benchmarks.growth import EVERY
from benchmarks.pages import PAGES, WHO, Browser
from benchmarks.questions import Asking
from benchmarks.walked import DEFINITIONS, NOW, furnished, settings, walk
from service import wallclock
from service.bootstrap import build_desk
from workflows.language.load import read_folder
from workflows.storage import schema
from workflows.storage.database import Database
from workflows.storage.statement_count import executed
from workflows.storage.statistics import refresh_statistics

MOST_STATEMENTS = 12
TIMES = 3
SMALLER = 10  # times; a list of fewer than some hundred tickets is read otherwise
_ROUNDS, _SECONDS = 15, 2.0  # at least


class PageCost(NamedTuple):
    """The statements of a page, its median time, and that of the API's answers together, in seconds."""

    statements: int
    page: float
    answers: float

    @property
    def times(self) -> float:
        """How many times as long the page takes; 0 where the API has no such answer."""
        return self.page / self.answers if self.answers else 0.0


Costs = dict[str, PageCost]


def console(arguments: Sequence[str]) -> int:
    """Print what the pages cost at both desks; the exit code: 1 if one costs more than it may."""
    parser = ArgumentParser(prog="python -m benchmarks console")
    parser.add_argument("--tickets", type=int, default=200_000)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--keep", type=Path, help="a folder in which the desks are kept and used again")
    asked = parser.parse_args(arguments)
    wallclock.now = lambda: NOW
    kind = "postgres" if asked.postgres else "sqlite"
    with TemporaryDirectory(prefix="huifang-console-") as folder:
        few, many = (_measure(kind, Path(folder), asked.keep, asked.tickets // each) for each in (SMALLER, 1))
    print(f"statements, ms of the page and of the API's answers at {asked.tickets:,} tickets, {kind}")
    for name, cost in many.items():
        times = f"{cost.times:4.1f} ×" if cost.answers else "      "
        print(f"{cost.statements:>3}  {cost.page * 1000:>7.1f} {cost.answers * 1000:>7.1f}  {times}  {name}")
    faults = list(find_faults(few, many))
    print("\n".join(faults) or "each page costs what it may")
    return 1 if faults else 0


def find_faults(few: Costs, many: Costs) -> Iterator[str]:
    """What costs more than it may, or more at the larger desk."""
    for name, cost in many.items():
        if cost.statements > MOST_STATEMENTS:
            yield f"{name} takes {cost.statements} statements"
        if cost.statements > few[name].statements:
            yield f"{name} takes {cost.statements} statements, and {few[name].statements} among fewer tickets"
        if cost.times > TIMES:
            yield f"{name} takes {cost.times:.1f} times as long as the API's answers"


def _measure(kind: str, folder: Path, kept: Path | None, tickets: int) -> Costs:
    with ExitStack() as stack:
        place = kept / f"{kind}-{tickets}" if kept else None
        url = stack.enter_context(kept_url(kind, place) if place else database_url(kind))
        if place is None or not (place / "done").exists():
            _make(url, folder, tickets)
            if place:
                (place / "done").touch()
        database = Database(url, cipher=CIPHER)
        schema.migrate(database)  # of a desk that was kept
        desk = build_desk(settings(folder), database)
        stack.callback(desk.close)
        asking = Asking(desk)
        browser = Browser(desk, asking.client, asking.oldest_ticket())
        return {name: _cost(browser, asking, name, answers) for name, answers in PAGES.items()}


def _make(url: str, folder: Path, tickets: int) -> None:
    published = read_folder(DEFINITIONS)
    walked = furnished(f"sqlite:///{folder}/walked-{tickets}.db", folder, published)
    rows = walk(walked)
    walked.close()
    desk = furnished(url, folder, published)
    fill(desk, rows, tickets, EVERY)
    refresh_statistics(desk.database)  # as the clock does within a minute
    desk.close()


def _cost(browser: Browser, asking: Asking, name: str, answers: Sequence[str]) -> PageCost:
    look = partial(browser.look, browser.fill(name))
    asked = [partial(asking.get, browser.fill(each), WHO) for each in answers]
    for each in (look, *asked, look):  # what is read once for all requests
        each()
    before = executed.total
    look()
    statements = executed.total - before
    rounds: list[tuple[float, float]] = []
    until = perf_counter() + _SECONDS
    while len(rounds) < _ROUNDS or perf_counter() < until:  # in turn, so that both are slowed
        rounds.append((_time(look), sum(map(_time, asked))))
    return PageCost(statements, *(median(each) for each in zip(*rounds, strict=True)))


def _time(work: Callable[[], object]) -> float:
    begun = perf_counter()
    work()
    return perf_counter() - begun
