"""What people announce, and what hangs on it."""

from __future__ import annotations

import pytest
from engine_desk import HOUR, MONDAY, SITE
from schedule_office import DAY, Office

from workflows.errors import Forbidden, Invalid, NotFound


def test_an_event_opens_what_hangs_on_it_each_at_its_time(office: Office) -> None:
    """Rain at 16:00: the round before it is opened at 14:00, the one after it at 12:00, for 13:00."""
    office.announce()
    assert office.schedules.tick(MONDAY) == 1  # the first Friday's, which is ahead
    office.schedules.tick(MONDAY + 3 * HOUR)
    office.schedules.tick(MONDAY + 5 * HOUR)
    found = {ticket.data["place"]: ticket for ticket in office.rounds()}
    assert found["before"].opened_at == MONDAY + 5 * HOUR
    assert found["before"].data["by"] == "2026-03-02T08:00:00Z"
    assert found["after"].opened_at == MONDAY + 3 * HOUR
    assert found["after"].data["by"] == "2026-03-02T05:00:00Z"


def test_an_event_that_leaves_no_time_is_acted_on_at_once(office: Office) -> None:
    """Announced at 15:30 for 16:00: the two hours of lead are past."""
    office.announce(now=MONDAY + 6 * HOUR + HOUR // 2)
    office.schedules.tick(MONDAY + 6 * HOUR + HOUR // 2)
    assert "before" in [ticket.data["place"] for ticket in office.rounds()]


def test_the_same_announcement_twice_is_one_event(office: Office) -> None:
    office.announce()
    office.announce(now=MONDAY + 60)
    events, following = office.runs.events([SITE])
    assert [(event.id, event.at, event.actor_name) for event in events] == [("rain-1", MONDAY, "chen")]
    assert following is None
    assert len(office.runs.waiting_runs(MONDAY + DAY)) == 2


def test_events_are_listed_newest_first_page_by_page(office: Office) -> None:
    for number in range(5):
        office.announce(f"rain-{number}", MONDAY + number)
    first, cursor = office.runs.events([SITE], None, 3)
    rest, end = office.runs.events([SITE], cursor, 3)
    assert [event.id for event in (*first, *rest)] == [f"rain-{number}" for number in (4, 3, 2, 1, 0)]
    assert end is None


def test_an_announcement_is_refused_with_every_reason(office: Office) -> None:
    chief, clerk = office.desk.actor("chen"), office.desk.actor("cleo")
    with pytest.raises(Forbidden, match="this is for: chief"):
        office.events.announce("heavy-rain", SITE, clerk, {}, MONDAY, "x")
    with pytest.raises(NotFound, match="did you mean 'heavy-rain'"):
        office.events.announce("heavy-rian", SITE, chief, {}, MONDAY, "x")
    with pytest.raises(Invalid) as refused:
        office.events.announce("heavy-rain", SITE, chief, {"expcted": "soon"}, MONDAY, "x")
    assert {reason.code for reason in refused.value.reasons} == {"unknown-field", "missing-field"}
    assert office.runs.events([SITE]) == ((), None)
