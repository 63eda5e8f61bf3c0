"""What somebody had who is away now goes to their substitute, ticket by ticket, through the door."""

from __future__ import annotations

from collections.abc import Iterator

from service.wiring import Desk
from workflows.core.commands import CLOCK, Assign
from workflows.core.people import Absence
from workflows.core.standing_in import said, substitute
from workflows.core.ticket import Situation
from workflows.core.visibility import DESK
from workflows.errors import Refusal
from workflows.storage.filters import TicketFilter
from workflows.timing.instants import Instant

_PAGE = 200


def hand_over(desk: Desk, now: Instant) -> int:
    """Hand over what those have who are away; how many tickets.

    What no substitute could do stays where it is, and its clocks tell those above.
    """
    return sum(
        _hand_over(desk, absence, ticket, now)
        for absence in desk.people.away(now)
        for ticket in list(_had_by(desk, absence))
    )


def _had_by(desk: Desk, absence: Absence) -> Iterator[str]:
    wanted = TicketFilter(sites=(absence.site,), viewer=DESK, assignee=absence.staff_id, category="open")
    cursor: str | None = None
    while True:
        page = desk.queries.tickets(wanted, cursor, _PAGE)
        yield from (ticket.id for ticket in page.tickets)
        cursor = page.next
        if cursor is None:
            return


def _hand_over(desk: Desk, absence: Absence, ticket: str, now: Instant) -> bool:
    try:
        command = _command(desk.engine.look(absence.site, ticket, None), absence, ticket, now)
        if command is not None:
            desk.engine.do(command, now)
    except Refusal:  # it has ended, or moved on, this moment
        return False
    return command is not None


def _command(situation: Situation, absence: Absence, ticket: str, now: Instant) -> Assign | None:
    """Who is to have it; nobody, if no substitute is there who could work on it."""
    seen = situation.ticket
    assert seen is not None, "what is looked at exists"
    member = substitute(situation, seen._replace(changed_at=now), absence)
    if member is None or seen.assignee != absence.staff_id:
        return None
    note = said(situation, absence, member)
    return Assign(site=absence.site, ticket=ticket, actor=CLOCK, expected=seen.seq, to=member.id, note=note)
