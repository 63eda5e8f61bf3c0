"""Lists are right, page by page, and words are found in Chinese too."""

from __future__ import annotations

from typing import Any

import pytest
from storage_samples import LI, NOW, SITE, clock, desk, moving, opened

from workflows.core.access.visibility import DESK, OUTSIDER
from workflows.core.ticket import Ticket
from workflows.storage.database import Database
from workflows.storage.queries.filters import TicketFilter
from workflows.storage.queries.queries import Queries
from workflows.storage.queries.results import ClockCounts, UrgentTicket
from workflows.storage.queries.ticket_counts import TicketCounts
from workflows.storage.tickets.store import Store


@pytest.fixture
def store(database: Database) -> Store:
    """A store that knows two sites."""
    return desk(database, SITE, "binjiang")


def found(database: Database, **wanted: Any) -> list[str]:
    """The numbers of the tickets a list shows."""
    wanted = {"sites": [SITE, "binjiang"]} | wanted
    return [each.number[-1] for each in Queries(database).tickets(TicketFilter(**wanted)).tickets]


def test_a_list_shows_the_newest_first_and_only_the_sites_asked_for(database: Database, store: Store) -> None:
    for at in (NOW, NOW + 2, NOW + 1):
        opened(store, at=at)
    opened(store, site="binjiang", at=NOW + 9)
    assert found(database, sites=[SITE]) == ["2", "3", "1"]
    assert found(database, sites=["binjiang"]) == ["1"]
    assert found(database, sites=[]) == []


def test_a_list_can_be_narrowed_in_every_way(database: Database, store: Store) -> None:
    first = opened(store, at=NOW, assignee="wang", department="gc", workflow="repair")
    opened(store, at=NOW + 1, state="waiting-client", category="waiting", opener="zhou")
    opened(store, at=NOW + 2, state="closed", category="closed", parent=first.id)
    opened(store, at=NOW + 3, state="withdrawn", category="cancelled")
    assert found(database, workflow="repair") == ["1"]
    assert found(database, state="waiting-client") == ["2"]
    assert found(database, category="open") == ["2", "1"]
    assert found(database, category="ended") == ["4", "3"]
    assert found(database, category="waiting") == ["2"]
    assert found(database, assignee="wang") == ["1"]
    assert found(database, assignee="wang", category="open") == ["1"]
    assert found(database, unassigned=True) == ["4", "3", "2"]
    assert found(database, department="gc") == ["1"]
    assert found(database, opener="zhou") == ["2"]
    assert found(database, parent=first.id) == ["3"]
    assert found(database, opened_after=NOW + 1, opened_before=NOW + 3) == ["3", "2"]


def test_overdue_is_asked_of_the_present_moment(database: Database, store: Store) -> None:
    opened(store, due_at=NOW + 20)
    opened(store, due_at=NOW + 10)
    opened(store, due_at=None)
    assert found(database, overdue=NOW + 10) == []
    assert found(database, overdue=NOW + 11) == ["2"]
    assert found(database, overdue=NOW + 21) == ["2", "1"]


def test_of_each_ticket_the_running_clock_that_is_due_first_is_found(
    database: Database, store: Store
) -> None:
    """At several sites at once. One that rests or has stopped is none, however early it was due."""
    stopped = clock("stopped", due_at=NOW + 1, stopped_at=NOW + 2)
    resting = clock("resting", due_at=None, running_since=None)
    later, first = clock("later", due_at=NOW + 900), clock("first", due_at=NOW + 600)
    here = opened(store, clocks=(stopped, first, resting, later))
    there = opened(store, site="binjiang", clocks=(later, stopped))
    without = opened(store, clocks=(stopped, resting))
    opened(store)
    keys = [(each.site, each.id) for each in (here, there, without)]
    queries = Queries(database)
    assert queries.find_next_due(keys) == {keys[0]: first, keys[1]: later}
    assert queries.find_next_due([]) == {}


@pytest.mark.parametrize("wanted", [{}, {"overdue": NOW + 999}])
def test_pages_stay_in_place_while_tickets_come_and_go(
    database: Database, store: Store, wanted: dict[str, Any]
) -> None:
    for n in range(7):
        opened(store, at=NOW + n // 3, due_at=NOW + n // 2)  # many at one moment
    queries, seen, cursor = Queries(database), [], None
    for turn in range(4):
        page = queries.tickets(TicketFilter(sites=[SITE], **wanted), cursor, 2)
        seen += [each.id for each in page.tickets]
        cursor = page.next
        opened(store, at=NOW + 99 + turn, due_at=NOW - 99)
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize("cursor", ["x", "!!", "W10", "WzEsMl0", "电", "WyJhIiwiYiIsdHJ1ZV0"])
def test_a_word_that_is_no_cursor_is_refused(database: Database, store: Store, cursor: str) -> None:
    with pytest.raises(ValueError, match="no cursor"):
        Queries(database).tickets(TicketFilter(sites=[SITE]), cursor)


def test_a_cursor_of_another_list_is_refused(database: Database, store: Store) -> None:
    opened(store), opened(store)
    page = Queries(database).tickets(TicketFilter(sites=[SITE]), limit=1)
    with pytest.raises(ValueError, match="no cursor of this list"):
        Queries(database).tickets(TicketFilter(sites=[SITE], overdue=NOW), page.next)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("电梯", ["2", "1"]),
        ("噪音", ["2"]),
        ("梯坏", ["1"]),
        ("电梯 噪音", ["2"]),
        ("坏了", ["1"]),
        ("了", ["1"]),
        ("楼", ["1"]),
        ("水管", []),
        ("Lift", ["1"]),
        ("LIFT-3", ["1"]),
        ("lif", ["1"]),
        ("3-1-1203", ["2", "1"]),
        ("ＬＩＦＴ", ["1"]),
        ("TS-2026-00002", ["2"]),
        ("!!!", []),
        ("'\"*():&|", []),
        ("  ", ["2", "1"]),
    ],
)
def test_words_are_found_in_title_and_open_fields(
    database: Database, store: Store, query: str, numbers: list[str]
) -> None:
    opened(store, at=NOW, title="三号楼电梯坏了", data={"content": "stops at 5, lift-3", "unit": "3-1-1203"})
    opened(
        store, at=NOW + 1, title="投诉", data={"rows": [{"where": "电梯间"}, "噪音扰民"], "unit": "3-1-1203"}
    )
    assert found(database, q=query) == numbers


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("averia", ["3", "2", "1"]),
        ("Avería", ["3", "2", "1"]),
        ("averi\u0301a", ["3", "2", "1"]),
        ("ＡＶＥＲＩＡ", ["3", "2", "1"]),
        ("bano", ["2"]),
        ("BAN\u0303O", ["2"]),
        ("strasse", ["3"]),
        ("9-101", ["1"]),
        ("９–１０１", ["1"]),
        ("电梯", ["3"]),
    ],
)
def test_accents_width_and_case_make_no_difference_to_a_search(
    database: Database, store: Store, query: str, numbers: list[str]
) -> None:
    opened(store, at=NOW, title="Avería en el ascensor", data={"unit": "9-101"})
    opened(store, at=NOW + 1, title="Averia electrica", data={"content": "Fuga de agua en el baño"})
    opened(store, at=NOW + 2, title="AVERI\u0301A", data={"content": "Straße ＢＡＮ电梯"})
    assert found(database, q=query) == numbers


def test_a_ticket_is_found_by_what_it_says_now(database: Database, store: Store) -> None:
    ticket = opened(store, title="水管漏水", data={})
    assert found(database, q="水管") == ["1"]
    after = store.record([moving(ticket, data={"content": "暖气不热"})])[0]
    assert found(database, q="暖气") == ["1"]
    assert found(database, q="水管") == ["1"]
    store.record([moving(after, title="暖气")])
    assert found(database, q="水管") == []
    assert found(database, q="漏水", sites=["binjiang"]) == []


def test_machine_words_and_endless_texts_do_not_fill_the_index(database: Database, store: Store) -> None:
    many = " ".join(f"word{n}" for n in range(5_000))
    long = {"at": "2026-03-02T09:00:00Z", "who": "0199f0c0-0000-7000-8000-000000000001", "n": 7, "text": many}
    opened(store, title="x" * 500, data=long)
    assert found(database, q="2026") == []
    assert found(database, q="word12") == ["1"]
    assert found(database, q="word4999") == []
    assert found(database, q="x" * 70) == ["1"]


def test_a_number_is_looked_up_at_the_sites_one_may_see(database: Database, store: Store) -> None:
    here, there = opened(store), opened(store, site="binjiang")
    queries = Queries(database)
    assert queries.find_by_number("TS-2026-00001", [SITE]) == [(SITE, here.id)]
    assert queries.find_by_number("TS-2026-00001", [SITE, "binjiang"]) == [
        ("binjiang", there.id),
        (SITE, here.id),
    ]
    assert queries.find_by_number("TS-2026-00009", [SITE]) == []


def test_a_history_is_read_on_from_where_one_left(database: Database, store: Store) -> None:
    ticket = opened(store)
    for _ in range(3):
        ticket = store.record([moving(ticket, note="电话打不通")])[0]
    queries = Queries(database)
    assert [each.seq for each in queries.history(SITE, ticket.id, limit=2)] == [1, 2]
    last = queries.history(SITE, ticket.id, after_seq=2)[-1]
    assert (last.seq, last.note, last.data, last.actor_id, last.hash) == (
        4,
        "电话打不通",
        {"nature": "valid"},
        LI.id,
        ticket.head,
    )


def test_the_clocks_of_a_ticket_are_its_own(database: Database, store: Store) -> None:
    first, second = opened(store), opened(store, clocks=())
    queries = Queries(database)
    assert queries.clocks(SITE, first.id) == (clock(),)
    assert queries.clocks(SITE, second.id) == ()


def test_promises_are_judged_by_their_instants(database: Database, store: Store) -> None:
    due = NOW + 100
    kinds = {
        "met": clock(stopped_at=due, due_at=due, running_since=None),
        "met-without-end": clock(stopped_at=due, due_at=None, running_since=None),
        "missed": clock(stopped_at=due + 1, due_at=due, running_since=None),
        "running": clock(due_at=due + 50),
        "overdue": clock(due_at=due + 49),
        "paused": clock(due_at=None, running_since=None),
    }
    for each in kinds.values():
        opened(store, clocks=(each,))
    opened(store, workflow="repair", clocks=(clock("state", started_at=NOW + 9, due_at=due + 50),))
    queries, now = Queries(database), due + 50
    assert queries.count_clocks([SITE], now) == ClockCounts(met=2, missed=1, running=2, overdue=1, paused=1)
    assert queries.count_clocks([SITE], now, workflow="repair") == ClockCounts(running=1)
    assert queries.count_clocks([SITE], now, clock="state", since=NOW + 9, until=NOW + 10) == ClockCounts(
        running=1
    )
    assert queries.count_clocks([SITE], now, since=NOW + 10) == ClockCounts()
    for kind, each in kinds.items():
        assert each.status(now) == kind.split("-")[0]


def test_tickets_are_counted_by_state_and_by_version(database: Database, store: Store) -> None:
    def walk(ticket: Ticket) -> None:
        store.record([moving(ticket, state="closed", category="closed")])

    opened(store), opened(store, version=2)
    walk(opened(store))
    counts = TicketCounts(database)
    assert counts.count_by_state([SITE]) == {
        ("complaint", "registered"): 2,
        ("complaint", "closed"): 1,
    }
    assert counts.count_by_version("complaint") == {1: 1, 2: 1}


def test_of_all_below_the_first_due_is_the_most_pressing(database: Database, store: Store) -> None:
    top = opened(store)
    late, soon = (opened(store, parent=top.id, due_at=NOW + due) for due in (900, 500))
    below = opened(store, parent=late.id, due_at=NOW + 400)
    deepest = opened(store, parent=below.id, due_at=NOW + 100, title="the deepest")
    for more in (
        {"due_at": None},
        {"due_at": NOW, "closed_at": NOW},
        {"due_at": NOW, "audience": ("chief",)},
    ):
        opened(store, parent=below.id, **more)
    opened(store, site="binjiang", parent=late.id, due_at=NOW)
    queries, children = Queries(database), [late.id, soon.id]
    assert queries.find_most_urgent(SITE, children, OUTSIDER) == UrgentTicket(
        deepest.number, "complaint", "the deepest", NOW + 100
    )
    known = queries.find_most_urgent(SITE, children, DESK)
    assert known is not None
    assert known.due_at == NOW
    assert queries.find_most_urgent(SITE, [soon.id], DESK) is None


def test_tickets_that_are_each_others_parents_do_not_hang_a_query(database: Database, store: Store) -> None:
    first = opened(store, id="a", parent="b", due_at=NOW)
    opened(store, id="b", parent="a", due_at=NOW + 1)
    found = Queries(database).find_most_urgent(SITE, ["a"], DESK)
    assert found is not None
    assert found.number == first.number
