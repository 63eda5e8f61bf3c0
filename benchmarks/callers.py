"""Somebody is found at the same cost among a hundred times as many, and only by those who may read of them.

Two desks are filled in bulk: of so many tickets and residents, and of a hundredth of both. The tickets are
copies of walked ones, without their histories, clocks and messages, in which no search looks.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from time import monotonic, process_time
from typing import NamedTuple

from benchmarks.copies import fill
from benchmarks.desk import CIPHER, database_url, kept_url
from benchmarks.effort import Buffers, Steps, TouchedRows
from benchmarks.growth import EVERY
from benchmarks.people import RESIDENTS, SearchedPeople
from benchmarks.questions import Asking, Question
from benchmarks.walked import DEFINITIONS, NOW, Rows, furnished, settings, walk
from service import wallclock
from service.bootstrap import build_desk
from workflows.language.load import Folder, read_folder
from workflows.storage import schema
from workflows.storage.database import Database
from workflows.storage.statistics import refresh_statistics

TIMES = 3
SMALLER = 100
SAME = 1.05
"""Who may not read it may cost so many times as much for somebody who is there as for nobody: pages of an
index differ by a few from value to value."""
_READ = ("tickets", "texts")
_PROGRESS = 100_000
_ROUNDS = 3  # the least of which counts: a cache may have to be read anew


class Cost(NamedTuple):
    """What a question costs: work of the database, rows touched (PostgreSQL only), CPU seconds; and how many
    people and tickets it found."""

    work: int
    rows: int | None
    seconds: float
    found: int


Costs = dict[str, Cost]


def callers(arguments: Sequence[str]) -> int:
    """Print what finding somebody costs at both desks; the exit code: 1 if a cost grows to more than `TIMES`
    as much, or if somebody learns what they may not."""
    parser = ArgumentParser(prog="python -m benchmarks callers")
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--residents", type=int, default=RESIDENTS)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--keep", type=Path, help="a folder in which the desks are kept and used again")
    asked = parser.parse_args(arguments)
    wallclock.now = lambda: NOW
    sizes = [(asked.tickets // each, asked.residents // each) for each in (SMALLER, 1)]
    kind = "postgres" if asked.postgres else "sqlite"
    with TemporaryDirectory(prefix="huifang-callers-") as folder:
        desks = _Desks(kind, Path(folder), asked.keep)
        few, many = (desks.measure(*size) for size in sizes)
    _print_table(desks.unit, sizes, few, many)
    faults = [*find_growth(few, many), *find_leaks(many, desks.pairs)]
    print("\n".join(faults) or "nothing grows, and nobody learns what they may not read")
    return 1 if faults else 0


class _Desks:
    """Makes desks, and measures the questions at each."""

    def __init__(self, kind: str, folder: Path, kept: Path | None) -> None:
        self._kind, self._folder, self._kept = kind, folder, kept
        self._published: Folder = read_folder(DEFINITIONS)
        self._walked: list[Rows] = []
        self.unit = ""
        self.pairs: list[tuple[str, str]] = []

    def measure(self, tickets: int, residents: int) -> Costs:
        """The cost of each question at a desk of so many."""
        with ExitStack() as stack:
            place = self._kept / f"{self._kind}-{tickets}-{residents}" if self._kept else None
            if place and not (place / "done").exists():  # half made
                rmtree(place, ignore_errors=True)
            url = stack.enter_context(kept_url(self._kind, place) if place else database_url(self._kind))
            if place is None or not (place / "done").exists():
                self._make(url, tickets, residents)
                if place:
                    (place / "done").touch()
            return self._ask(url)

    def _make(self, url: str, tickets: int, residents: int) -> None:
        if not self._walked:
            desk = furnished(f"sqlite:///{self._folder}/walked.db", self._folder, self._published)
            self._walked = [
                replace(each, rows={table: each.rows[table] for table in _READ}) for each in walk(desk)
            ]
            desk.close()
        begun = monotonic()

        def note_progress(written: int) -> None:
            if written % _PROGRESS == 0 or written == tickets:
                print(f"{written:,} of {tickets:,} tickets after {monotonic() - begun:.0f} s", flush=True)

        desk = furnished(url, self._folder, self._published)
        fill(
            desk,
            self._walked,
            tickets,
            EVERY,
            people=SearchedPeople(desk, residents),
            note_progress=note_progress,
        )
        desk.close()

    def _ask(self, url: str) -> Costs:
        kept = Database(url, cipher=CIPHER)
        schema.migrate(kept)  # of an older program
        refresh_statistics(kept)  # as the clock does within a minute, of the searches before as well
        kept.close()
        database = Database(url, cipher=CIPHER)
        measure = Buffers(database) if database.postgres else Steps(database, each=1)
        rows = TouchedRows(database) if database.postgres else None
        self.unit = measure.unit
        desk = build_desk(settings(self._folder), database)
        asking = Asking(desk)
        pairs = list(asking.strangers())
        self.pairs = [(known.name, unknown.name) for known, unknown in pairs]
        questions = [*asking.searches(), *(each for pair in pairs for each in pair)]
        costs = {each.name: _cost(each, measure, rows) for each in questions}
        desk.close()
        return costs


def _cost(question: Question, measure: Steps | Buffers, rows: TouchedRows | None) -> Cost:
    for _ in range(measure.asked_before):
        question.ask()
    found = _count_found(question.ask().json)
    work = min(measure.of(question.ask) for _ in range(_ROUNDS))
    seconds = min(_time(question) for _ in range(_ROUNDS))
    touched = min(rows.of(question.ask) for _ in range(_ROUNDS)) if rows else None
    return Cost(work, touched, seconds, found)


def _time(question: Question) -> float:
    begun = process_time()
    question.ask()
    return process_time() - begun


def _count_found(answer: object) -> int:
    """How many entries, households and tickets an answer holds; of a household, those of the unit."""
    if isinstance(answer, dict):
        lists = (answer.get(name, ()) for name in ("items", "people", "households", "entries", "tickets"))
        return sum(len(each) + sum(map(_count_found, each)) for each in lists)
    return 0


def _print_table(unit: str, sizes: Sequence[tuple[int, int]], few: Costs, many: Costs) -> None:
    at = " and ".join(f"{tickets:,} tickets with {residents:,} residents" for tickets, residents in sizes)
    print(f"{unit}, rows touched, CPU ms and found, at {at}")
    for name in many:
        each = "  ".join(
            f"{cost.work:>8,} {'' if cost.rows is None else format(cost.rows, ','):>8}"
            f" {cost.seconds * 1_000:>7.1f} {cost.found:>3}"
            for cost in (few[name], many[name])
        )
        print(f"{_compute_times(few[name], many[name]):6.2f} ×  {each}  {name}", flush=True)


def _compute_times(few: Cost, many: Cost) -> float:
    return max(many.work / few.work, (many.rows or 0) / (few.rows or 1))


def find_growth(few: Costs, many: Costs) -> Iterator[str]:
    """What costs more than `TIMES` as much at the larger desk."""
    for name in many:
        if (times := _compute_times(few[name], many[name])) > TIMES:
            yield f"{name} costs {times:.1f} times as much"


def find_leaks(costs: Costs, pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    """What tells somebody that a value is there that they may not read."""
    for known, unknown in pairs:
        there, absent = costs[known], costs[unknown]
        if there.found or absent.found:
            yield f"{known} finds {there.found}, {unknown} finds {absent.found}"
        if max(there.work, absent.work) > SAME * min(there.work, absent.work):
            yield f"{known} costs {there.work:,}, {unknown} {absent.work:,}"
