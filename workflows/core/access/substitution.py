"""A ticket assigned to somebody absent goes to their substitute; the history records it."""

from __future__ import annotations

from typing import NamedTuple

from workflows.core.access import permissions
from workflows.core.access.assignment import find_department_and_assignee
from workflows.core.commands import Actor
from workflows.core.people import Absence, Staff
from workflows.core.step import Message
from workflows.core.ticket import StepContext, Ticket
from workflows.timing.instants import Instant, to_datetime

_REDIRECTED_ROLES = frozenset({"assignee", "owner"})  # messages in these roles follow the ticket


class Substitution(NamedTuple):
    """The staff id of the absentee, the substitute who gets the ticket, and the note for the history."""

    absent: str
    member: Staff
    note: str

    def redirect(self, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        """The messages to the absentee as assignee or owner, redirected; duplicates removed."""
        redirected: dict[tuple[str, str, int | None], Message] = {}
        for message in messages:
            if message.recipient == self.absent and message.role in _REDIRECTED_ROLES:
                message = message._replace(recipient=self.member.id)
            redirected.setdefault((message.recipient, message.kind, message.level), message)
        return tuple(redirected.values())


def find_substitution(
    context: StepContext, before: Ticket | None, after: Ticket, actor: Actor
) -> Substitution | None:
    """The substitution to apply after a step that has just assigned the ticket to `after.assignee`.

    None if the assignee is present, is the actor, had the ticket before, or has no present substitute who
    could work on it.
    """
    assignee, directory = after.assignee, context.directory
    if assignee is None or assignee == actor.id or (before is not None and before.assignee == assignee):
        return None
    absence = directory.absence(assignee, after.changed_at)
    substitute = find_substitute(context, after, absence) if absence else None
    if absence is None or substitute is None:
        return None
    return Substitution(assignee, substitute, render_note(context, absence, substitute))


def find_substitute(context: StepContext, ticket: Ticket, absence: Absence) -> Staff | None:
    """The absentee's substitute, if present when the ticket last changed and able to work on it."""
    directory = context.directory
    member = directory.staff.get(directory.substitute(absence.staff_id, ticket.changed_at) or "")
    if member is None:
        return None
    as_assignee = context._replace(ticket=ticket._replace(assignee=member.id))
    return (
        member
        if permissions.may_work_on(as_assignee, permissions.build_actor(member, directory.site))
        else None
    )


def find_successor(context: StepContext, ticket: Ticket, former_assignee: str, now: Instant) -> Staff | None:
    """The new assignee for a ticket whose assignee has left; None if it has to be claimed.

    It is the substitute, if an absence of theirs still names one who could work on it; else the only owner.
    """
    absence = context.directory.absence(former_assignee, now)
    substitute = find_substitute(context, ticket._replace(changed_at=now), absence) if absence else None
    if substitute is not None:
        return substitute
    _, owner = find_department_and_assignee(context, ticket.state, ticket.data, ticket.department, None)
    return context.directory.staff.get(owner or "")


def render_note(context: StepContext, absence: Absence, member: Staff) -> str:
    """The note for the history: who stands in for whom, until when in the site's local time."""
    absent = context.directory.staff.get(absence.staff_id)
    until = to_datetime(absence.to_at, context.calendar.zone)
    name = absent.name if absent else absence.staff_id
    return f"{member.name} stands in for {name}, who is away until {until:%Y-%m-%d %H:%M}"
