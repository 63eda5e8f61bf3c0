"""Our own schedules: for a whole year everything that falls due can be opened, and nothing is set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from workflows.core.filing import written
from workflows.core.rights import actor_of
from workflows.core.visibility import DESK
from workflows.language.reading import Folder
from workflows.language.schedule import OnEvent
from workflows.rehearsal import Stage, rehearse
from workflows.timing.instants import from_datetime, rfc3339
from workflows.timing.recurrence import Recurrence

DAY = 86_400
ENTRIES = {
    "units": {
        "unit": "3-1201",
        "status": "custody",
        "area": 90.5,
        "fee_rate": "2.80",
        "owner": "李敏",
        "owner_phone": "13800000001",
    },
    "suppliers": {"supplier": "示例保洁公司"},
}
MONDAY = from_datetime(datetime(2027, 3, 1, tzinfo=ZoneInfo("Asia/Shanghai")))
NEW_YEAR = from_datetime(datetime(2026, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai")))


@pytest.fixture(scope="module")
def stage(ours: Folder) -> Iterator[Stage]:
    """A desk with our definitions and the troupe."""
    stage = Stage.empty()
    stage.library.publish(ours, 0, "test")
    stage.people_it(ours.context.organisation, "Asia/Shanghai")
    clerk = actor_of(stage.staff["cs-officer"], stage.site)
    filings = [
        written(ours.context.registers[register], values, ours.context.organisation)
        for register, values in ENTRIES.items()
    ]
    stage.store.entries.file(stage.site, filings, clerk, 0)
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
    kept = [plan.schedules[name] for name in recurring]
    assert {each.opens for each in kept if not (each.each and each.each.workflow)} <= opened.keys()
    fees = next(t for o in outcomes for t in o.tickets if t.workflow == "fee-collection")
    assert fees.data["fee_kind"] == "custody"
    assert fees.personal["payer"] == "李敏"


def test_something_hangs_on_every_event(stage: Stage) -> None:
    plan = stage.library.plan()
    for name in plan.events:
        assert plan.hanging_on(name), f"nothing hangs on {name}"
        assert all(isinstance(each.when, OnEvent) for each in plan.hanging_on(name))


def test_when_heavy_rain_is_announced_every_house_in_custody_is_patrolled(stage: Stage) -> None:
    """Before it and after it, and each week: each patrol a child of its house's custody (R161, R162)."""
    custody = stage.library.latest("house-custody")
    for scenario in custody.scenarios:
        rehearse(stage, scenario, custody)
    supervisor = actor_of(stage.staff["cs-supervisor"], stage.site)
    begins, ended = MONDAY + 6 * 3_600, MONDAY + 20 * 3_600
    for event, data, at in (
        ("heavy-rain-announced", {"begins": rfc3339(begins), "warning": "橙色预警"}, MONDAY),
        ("heavy-rain-over", {"ended": rfc3339(ended)}, ended),
    ):
        stage.announcements.announce(event, stage.site, supervisor, data, at, event)
    opened = [
        ticket
        for outcome in stage.schedules.open_between(MONDAY, MONDAY + DAY)
        for ticket in outcome.tickets
        if ticket.workflow == "custody-patrol"
    ]
    occasions = Counter((ticket.parent, ticket.data["occasion"]) for ticket in opened)
    parents = {parent for parent, _ in occasions}
    assert parents
    assert occasions == Counter(
        (parent, occasion) for parent in parents for occasion in ("before-rain", "after-rain", "weekly")
    )
    houses = {parent: stage.engine.look(stage.site, str(parent), DESK) for parent in parents}
    for house in houses.values():
        assert house.ticket is not None
        assert house.ticket.state in ("active", "breach")
        assert len([child for child in house.children if child.link == "patrols"]) >= 3
