"""Counts that are kept as tickets move say what counting them would."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from storage_samples import NOW, desk, moving
from test_lists_against_all import SITES, STATES, VIEWERS, stored

from workflows.core.ticket import Ticket
from workflows.storage.database import Database
from workflows.storage.queries.ticket_counts import OpenCounts, TicketCounts

WEEK = 604_800


@pytest.mark.parametrize("seed", range(3))
def test_what_is_kept_is_what_counting_finds(database: Database, seed: int) -> None:
    """For every viewer, also after tickets have moved, and before and after the counts are added up."""
    random, store, counts = Random(seed), desk(database, *SITES), TicketCounts(database)
    tickets = stored(store, random, 40)
    for _ in range(80):
        place = random.randrange(len(tickets))
        state = random.choice(list(STATES))
        ended = STATES[state] in ("closed", "cancelled")
        step = moving(
            tickets[place],
            state=state,
            category=STATES[state],
            version=random.randint(1, 2),
            audience=random.choice((None, None, ("leader",), ("=wang",))),
            assignee=random.choice((None, "li", "wang")),
            due_at=None if ended else NOW + random.randint(-3 * WEEK, 3 * WEEK),
        )
        tickets[place] = store.record([step])[0]
    for _ in range(2):
        for viewer in VIEWERS:
            seen = [each for each in tickets if viewer.sees(each.site, each.audience, each.assignee)]
            here = [each for each in seen if each.site in SITES[:2]]
            assert counts.count_by_state(SITES[:2], viewer) == Counter(
                (each.workflow, each.state) for each in here
            )
            repairs = [each for each in seen if each.workflow == "repair" and STATES[each.state] != "closed"]
            repairs = [each for each in repairs if STATES[each.state] != "cancelled"]
            assert counts.count_by_version("repair", viewer) == Counter(each.version for each in repairs)
        for now in (NOW - WEEK, NOW, NOW + 12_345, NOW + 2 * WEEK):
            found = counts.count_by_site(SITES, now)
            for site in SITES:
                standing = [t for t in tickets if t.site == site and STATES[t.state] in ("open", "waiting")]
                late = sum(t.due_at is not None and t.due_at < now for t in standing)
                assert found[site] == OpenCounts(len(standing), late)
            for viewer in VIEWERS:
                late = [t for t in tickets if t.site in SITES[:2] and t.due_at is not None and t.due_at < now]
                late = [t for t in late if viewer.sees(t.site, t.audience, t.assignee)]
                assert counts.count_overdue(viewer, SITES[:2], now) == Counter(map(_where, late))
                repairs = [t for t in late if t.workflow == "repair"]
                assert counts.count_overdue(viewer, SITES[:2], now, "repair") == Counter(map(_where, repairs))
        counts.consolidate(NOW)


def _where(ticket: Ticket) -> tuple[str, str]:
    return ticket.workflow, ticket.state


def test_weeks_long_over_are_one_number_that_stays_right(database: Database) -> None:
    """Also when a ticket that was due in one of them is put off, or ends, after they were put together."""
    store, counts, later = desk(database, *SITES), TicketCounts(database), NOW + 20 * WEEK
    tickets = stored(store, Random(4), 40)
    for _ in range(3):
        counts.consolidate(later)
        weeks = "SELECT count(*) FROM due_counts WHERE week > 0 AND week < :week"
        assert database.read(database.sql(weeks), {"week": later // WEEK - 8}) == [(0,)]
        for place in range(0, len(tickets), 3):
            due_at = None if place % 2 else later + place * WEEK
            tickets[place] = store.record([moving(tickets[place], due_at=due_at)])[0]
        late = Counter(each.site for each in tickets if each.due_at is not None and each.due_at < later)
        found = counts.count_by_site(SITES, later)
        assert {site: found[site].overdue for site in SITES} == {site: late[site] for site in SITES}
