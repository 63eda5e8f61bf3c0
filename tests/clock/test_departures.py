"""Who leaves, leaves nothing with nobody: it goes on, a step each, and those who get it are told."""

from __future__ import annotations

from collections.abc import Sequence

import clock_desk
import pytest
from clock_desk import MONDAY, SITE

from service.bootstrap import Desk
from service.departures import departed_staff, hand_over_departures, hand_over_tickets_of
from workflows.core.commands import CLOCK, Assign, Claim, Fire
from workflows.core.people import Absence, Membership, Staff
from workflows.errors import Refusal
from workflows.storage.people.departures import DELETE_AFTER
from workflows.storage.people.people import Site
from workflows.storage.queries.filters import TicketFilter
from workflows.storage.queries.queries import Queries
from workflows.storage.queries.results import StoredHistoryEvent

CLERK = clock_desk.staff_id("clerk")
LATER = MONDAY + DELETE_AFTER


def hire(desk: Desk, account: str, *posts: Membership) -> str:
    identity = clock_desk.staff_id(account)
    held = posts or (Membership(SITE, "clerk"),)
    desk.people.add_staff(Staff(id=identity, account=account, name=account.title(), memberships=held))
    return identity


def taken(desk: Desk, number: int = 1) -> str:
    """An errand that the clerk has."""
    ticket = clock_desk.open_errand(desk, number)
    if had_by(desk, ticket) is None:
        desk.engine.do(Claim(site=SITE, ticket=ticket, actor=clock_desk.actor(desk)), MONDAY)
    return ticket


def had_by(desk: Desk, ticket: str) -> str | None:
    seen = desk.engine.look(SITE, ticket, None).ticket
    assert seen is not None
    return seen.assignee


def last(desk: Desk, ticket: str) -> StoredHistoryEvent:
    return Queries(desk.database).history(SITE, ticket)[-1]


def told(desk: Desk, ticket: str) -> set[tuple[str, str]]:
    found = desk.queries.messages("pending", None, 100).messages
    return {(each.recipient, each.text["en"]) for each in found if each.ticket == ticket and each.text}


def unassigned(desk: Desk) -> Sequence[str]:
    wanted = TicketFilter(
        sites=(SITE,), unassigned=True, category="open", departed=departed_staff(desk, (SITE,))
    )
    return [ticket.id for ticket in desk.queries.tickets(wanted, None, 50).tickets]


def left(desk: Desk, way: str) -> None:
    """The clerk leaves."""
    if way == "disabled":
        desk.people.update_staff(CLERK, active=False)
    else:
        desk.people.set_posts(CLERK, ())


@pytest.mark.parametrize("way", ["disabled", "without a post"])
class TestWhoHasLeft:
    def test_their_tickets_go_back_to_whoever_has_the_next_move(self, desk: Desk, way: str):
        second, third = hire(desk, "second"), hire(desk, "third")
        tickets = [taken(desk, number) for number in (1, 2)]
        left(desk, way)
        assert hand_over_departures(desk, MONDAY) == 2
        assert [had_by(desk, ticket) for ticket in tickets] == [None, None]
        entry = last(desk, tickets[0])
        assert (entry.kind, entry.actor_id, entry.data) == ("assign", "system", {"assignee": None})
        assert entry.note == "Clerk no longer works here; it goes back to whoever has the next move"
        assert {who for who, _ in told(desk, tickets[0])} == {second, third}

    def test_or_to_the_only_one_who_has_it(self, desk: Desk, way: str):
        ticket, second = taken(desk), hire(desk, "second")
        left(desk, way)
        hand_over_departures(desk, MONDAY)
        assert had_by(desk, ticket) == second
        assert last(desk, ticket).note == "Clerk no longer works here; it goes to Second"
        assert told(desk, ticket) == {(second, "Whoever had this has left: it is yours now.")}

    def test_or_to_the_substitute_whom_they_had_named(self, desk: Desk, way: str):
        ticket, second = taken(desk), hire(desk, "second")
        hire(desk, "third")
        absence = Absence(
            site=SITE, staff_id=CLERK, from_at=MONDAY - 60, to_at=MONDAY + 86_400, substitute_id=second
        )
        desk.people.store_absence(absence, CLOCK, MONDAY)
        left(desk, way)
        hand_over_departures(desk, MONDAY)
        assert had_by(desk, ticket) == second

    def test_where_nobody_is_left_those_above_are_told(self, desk: Desk, way: str):
        ticket = taken(desk)
        left(desk, way)
        assert hand_over_departures(desk, MONDAY) == 1
        assert {who for who, _ in told(desk, ticket)} == {clock_desk.staff_id("supervisor")}

    def test_until_then_they_are_unassigned_and_can_be_claimed(self, desk: Desk, way: str):
        """No clock need run."""
        hire(desk, "second")
        first, second, third = (taken(desk, number) for number in (1, 2, 3))
        desk.engine.do(Assign(site=SITE, ticket=third, actor=CLOCK, to=clock_desk.staff_id("second")), MONDAY)
        assert unassigned(desk) == []
        left(desk, way)
        assert sorted(unassigned(desk)) == sorted([first, second])
        desk.engine.do(Claim(site=SITE, ticket=first, actor=clock_desk.actor(desk, "second")), MONDAY)
        assert unassigned(desk) == [second]

    def test_what_was_given_to_them_at_the_last_moment_goes_on_too(
        self, desk: Desk, way: str, monkeypatch: pytest.MonkeyPatch
    ):
        """A step may have been decided while they were still there, and be recorded afterwards."""
        second = hire(desk, "second")
        ticket = taken(desk)
        before = desk.people.directory(SITE)
        left(desk, way)
        assert hand_over_departures(desk, MONDAY) == 1
        with monkeypatch.context() as patch:
            patch.setattr(desk.people, "directory", lambda _: before)
            desk.engine.do(Assign(site=SITE, ticket=ticket, actor=CLOCK, to=CLERK), MONDAY)
        assert hand_over_departures(desk, MONDAY + 1) == 1
        assert had_by(desk, ticket) == second
        assert hand_over_departures(desk, LATER) == 0
        assert desk.departures.pending() == ()

    def test_what_has_ended_stays_as_it_was(self, desk: Desk, way: str):
        ticket = taken(desk)
        clock_desk.fire(desk, ticket, "do", MONDAY)
        left(desk, way)
        assert hand_over_departures(desk, MONDAY) == 0
        assert last(desk, ticket).trigger == "do"

    def test_several_clocks_hand_over_once(self, desk: Desk, second_desk: Desk, way: str):
        hire(desk, "second")
        ticket = taken(desk)
        left(desk, way)
        assert hand_over_departures(second_desk, MONDAY) + hand_over_departures(desk, MONDAY) == 1
        assert (
            len([e for e in Queries(desk.database).history(SITE, ticket) if e.note.startswith("Clerk no")])
            == 1
        )


def test_every_site_is_seen_to(desk: Desk):
    desk.people.store_site(Site(id="branch", name="A branch", zone="Asia/Shanghai"))
    desk.people.set_posts(CLERK, (Membership(SITE, "clerk"), Membership("branch", "clerk")))
    hire(desk, "second", Membership(SITE, "clerk"))
    ticket = taken(desk)
    desk.people.set_posts(CLERK, (Membership(SITE, "clerk"),))
    assert hand_over_departures(desk, MONDAY) == 0, "only the post at the branch is gone"
    desk.people.update_staff(CLERK, active=False)
    assert hand_over_departures(desk, MONDAY) == 1
    assert had_by(desk, ticket) == clock_desk.staff_id("second")


def test_who_keeps_another_post_keeps_what_they_can_still_do(desk: Desk):
    hire(desk, "second")
    todo, passed = taken(desk, 1), taken(desk, 2)
    desk.people.set_posts(CLERK, (Membership(SITE, "clerk"), Membership(SITE, "dept-head", "works")))
    desk.engine.do(
        Fire(
            site=SITE,
            ticket=passed,
            actor=clock_desk.actor(desk),
            trigger="pass-on",
            data={"department": "works"},
        ),
        MONDAY,
    )
    desk.engine.do(Assign(site=SITE, ticket=passed, actor=CLOCK, to=CLERK), MONDAY)
    desk.people.set_posts(CLERK, (Membership(SITE, "dept-head", "works"),))
    handed = hand_over_tickets_of(desk, CLERK, MONDAY)
    assert (handed.total, handed.handed_over, handed.waiting) == (2, 1, 0)
    assert (had_by(desk, todo), had_by(desk, passed)) == (clock_desk.staff_id("second"), CLERK)
    assert last(desk, todo).note == "Clerk no longer holds the post for this; it goes to Second"


def test_who_is_back_has_what_has_not_gone_yet(desk: Desk):
    hire(desk, "second")
    ticket = taken(desk)
    desk.people.update_staff(CLERK, active=False)
    desk.people.update_staff(CLERK, active=True)
    assert (hand_over_departures(desk, MONDAY), hand_over_departures(desk, LATER)) == (0, 0)
    assert had_by(desk, ticket) == CLERK
    assert desk.departures.pending() == ()
    assert unassigned(desk) == []


def test_who_is_there_is_not_claimed_from(desk: Desk):
    hire(desk, "second")
    ticket = taken(desk)
    with pytest.raises(Refusal, match="somebody has it already"):
        desk.engine.do(Claim(site=SITE, ticket=ticket, actor=clock_desk.actor(desk, "second")), MONDAY)


def test_one_that_cannot_be_read_does_not_hold_back_the_others(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    hire(desk, "second")
    first, second = taken(desk, 1), taken(desk, 2)
    desk.people.update_staff(CLERK, active=False)
    look = desk.engine.look

    def broken(site: str, ticket: str, *more: object) -> object:
        if ticket == first:
            raise ZeroDivisionError
        return look(site, ticket, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(desk.engine, "look", broken)
    assert hand_over_departures(desk, MONDAY) == 1
    monkeypatch.undo()
    assert hand_over_departures(desk, LATER) == 1, "it is not forgotten"
    assert {had_by(desk, first), had_by(desk, second)} == {clock_desk.staff_id("second")}
