"""What is asked of a desk costs as much with ten thousand tickets as with one thousand.

Measured is the work of the database, which no other load of the machine changes: steps of SQLite's machine,
pages that PostgreSQL looks at. Every parameter of the list of tickets is asked for that the API describes.
A report of what was open at some time of a month counts every open ticket, of which ten times as many tickets
have more, and so do the board and the list of processes: they are compared by what they cost for each that is
counted. A page that passes over some hundred
tickets costs more while a desk has fewer than that of them: it is compared between ten and thirty thousand.

SQLite has never looked at its tables. PostgreSQL has read them whole, so that its plans do not depend on
which rows a sample happens to hold; and it does no housekeeping meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache

import pytest

from benchmarks.copies import fill
from benchmarks.effort import effort
from benchmarks.questions import SOUGHT, Asking, Question
from benchmarks.walked import NOW, STRANGERS, Rows, furnished, settings
from service import wallclock
from service.bootstrap import build_desk
from workflows.language.load import Folder
from workflows.storage.database import Database

pytestmark = pytest.mark.timeout(900)  # thousands of questions, on a machine that may be busy
FEW, MANY, MORE = 1_000, 10_000, 30_000
EVERY = 7_200  # seconds between two openings: a month holds 360 tickets, of a small desk and a large one
TIMES = 3
ROUNDS = 3
STRANGER = tuple(STRANGERS)
LEAST = {"sqlite": 2_000, "postgresql": 300}  # below this, what is counted is the request itself


@pytest.fixture(scope="module", params=list(LEAST))
def kind(request: pytest.FixtureRequest) -> str:
    """Which database."""
    return str(request.param)


@pytest.fixture(scope="module")
def url(
    kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[int], str]]:
    """The URL of a database for a desk of so many tickets, which is empty at first."""
    if kind == "sqlite":
        folder = tmp_path_factory.mktemp("growth")
        yield lambda count: f"sqlite:///{folder}/{count}.db"
        return
    clone, template = (request.getfixturevalue(f"postgres_{name}") for name in ("clone", "template"))
    with ExitStack() as clones:
        yield cache(lambda count: clones.enter_context(clone(template)))


@dataclass(frozen=True)
class Cost:
    """What a question costs with fewer tickets and with more, how many tickets or promises it counts, and
    below which cost nothing is compared."""

    few: int
    many: int
    counted_of_few: int
    counted_of_many: int
    least: int

    @property
    def grows(self) -> bool:
        """Whether many cost more than three times as much as few, for each that is counted."""
        return self.many * self.counted_of_few > TIMES * max(self.few, self.least) * self.counted_of_many


Measured = dict[str, tuple[int, int]]
"""Question -> what it costs, and how many it counts."""
Chosen = Callable[[Question], bool]


@pytest.fixture(scope="module")
def measured(
    kind: str,
    url: Callable[[int], str],
    walked: list[Rows],
    tmp_path_factory: pytest.TempPathFactory,
    ours: Folder,
) -> Iterator[Callable[..., Measured]]:
    """The costs of the chosen questions at a desk with so many tickets; `hidden`: of those of hidden
    tickets."""

    def measured(count: int, chosen: Chosen, *, hidden: bool = False) -> Measured:
        folder = tmp_path_factory.mktemp("desk")
        place = url(count + hidden)
        made = furnished(place, folder, ours)
        fill(made, walked, count, EVERY, hidden=hidden)
        if kind == "postgresql":
            _analyze(made.database)
        made.close()
        database = Database(place, cipher=made.database.cipher, synchronous="OFF")
        measure = effort(database)
        desk = build_desk(settings(folder), database)
        costs: Measured = {}
        asking = Asking(desk)
        for question in filter(chosen, asking.hidden_lists() if hidden else asking.questions()):
            if not question.first:
                question.ask()  # what is compiled or read once is not what is measured
            # Of strangers the least of some rounds: one alone may meet what is done now and then.
            rounds = 1 if question.first else ROUNDS if question.name.endswith(STRANGER) else measure.rounds
            costs[question.name] = min(measure.of(question.ask) for _ in range(rounds)), question.size
        desk.close()
        return costs

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wallclock, "now", lambda: NOW)
        yield measured


def is_passing(question: Question) -> bool:
    """Whether it passes over tickets."""
    return question.passing


@pytest.fixture(scope="module")
def costs(kind: str, measured: Callable[..., Measured]) -> dict[str, Cost]:
    """What every question costs."""
    few, more = measured(FEW, lambda each: not each.passing), measured(MORE, is_passing)
    many = measured(MANY, lambda _: True)
    of_few = {name: each for name, each in many.items() if name not in more}
    of_many = {name: each for name, each in many.items() if name in more}
    return _compare(kind, few, of_few) | _compare(kind, of_many, more)


def _compare(kind: str, few: Measured, many: Measured) -> dict[str, Cost]:
    assert set(few) == set(many)
    return {name: Cost(few[name][0], many[name][0], few[name][1], many[name][1], LEAST[kind]) for name in few}


def _analyze(database: Database) -> None:
    """Let PostgreSQL read all rows of all tables, not a sample of each."""
    with database.connect() as session:
        session.run("SET default_statistics_target = 10000")  # times 300 rows
        session.run("ANALYZE")


def test_nothing_costs_more_than_three_times_as_much(costs: dict[str, Cost]) -> None:
    grown = {name: cost for name, cost in costs.items() if cost.grows}
    assert not grown, list(grown.items())


def test_nor_do_lists_of_which_nearly_all_is_hidden(kind: str, measured: Callable[..., Measured]) -> None:
    many, more = (measured(count, is_passing, hidden=True) for count in (MANY, MORE))
    costs = _compare(kind, many, more)
    grown = {name: cost for name, cost in costs.items() if cost.grows}
    assert not grown, list(grown.items())


def test_who_may_not_read_it_learns_nothing_from_the_effort(kind: str, costs: dict[str, Cost]) -> None:
    """Looking for somebody who is there costs what looking for nobody does, but for a token read anew."""
    compared = [
        (cost, costs[name.replace(f"={known}, ", f"={unknown}, ")])
        for _, known, unknown in SOUGHT
        for name, cost in costs.items()
        if f"={known}, " in name and name.endswith(STRANGER)
    ]
    assert len(compared) == 2 * len(SOUGHT) * len(STRANGERS)
    for there, absent in compared:
        assert abs(there.many - absent.many) <= 0.05 * absent.many + 0.1 * LEAST[kind], (there, absent)


def test_every_filter_report_page_and_job_was_asked_for(costs: dict[str, Cost]) -> None:
    asked = " ".join(costs)
    for name in (
        "q=",
        "view=",
        "parent=",
        "/metrics",
        "a ticket/messages",
        "/api/callers?",
        "/api/reports/promises",
        "page /board",
        "job cleanup",
        "job relay",
        "first tick",
    ):
        assert name in asked
