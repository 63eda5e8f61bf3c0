"""A worker is killed in the middle of whatever it does, some hundred times. Nothing acknowledged is lost.

`KILLS` says how many times.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from clock_desk import MONDAY
from process_driver import Raiser, raising

from service.bootstrap import Desk
from workflows.storage.audit.verify import verify

KILLS = int(os.environ.get("KILLS", "250"))
LONGEST = 0.05  # seconds that a worker goes on at most after the deeds it is given

Acknowledged = dict[str, tuple[str, int]]  # note of the step -> ticket and seq

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="workers are forked")


@pytest.fixture
def workers(desk: Desk, tmp_path: Path) -> Iterator[Raiser]:
    """A process that raises workers."""
    with raising("take_steps", desk.settings.database_url, tmp_path) as raiser:
        yield raiser


def test_killed_at_any_moment_the_desk_loses_and_repeats_nothing(desk: Desk, workers: Raiser) -> None:
    """No acknowledged step is lost, no step and no level is there twice, and every chain is whole."""
    chance = random.Random(20260302)
    acknowledged: Acknowledged = {}
    for number in range(KILLS):
        line = f"{number} {MONDAY + number * 3_600}"
        acknowledged |= map(done, workers.life(line, chance.randrange(6), chance.uniform(0, LONGEST)))
    assert len(acknowledged) > KILLS
    steps, levels = recorded(desk)
    assert {note: steps.get(note) for note in acknowledged} == acknowledged
    assert [level for level, times in levels.items() if times > 1] == []
    assert sum(levels.values()) > 0
    assert list(verify(desk.database)) == []
    print(f"{KILLS} kills: {len(acknowledged)} acknowledged of {len(steps)} steps, {len(levels)} levels")


def done(line: str) -> tuple[str, tuple[str, int]]:
    """The note, the ticket and the seq of a line such as `done <ticket> <seq> <note>`."""
    _, ticket, seq, note = line.split()
    return note, (ticket, int(seq))


def recorded(desk: Desk) -> tuple[Acknowledged, Counter[tuple[object, ...]]]:
    """The steps that stand in the history, by their notes, and how often each level of each promise fired."""
    steps: Acknowledged = {}
    levels: Counter[tuple[object, ...]] = Counter()
    query = desk.database.sql("SELECT ticket_id, seq, kind, note, data FROM history ORDER BY ticket_id, seq")
    for ticket, seq, kind, note, data in desk.database.read(query, {}):
        if kind == "tick":
            levels[(ticket, data)] += 1
        else:
            assert note not in steps
            steps[note] = (ticket, seq)
    return steps, levels
