"""The engine against the bare driver: the same seven steps, in turn, in one run."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.desk import STEPS, build, database_url
from benchmarks.floor import postgres_floor, sqlite_floor, template
from benchmarks.paired import compare


def engine_and_driver(kind: str, synchronous: str = "FULL", rounds: int = 25, tickets: int = 15) -> None:
    """Print steps per second of both, and the ratio of each round."""
    with database_url(kind) as url:
        bench = build(url, synchronous)
        rows = template(bench)
        if kind == "sqlite":
            floor = sqlite_floor(url.removeprefix("sqlite:///"), rows, synchronous)
        else:
            floor = postgres_floor(url, rows)
        name = f"engine / driver, {kind}" + (f" {synchronous}" if kind == "sqlite" else "")
        compare(
            name, _times(bench.walk, tickets), _times(floor.walk, tickets), STEPS * tickets, "steps/s", rounds
        )
        bench.database.close()


def _times(walk: Callable[[], object], tickets: int) -> Callable[[], None]:
    def run() -> None:
        for _ in range(tickets):
            walk()

    return run
