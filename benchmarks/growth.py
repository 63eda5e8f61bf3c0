"""The cost of queries on a desk of several sizes: work of the database and CPU time.

From ten thousand tickets up, on SQLite or PostgreSQL; desks are filled with copies of real tickets.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from benchmarks.copies import fill
from benchmarks.desk import CIPHER, database_url, kept_url
from benchmarks.effort import Buffers, Steps, effort
from benchmarks.questions import Asking, Question
from benchmarks.walked import DEFINITIONS, NOW, Rows, furnished, settings, walk
from service import wallclock
from service.bootstrap import build_desk
from workflows.language.load import Folder, read_folder
from workflows.storage import schema
from workflows.storage.database import Database
from workflows.storage.statistics import refresh_statistics

EVERY = 1_500  # seconds between two openings: 1,700 tickets a month
Costs = dict[str, tuple[int, float]]


def growth(kind: str, sizes: Sequence[int], keep: Path | None = None, asked: Sequence[str] = ("",)) -> None:
    """Print the cost of every query at each size, those that grow most first; of those only whose names hold
    one of `asked`. In the folder `keep` the desks are kept and used again: a million tickets take a quarter
    of an hour to create."""
    wallclock.now = lambda: NOW
    published, found = read_folder(DEFINITIONS), list[Costs]()
    unit = ""
    with TemporaryDirectory(prefix="huifang-growth-") as folder:
        walked = _walked(Path(folder), published)
        for size in sizes:
            with ExitStack() as stack:
                place = keep / f"{kind}-{size}" if keep else None
                url = stack.enter_context(kept_url(kind, place) if place else database_url(kind))
                if place is None or not (place / "done").exists():
                    _make(url, Path(folder), published, walked, size)
                    if place:
                        (place / "done").touch()
                unit, costs = _measured(url, Path(folder), asked)
                found.append(costs)
    print(f"{kind}: {unit} and CPU ms of a request at {', '.join(f'{size:,}' for size in sizes)} tickets")
    for name in sorted(found[0], key=lambda name: -found[-1][name][0] / max(300, found[0][name][0])):
        each = "  ".join(f"{work:>10,} {seconds * 1_000:>8.1f}" for work, seconds in (c[name] for c in found))
        print(f"{found[-1][name][0] / max(300, found[0][name][0]):6.1f} ×  {each}  {name}", flush=True)


def _walked(folder: Path, published: Folder) -> list[Rows]:
    desk = furnished(f"sqlite:///{folder}/walked.db", folder, published)
    found = walk(desk)
    desk.close()
    return found


def _make(url: str, folder: Path, published: Folder, walked: Sequence[Rows], size: int) -> None:
    made = furnished(url, folder, published)
    fill(made, walked, size, EVERY)
    refresh_statistics(made.database)  # as the clock does within a minute
    made.close()


def _measured(url: str, folder: Path, asked: Sequence[str]) -> tuple[str, Costs]:
    opened = Database(url, cipher=CIPHER)
    schema.migrate(opened)  # of a desk that was kept
    opened.close()
    database = Database(url, cipher=CIPHER)
    measure, costs = effort(database), Costs()
    desk = build_desk(settings(folder), database)
    for question in Asking(desk).questions():
        if any(each in question.name for each in asked):
            costs[question.name] = _cost(question, measure)
    desk.close()
    return measure.unit, costs


def _cost(question: Question, measure: Steps | Buffers) -> tuple[int, float]:
    """(work of the database, CPU seconds)."""
    if not question.first:
        for _ in range(measure.asked_before):
            question.ask()
    begun = process_time()
    work = measure.of(question.ask)
    seconds = process_time() - begun
    again = 0 if question.first else measure.rounds - 1
    return min([work, *(measure.of(question.ask) for _ in range(again))]), seconds
