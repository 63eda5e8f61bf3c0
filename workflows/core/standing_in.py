"""Somebody is away: their work goes to the substitute who is named, and the history says so."""

from __future__ import annotations

from typing import NamedTuple

from workflows.core import rights
from workflows.core.commands import Actor
from workflows.core.people import Absence, Staff
from workflows.core.step import Message
from workflows.core.ticket import Situation, Ticket
from workflows.timing.instants import to_datetime

_MEANT = frozenset({"assignee", "owner"})  # in which roles a message goes to whoever has the ticket


class StandIn(NamedTuple):
    """Who goes on in whose place."""

    absent: str
    member: Staff
    note: str

    def told(self, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        """The messages that were meant for whoever has the ticket, to who has it now; one each."""
        told: dict[tuple[str, str, int | None], Message] = {}
        for each in messages:
            if each.recipient == self.absent and each.role in _MEANT:
                each = each._replace(recipient=self.member.id)
            told.setdefault((each.recipient, each.kind, each.level), each)
        return tuple(told.values())


def stand_in(situation: Situation, before: Ticket | None, after: Ticket, actor: Actor) -> StandIn | None:
    """Who gets the ticket in the place of whom a step has just given it to.

    Nobody, if that one is there, or has taken it with their own hands, or has no substitute who is there and
    could do the next step.
    """
    who, directory = after.assignee, situation.directory
    if who is None or who == actor.id or (before is not None and before.assignee == who):
        return None
    absence = directory.absence(who, after.changed_at)
    found = substitute(situation, after, absence) if absence else None
    if absence is None or found is None:
        return None
    return StandIn(who, found, said(situation, absence, found))


def substitute(situation: Situation, ticket: Ticket, absence: Absence) -> Staff | None:
    """The substitute who is there at the ticket's present and could work on it."""
    directory = situation.directory
    member = directory.staff.get(directory.substitute(absence.staff_id, ticket.changed_at) or "")
    if member is None:
        return None
    having = situation._replace(ticket=ticket._replace(assignee=member.id))
    return member if rights.may_work_on(having, rights.actor_of(member, directory.site)) else None


def said(situation: Situation, absence: Absence, member: Staff) -> str:
    """What the history says of it."""
    absent = situation.directory.staff.get(absence.staff_id)
    until = to_datetime(absence.to_at, situation.definition.calendar.zone)
    name = absent.name if absent else absence.staff_id
    return f"{member.name} stands in for {name}, who is away until {until:%Y-%m-%d %H:%M}"
