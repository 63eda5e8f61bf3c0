"""Clocks are killed in the middle of opening what schedules open. Every slot is opened, and none twice.

`KILLS` says how many times.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from clock_desk import MONDAY, SITE
from process_driver import Raiser, raising

from service.bootstrap import Desk
from service.scheduler import open_due
from workflows.storage.audit.verify import verify
from workflows.storage.queries.filters import TicketFilter

KILLS = min(int(os.environ.get("KILLS", "60")), 500)
LONGEST = 0.05  # seconds that a clock goes on at most after the hours it is given
HOUR = 3_600
T = "{en: R, zh-Hans: 巡, zh-Hant: 巡, es: R}"
SCHEDULES = f"""
hourly:
  title: {T}
  opens: errand
  on: {{every: 1 hour}}
  catch_up: all
  each: {{rows: [{{post: gate}}, {{post: lobby}}, {{post: roof}}]}}
  with: {{content: item.post + " " + string(slot)}}
"""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="clocks are forked")


def keep_hourly(desk: Desk) -> None:
    """An hourly schedule of three posts; the clock may open errands."""
    text = desk.definitions.text("errand", 1).replace("roles: [clerk]", "roles: [clerk, clock]", 1)
    desk.definitions.publish_text(text, "errand.yaml", MONDAY, "test")
    desk.definition_store.publish("schedules", "schedules.yaml", "test", SCHEDULES, {}, MONDAY, "test")


@pytest.fixture
def ticking(desk: Desk, tmp_path: Path) -> Iterator[Raiser]:
    """A process that raises clocks, and an hourly schedule of three posts."""
    keep_hourly(desk)
    desk.schedules.tick(MONDAY)
    with raising("open_hourly", desk.settings.database_url, tmp_path) as raiser:
        yield raiser


def test_killed_at_any_moment_no_slot_is_lost_or_opened_twice(desk: Desk, ticking: Raiser) -> None:
    """Each of the three posts has its ticket for each hour, in one line of numbers without a gap."""
    chance, now = random.Random(20260302), MONDAY
    for _ in range(KILLS):
        said = ticking.life(str(now), chance.randrange(3), chance.uniform(0, LONGEST))
        reached = int(said[-1].removeprefix("ticked ")) if said else now
        now = reached + HOUR  # it was busy with the hour after
    open_due(desk, now)
    hours = range(MONDAY + HOUR, now + 1, HOUR)
    rows = desk.database.read(desk.database.sql("SELECT title, number FROM tickets"), {})
    opened = Counter(title for title, _ in rows)
    assert len(hours) > KILLS / 2
    assert set(opened.values()) == {1}
    assert len(opened) == 3 * len(hours)
    assert {run.occurrence.key for run in desk.runs.waiting_runs(now + 1)} == set()
    assert desk.runs.parked_runs([SITE]) == ()
    assert sorted(int(number[-5:]) for _, number in rows) == list(range(1, len(rows) + 1))
    assert list(verify(desk.database)) == []


def test_two_desks_tick_side_by_side(desk: Desk, second_desk: Desk) -> None:
    """What one has opened the other finds opened."""
    keep_hourly(desk)
    for hour in range(6):
        for each in (desk, second_desk):
            open_due(each, MONDAY + hour * HOUR)
    titles = [ticket.title for ticket in desk.queries.tickets(TicketFilter(sites=(SITE,)), None, 100).tickets]
    assert len(titles) == len(set(titles)) == 15
