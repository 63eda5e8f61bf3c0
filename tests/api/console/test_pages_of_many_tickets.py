"""What a page costs at a desk of two hundred thousand tickets: as few statements as at a small one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from api_desk import HILL, LAKE, open_for_tests
from page_samples import MOST_STATEMENTS, looked_at
from page_scene import PageScene

from benchmarks.copies import fill
from benchmarks.multiplied import multiply
from benchmarks.walked import NOW, Rows
from service import wallclock
from service.application import create_app
from workflows.language.load import Folder
from workflows.storage.cipher import Cipher
from workflows.storage.database import Database
from workflows.storage.statistics import refresh_statistics

pytestmark = pytest.mark.timeout(900)  # on a machine that may be busy
TICKETS, TIMES = 200_000, 100
EVERY = 1_500  # seconds between two openings


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def large(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    cipher: Cipher,
    ours: Folder,
    walked: list[Rows],
) -> Iterator[PageScene]:
    """The scene of the pages among so many tickets, half of them at its site."""
    folder = tmp_path_factory.mktemp("large")
    with ExitStack() as stack:
        if request.param == "sqlite":
            shutil.copy(request.getfixturevalue("sqlite_template"), folder / "desk.db")
            url = f"sqlite:///{folder / 'desk.db'}"
        else:
            clone, template = (request.getfixturevalue(f"postgres_{name}") for name in ("clone", "template"))
            url = stack.enter_context(clone(template))
        stack.enter_context(pytest.MonkeyPatch.context()).setattr(wallclock, "now", lambda: NOW)
        desk = open_for_tests(Database(url, cipher=cipher, synchronous="OFF"), folder, ours)
        stack.callback(desk.close)
        fill(desk, walked, TICKETS // TIMES, EVERY * TIMES, sites=(LAKE, HILL))
        multiply(desk.database, TIMES, EVERY)
        refresh_statistics(desk.database)
        yield PageScene(create_app(desk), desk).furnish()


def test_every_page_costs_few_statements_among_two_hundred_thousand_tickets(large: PageScene) -> None:
    ((tickets,),) = large.desk.database.read("SELECT count(*) FROM tickets", {})
    assert tickets > TICKETS
    costs = {name: large.count_statements(each) for name, each in looked_at().items()}
    assert {name: cost for name, cost in costs.items() if cost > MOST_STATEMENTS} == {}
