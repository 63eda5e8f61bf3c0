"""One desk for all of these tests, made as `make run` makes it and served by a process of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from running_desk import RunningDesk, started, stopped


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """`desk("cs-officer")` is a customer-service officer who has signed in."""
    running = started(tmp_path_factory.mktemp("e2e") / "data")
    yield running
    assert stopped(running) == 0, running.log.read_text()
    assert "request failed" not in running.log.read_text(), "the server made a mistake of its own"
