"""Nobody acts, and it escalates: each level once, in order, in working time, whatever happens."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import clock_desk
from clock_desk import MONDAY, at

from service.bootstrap import Desk, open_desk
from service.scheduler import sweep
from workflows.storage.audit.verify import verify

LADDER = [("clerk", 1), ("supervisor", 2), ("director", 3), ("director", 4)]


def test_nobody_acts_and_it_goes_up_the_line_level_by_level(desk: Desk) -> None:
    """80 % the assignee, 100 % the superior, 150 % the next superior, a working day later the director."""
    ticket = clock_desk.open_errand(desk)
    heard = []
    for moment in (
        "2026-03-02 10:35",
        "2026-03-02 10:37",
        "2026-03-02 11:01",
        "2026-03-02 12:01",
        "2026-03-03 18:01",
    ):
        sweep(desk, at(moment))
        heard.append(len(clock_desk.told(desk)))
    assert heard == [0, 1, 2, 3, 4]
    assert clock_desk.told(desk, ticket) == LADDER


def test_the_time_that_counts_is_working_time(desk: Desk) -> None:
    """Opened on Friday an hour before the close, it is due on Monday an hour after opening."""
    clock_desk.open_errand(desk, now=at("2026-03-06 17:00"))
    sweep(desk, at("2026-03-09 09:59"))
    assert clock_desk.told(desk) == LADDER[:1]
    sweep(desk, at("2026-03-09 10:00"))
    assert clock_desk.told(desk) == LADDER[:2]


def test_sweeping_again_and_again_tells_nobody_twice(desk: Desk) -> None:
    """A level that has fired never fires again."""
    clock_desk.open_errand(desk)
    for _ in range(5):
        sweep(desk, at("2026-03-02 11:30"))
    assert clock_desk.told(desk) == LADDER[:2]


def test_a_restart_forgets_nothing_and_repeats_nothing(desk: Desk, second_desk: Desk) -> None:
    """The clock's memory is the database."""
    clock_desk.open_errand(desk)
    sweep(desk, at("2026-03-02 11:00"))
    sweep(second_desk, at("2026-03-02 11:00"))
    sweep(second_desk, at("2026-03-02 12:00"))
    assert clock_desk.told(second_desk) == LADDER[:3]


def test_a_clock_that_was_away_for_a_month_catches_up_in_order(desk: Desk) -> None:
    """All levels fire, each once, the earliest first."""
    ticket = clock_desk.open_errand(desk)
    sweep(desk, at("2026-04-02 09:00"))
    assert clock_desk.told(desk) == LADDER
    assert desk.engine.look(clock_desk.SITE, ticket, None).ticket.seq == 5
    assert desk.engine.look(clock_desk.SITE, ticket, None).ticket.priority == 2


def test_whoever_acts_in_time_is_left_in_peace(desk: Desk) -> None:
    """A stopped clock has no levels."""
    ticket = clock_desk.open_errand(desk)
    clock_desk.fire(desk, ticket, "do", at("2026-03-02 09:30"))
    sweep(desk, at("2026-04-02 09:00"))
    assert clock_desk.told(desk) == []


def test_entering_the_state_again_begins_anew(desk: Desk) -> None:
    """The levels of the first round do not silence those of the second."""
    ticket = clock_desk.open_errand(desk)
    sweep(desk, at("2026-03-02 11:00"))
    clock_desk.fire(desk, ticket, "again", at("2026-03-02 11:00"))
    sweep(desk, at("2026-03-02 14:30"))
    assert clock_desk.told(desk) == [*LADDER[:2], *LADDER[:2]]


def test_many_clocks_on_one_database_fire_each_level_once(desk: Desk) -> None:
    """Four clocks, eighty late tickets, three levels due of each."""
    tickets = [clock_desk.open_errand(desk, number) for number in range(80)]
    clocks = [open_desk(desk.settings) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: [sweep(one, at("2026-03-02 12:00")) for _ in range(20)], clocks))
    sweep(desk, at("2026-03-02 12:00"))
    for clock in clocks:
        clock.close()
    assert Counter(clock_desk.told(desk)) == Counter(LADDER[:3] * len(tickets))
    assert all(clock_desk.told(desk, ticket) == LADDER[:3] for ticket in tickets)
    assert list(verify(desk.database)) == []


def test_a_step_and_the_clock_at_once_do_not_undo_each_other(desk: Desk, second_desk: Desk) -> None:
    """While staff finish the tickets, a clock sweeps them: all end done, and the record is whole."""
    tickets = [clock_desk.open_errand(desk, number) for number in range(60)]
    late = at("2026-03-02 11:00")
    with ThreadPoolExecutor(2) as pool:
        steps = pool.submit(lambda: [clock_desk.fire(desk, ticket, "do", late) for ticket in tickets])
        sweeps = pool.submit(lambda: [sweep(second_desk, late) for _ in range(30)])
        steps.result()
        sweeps.result()
    assert all(desk.engine.look(clock_desk.SITE, each, None).ticket.state == "done" for each in tickets)
    assert (
        max(
            Counter((*told, ticket) for ticket in tickets for told in clock_desk.told(desk, ticket)).values(),
            default=1,
        )
        == 1
    )
    assert list(verify(desk.database)) == []


def test_a_level_that_moves_the_ticket_moves_it_once(desk: Desk, second_desk: Desk) -> None:
    """The clock is an actor like any other: it gives up what was left lying."""
    tickets = [clock_desk.open_errand(desk, number) for number in range(10)]
    for ticket in tickets:
        clock_desk.fire(desk, ticket, "leave", MONDAY)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda one: sweep(one, at("2026-03-02 12:00")), (desk, second_desk)))
    for ticket in tickets:
        found = desk.engine.look(clock_desk.SITE, ticket, None).ticket
        assert (found.state, found.seq) == ("given-up", 4)


def test_only_the_department_that_has_the_ticket_is_reminded(desk: Desk) -> None:
    """The head of another department hears nothing."""
    ticket = clock_desk.open_errand(desk)
    clock_desk.fire(desk, ticket, "pass-on", MONDAY, department="works")
    sweep(desk, at("2026-03-02 11:00"))
    assert [who for who, _ in clock_desk.told(desk)] == ["head-of-works", "supervisor"]


def test_the_department_is_reminded_also_while_nobody_has_the_ticket(desk: Desk) -> None:
    """Everybody of the department who could take it hears, and nobody of another."""
    from workflows.core.commands import Assign

    ticket = clock_desk.open_errand(desk)
    clock_desk.fire(desk, ticket, "pass-on", MONDAY, department="works")
    who = clock_desk.actor(desk, "head-of-works")
    desk.engine.do(Assign(site=clock_desk.SITE, ticket=ticket, actor=who, to=None), MONDAY)
    sweep(desk, at("2026-03-02 10:40"))
    assert [name for name, _ in clock_desk.told(desk)] == ["head-of-works"]
