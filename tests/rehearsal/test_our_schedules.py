"""Our own schedules: for a whole year everything that falls due can be opened, and nothing is set aside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from workflows.core.access.permissions import build_actor
from workflows.core.access.visibility import DESK
from workflows.core.effects.register_writes import parse_entry
from workflows.language.load import Folder
from workflows.language.schedule_spec import EventTrigger
from workflows.rehearsal import VirtualDesk, rehearse
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
def desk(ours: Folder) -> Iterator[VirtualDesk]:
    """A desk with our definitions and the sample staff."""
    desk = VirtualDesk.create()
    desk.definitions.publish(ours, 0, "test")
    desk.add_sample_staff(ours.context.organisation, "Asia/Shanghai")
    clerk = build_actor(desk.staff["cs-officer"], desk.site)
    filings = [
        parse_entry(ours.context.registers[register], values, ours.context.organisation)
        for register, values in ENTRIES.items()
    ]
    desk.store.entries.write(desk.site, filings, clerk, 0)
    yield desk
    desk.close()


def test_a_year_of_slots_can_be_opened(desk: VirtualDesk) -> None:
    """The first slot of each schedule in each month: a guard of a start may look at the date."""
    plan = desk.definitions.plan()
    assert plan.broken == {}
    due = desk.schedules.due_between(NEW_YEAR, NEW_YEAR + 365 * DAY)
    firsts = {(each.schedule, each.key[:7]): each for each in reversed(due)}
    recurring = {name for name, each in plan.schedules.items() if isinstance(each.when, Recurrence)}
    assert {schedule for schedule, _ in firsts} == recurring
    outcomes = [
        outcome
        for each in sorted(firsts.values(), key=lambda each: each.opens_at)
        for outcome in desk.schedules.open_between(each.opens_at, each.opens_at + 1)
    ]
    assert {outcome.run.occurrence for outcome in outcomes} >= set(firsts.values())
    assert [(o.run.occurrence.schedule, o.run.reason) for o in outcomes if o.run.status != "opened"] == []
    opened = Counter(ticket.workflow for outcome in outcomes for ticket in outcome.tickets)
    kept = [plan.schedules[name] for name in recurring]
    assert {each.opens for each in kept if not (each.each and each.each.workflow)} <= opened.keys()
    fees = next(t for o in outcomes for t in o.tickets if t.workflow == "fee-collection")
    assert fees.data["fee_kind"] == "custody"
    assert fees.personal["payer"] == "李敏"


def test_something_hangs_on_every_event(desk: VirtualDesk) -> None:
    plan = desk.definitions.plan()
    for name in plan.events:
        assert plan.triggered_by(name), f"nothing hangs on {name}"
        assert all(isinstance(each.when, EventTrigger) for each in plan.triggered_by(name))


def test_when_heavy_rain_is_announced_every_house_in_custody_is_patrolled(desk: VirtualDesk) -> None:
    """Before it and after it, and each week: each patrol a child of its house's custody (R161, R162)."""
    custody = desk.definitions.latest("house-custody")
    for scenario in custody.scenarios:
        rehearse(desk, scenario, custody)
    supervisor = build_actor(desk.staff["cs-supervisor"], desk.site)
    begins, ended = MONDAY + 6 * 3_600, MONDAY + 20 * 3_600
    for event, data, at in (
        ("heavy-rain-announced", {"begins": rfc3339(begins), "warning": "橙色预警"}, MONDAY),
        ("heavy-rain-over", {"ended": rfc3339(ended)}, ended),
    ):
        desk.announcements.announce(event, desk.site, supervisor, data, at, event)
    opened = [
        ticket
        for outcome in desk.schedules.open_between(MONDAY, MONDAY + DAY)
        for ticket in outcome.tickets
        if ticket.workflow == "custody-patrol"
    ]
    occasions = Counter((ticket.parent, ticket.data["occasion"]) for ticket in opened)
    parents = {parent for parent, _ in occasions}
    assert parents
    assert occasions == Counter(
        (parent, occasion) for parent in parents for occasion in ("before-rain", "after-rain", "weekly")
    )
    houses = {parent: desk.engine.look(desk.site, str(parent), DESK) for parent in parents}
    for house in houses.values():
        assert house.ticket is not None
        assert house.ticket.state in ("active", "breach")
        assert len([child for child in house.children if child.link == "patrols"]) >= 3
