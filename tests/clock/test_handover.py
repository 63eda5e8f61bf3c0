"""As soon as somebody is away, what they have goes to their substitute; the history says why."""

from __future__ import annotations

import clock_desk
from clock_desk import MONDAY, SITE

from service.bootstrap import Desk
from service.handover import hand_over_absences
from workflows.core.commands import CLOCK, Assign, Claim
from workflows.core.people import Absence, Membership, Staff
from workflows.storage.queries.queries import Queries
from workflows.storage.queries.results import StoredHistoryEvent

DAY = 86_400


def second_clerk(desk: Desk, account: str = "second") -> str:
    """Another clerk."""
    identity = clock_desk.staff_id(account)
    post = (Membership(SITE, "clerk", None),)
    desk.people.add_staff(Staff(id=identity, account=account, name=account.title(), memberships=post))
    return identity


def away(desk: Desk, substitute: str | None, begins: int = MONDAY + 60, days: int = 3) -> Absence:
    """The clerk is away."""
    absence = Absence(
        site=SITE,
        staff_id=clock_desk.staff_id("clerk"),
        from_at=begins,
        to_at=begins + days * DAY,
        substitute_id=substitute,
    )
    desk.people.store_absence(absence, CLOCK, MONDAY)
    return absence


def taken(desk: Desk, number: int = 1) -> str:
    """An errand that the clerk has."""
    ticket = clock_desk.open_errand(desk, number)
    if had_by(desk, ticket) is None:
        desk.engine.do(Claim(site=SITE, ticket=ticket, actor=clock_desk.actor(desk)), MONDAY)
    return ticket


def had_by(desk: Desk, ticket: str) -> str | None:
    return desk.engine.look(SITE, ticket, None).ticket.assignee


def last(desk: Desk, ticket: str) -> StoredHistoryEvent:
    return Queries(desk.database).history(SITE, ticket)[-1]


def test_what_the_absent_has_is_handed_over_when_the_absence_begins(desk: Desk) -> None:
    """Once, and not before."""
    second = second_clerk(desk)
    tickets = [taken(desk, number) for number in (1, 2)]
    away(desk, second)
    assert hand_over_absences(desk, MONDAY) == 0
    assert hand_over_absences(desk, MONDAY + 60) == 2
    assert hand_over_absences(desk, MONDAY + 61) == 0
    assert [had_by(desk, ticket) for ticket in tickets] == [second, second]
    entry = last(desk, tickets[0])
    assert (entry.kind, entry.actor_id) == ("assign", "system")
    assert entry.note == "Second stands in for Clerk, who is away until 2026-03-05 09:01"


def test_what_has_ended_stays_as_it_was(desk: Desk) -> None:
    """Its history is over."""
    ticket = taken(desk)
    clock_desk.fire(desk, ticket, "do", MONDAY)
    away(desk, second_clerk(desk))
    assert hand_over_absences(desk, MONDAY + 60) == 0


def test_what_no_substitute_could_do_stays(desk: Desk) -> None:
    """The clocks tell those above when it is late."""
    ticket = taken(desk)
    away(desk, clock_desk.staff_id("head-of-gardens"))
    assert hand_over_absences(desk, MONDAY + 60) == 0
    assert had_by(desk, ticket) == clock_desk.staff_id("clerk")


def test_without_a_substitute_nothing_is_handed_over(desk: Desk) -> None:
    """There is nobody to hand it to."""
    taken(desk)
    away(desk, None)
    assert hand_over_absences(desk, MONDAY + 60) == 0


def test_it_can_be_taken_back_by_hand(desk: Desk) -> None:
    """Who is back asks for it; it is not torn away from the substitute."""
    second = second_clerk(desk)
    ticket = taken(desk)
    absence = away(desk, second)
    hand_over_absences(desk, MONDAY + 60)
    desk.people.delete_absence(absence, CLOCK, MONDAY)
    assert hand_over_absences(desk, MONDAY + 120) == 0
    assert had_by(desk, ticket) == second
    back = Assign(site=SITE, ticket=ticket, actor=clock_desk.actor(desk), to=clock_desk.staff_id("clerk"))
    desk.engine.do(back, MONDAY + 180)
    assert had_by(desk, ticket) == clock_desk.staff_id("clerk")
