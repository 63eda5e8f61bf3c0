"""Which tickets exist for a viewer, asked of both databases."""

from __future__ import annotations

import pytest
from storage_samples import NOW, SITE, clock, desk, moving, opened

from workflows.core.access.visibility import DESK, OUTSIDER, Viewer
from workflows.core.ticket import Ticket
from workflows.storage.database import Database
from workflows.storage.queries.filters import TicketFilter
from workflows.storage.queries.queries import Queries
from workflows.storage.queries.ticket_counts import TicketCounts
from workflows.storage.tickets.store import Store

HILL = "hill"
LEADER = Viewer({SITE: frozenset({"leader", "=li", "@green", "worker@green"})})
STRANGER = Viewer({SITE: frozenset({"leader-in-charge", "=l", "@gree", "worker"})})
ELSEWHERE = Viewer({HILL: frozenset({"leader"})})


class Restricted:
    """A ticket for all, and one for each kind of name."""

    def __init__(self, database: Database) -> None:
        self.store: Store = desk(database, SITE, HILL)
        self.queries, self.counts = Queries(database), TicketCounts(database)
        self.open = opened(self.store)
        self.secret = [
            opened(self.store, audience=(name,), title="秘密 quiet")
            for name in ("leader", "=li", "@green", "worker@green")
        ]

    def seen(self, viewer: Viewer, **more: object) -> set[str]:
        wanted = TicketFilter(sites=(SITE, HILL), viewer=viewer, **more)  # type: ignore[arg-type]
        found = self.queries.tickets(wanted).tickets
        if not more:
            assert sum(self.counts.count_by_state(wanted.sites, viewer).values()) == len(found)
        return {ticket.id for ticket in found}


@pytest.fixture
def restricted(database: Database) -> Restricted:
    return Restricted(database)


def ids(tickets: list[Ticket]) -> set[str]:
    return {ticket.id for ticket in tickets}


def test_lists_hold_only_what_exists_for_the_viewer(restricted: Restricted) -> None:
    every = ids([restricted.open, *restricted.secret])
    assert restricted.seen(LEADER) == every
    assert restricted.seen(DESK) == every
    for viewer in (OUTSIDER, STRANGER, ELSEWHERE, Viewer({SITE: frozenset()})):
        assert restricted.seen(viewer) == {restricted.open.id}


def test_unless_a_viewer_is_named_only_what_is_for_all_is_found(restricted: Restricted) -> None:
    assert len(restricted.queries.tickets(TicketFilter(sites=(SITE,))).tickets) == 1


def test_search_finds_only_what_exists_for_the_viewer(restricted: Restricted) -> None:
    assert restricted.seen(LEADER, q="秘密") == ids(restricted.secret)
    assert restricted.seen(STRANGER, q="秘密") == set()
    assert restricted.seen(STRANGER, q=restricted.secret[0].number) == set()
    assert restricted.seen(LEADER, q=restricted.secret[0].number) == {restricted.secret[0].id}


def test_a_number_is_found_only_by_who_may_know_of_it(restricted: Restricted) -> None:
    number = restricted.secret[0].number
    assert restricted.queries.find_by_number(number, (SITE,)) == []
    assert restricted.queries.find_by_number(number, (SITE,), STRANGER) == []
    assert restricted.queries.find_by_number(number, (SITE,), LEADER) == [(SITE, restricted.secret[0].id)]


def test_promises_and_versions_count_only_what_exists_for_the_viewer(restricted: Restricted) -> None:
    assert restricted.queries.count_clocks((SITE,), NOW).running == 1
    assert restricted.queries.count_clocks((SITE,), NOW, viewer=STRANGER, workflow="complaint").running == 1
    assert restricted.queries.count_clocks((SITE,), NOW, viewer=LEADER).running == 5
    assert restricted.counts.count_by_version("complaint", STRANGER) == {1: 1}
    assert restricted.counts.count_by_version("complaint", DESK) == {1: 5}


def test_which_of_some_tickets_are_hidden_can_be_asked(restricted: Restricted) -> None:
    all_of_them = {(SITE, each.id) for each in (restricted.open, *restricted.secret)}
    hidden = {(SITE, each.id) for each in restricted.secret}
    assert restricted.queries.find_hidden(all_of_them, STRANGER) == hidden
    assert restricted.queries.find_hidden(all_of_them, LEADER) == set()
    assert restricted.queries.find_hidden(all_of_them, DESK) == set()
    assert restricted.queries.find_hidden(set(), STRANGER) == set()


def test_the_audience_is_kept_with_the_ticket_and_its_children(restricted: Restricted) -> None:
    child = opened(restricted.store, audience=("leader",), parent=restricted.open.id, link="talks")
    assert restricted.store.children(SITE, restricted.open.id)[0].audience == ("leader",)
    step = moving(child, audience=None)
    restricted.store.record([step])
    loaded = Store(restricted.queries._database).load(SITE, child.id)
    assert loaded is not None
    assert loaded[0].audience is None


def test_a_sweep_keeps_the_audience(restricted: Restricted) -> None:
    late = opened(restricted.store, audience=("leader",), clocks=(clock(next_level_at=NOW - 1),))
    with restricted.store.sweep(NOW) as batch:
        (due,) = [each for each in batch.due if each.ticket.id == late.id]
        assert due.ticket.audience == ("leader",)


def test_what_somebody_has_is_seen_by_who_acts_in_their_place(restricted: Restricted) -> None:
    """Of what is restricted, only what they have; a ticket that nobody has stays hidden."""
    theirs = opened(restricted.store, audience=("=wang",), assignee="wang")
    opened(restricted.store, audience=("=wang",))
    stand_in = Viewer({SITE: frozenset({"=l"})}, delegators={SITE: frozenset({"wang"})})
    assert restricted.seen(stand_in) == {restricted.open.id, theirs.id}
    hidden = {(SITE, each.id) for each in restricted.secret}
    assert restricted.queries.find_hidden({*hidden, (SITE, theirs.id)}, stand_in) == hidden
    elsewhere = Viewer({SITE: frozenset({"=l"})}, delegators={HILL: frozenset({"wang"})})
    assert restricted.seen(elsewhere) == {restricted.open.id}


def test_a_list_holds_what_those_have_in_whose_place_one_acts(restricted: Restricted) -> None:
    """At their site."""
    mine = opened(restricted.store, assignee="l")
    theirs = opened(restricted.store, assignee="wang")
    assert restricted.seen(OUTSIDER, assignee="l") == {mine.id}
    assert restricted.seen(OUTSIDER, assignee="l", substitute_for={SITE: {"wang"}}) == {mine.id, theirs.id}
    assert restricted.seen(OUTSIDER, assignee="l", substitute_for={HILL: {"wang"}}) == {mine.id}
