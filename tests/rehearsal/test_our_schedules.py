"""Our own schedules: for a whole year everything that falls due can be opened, and nothing is set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from workflows.language.reading import read_folder
from workflows.language.schedule import OnEvent
from workflows.rehearsal import Stage
from workflows.timing.instants import from_datetime
from workflows.timing.recurrence import Recurrence

DEFINITIONS = Path(__file__).parents[2] / "definitions"
DAY = 86_400
NEW_YEAR = from_datetime(datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai")))


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A desk with our definitions and the troupe."""
    stage = Stage.empty()
    read = read_folder(DEFINITIONS)
    stage.library.publish(read, 0, "test")
    stage.people_it(read.context.organisation, "Asia/Shanghai")
    yield stage
    stage.close()


def test_a_year_of_slots_can_be_opened(stage: Stage) -> None:
    """The first slot of each schedule in each month: a guard of a start may look at the date."""
    plan = stage.library.plan()
    assert plan.broken == {}
    due = stage.schedules.due_between(NEW_YEAR, NEW_YEAR + 365 * DAY)
    firsts = {(each.schedule, each.key[:7]): each for each in reversed(due)}
    recurring = {name for name, each in plan.schedules.items() if isinstance(each.when, Recurrence)}
    assert {schedule for schedule, _ in firsts} == recurring
    outcomes = [
        outcome
        for each in sorted(firsts.values(), key=lambda each: each.opens_at)
        for outcome in stage.schedules.open_between(each.opens_at, each.opens_at + 1)
    ]
    assert {outcome.run.occurrence for outcome in outcomes} >= set(firsts.values())
    assert [(o.run.occurrence.schedule, o.run.reason) for o in outcomes if o.run.status != "opened"] == []
    opened = Counter(ticket.workflow for outcome in outcomes for ticket in outcome.tickets)
    alone = {each.opens for each in plan.schedules.values() if each.each is None and each.name in recurring}
    assert alone <= opened.keys()


def test_every_event_opens_what_hangs_on_it(stage: Stage) -> None:
    """Each is announced by somebody who may."""
    for kind in stage.library.plan().events.values():
        hanging = stage.library.plan().hanging_on(kind.name)
        assert hanging, f"nothing hangs on {kind.name}"
        assert all(isinstance(each.when, OnEvent) for each in hanging)
