"""Handover of the tickets of somebody absent to their substitute, each by a command to the engine."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile

from service.bootstrap import Desk
from service.open_tickets import list_open_ticket_ids
from workflows.core.access.substitution import find_substitute, render_note
from workflows.core.commands import CLOCK, Assign
from workflows.core.people import Absence
from workflows.core.ticket import StepContext
from workflows.errors import Refusal
from workflows.timing.instants import Instant

_PAGE = 200


def hand_over_absences(desk: Desk, now: Instant, stopping: Callable[[], bool] = lambda: False) -> int:
    """Hand over the tickets of everybody who is away; returns their number. Stops early once `stopping()` is
    true.

    Tickets that no substitute may work on stay, and their clocks escalate.
    """
    return sum(
        _hand_over_ticket(desk, absence, ticket, now)
        for absence in desk.people.absences_with_substitute(now)
        for ticket in takewhile(
            lambda _: not stopping(), list_open_ticket_ids(desk, absence.site, absence.staff_id)
        )
    )


def _hand_over_ticket(desk: Desk, absence: Absence, ticket: str, now: Instant) -> bool:
    try:
        command = _build_command(desk.engine.look(absence.site, ticket, None), absence, ticket, now)
        if command is not None:
            desk.engine.do(command, now)
    except Refusal:  # it has ended, or moved on, this moment
        return False
    return command is not None


def _build_command(context: StepContext, absence: Absence, ticket: str, now: Instant) -> Assign | None:
    """The command that assigns the ticket to a substitute; None if no substitute there may work on it."""
    seen = context.ticket
    member = find_substitute(context, seen._replace(changed_at=now), absence)
    if member is None or seen.assignee != absence.staff_id:
        return None
    note = render_note(context, absence, member)
    return Assign(site=absence.site, ticket=ticket, actor=CLOCK, expected=seen.seq, to=member.id, note=note)
