"""Relating two tickets to each other, both ways, and taking that back."""

from __future__ import annotations

from workflows.core.access import permissions
from workflows.core.commands import Link
from workflows.core.handlers.enter_state import finish_step
from workflows.core.input import common_reasons
from workflows.core.step import Step
from workflows.core.ticket import StepContext
from workflows.errors import Blocked, Forbidden, NotFound, Reason
from workflows.timing.instants import Instant

MAX_LINKS = 50  # of one ticket


def link(context: StepContext, command: Link, now: Instant) -> Step | None:
    """The step that relates the ticket to the other one; None if it is so already.

    For those who take part in the ticket and may see the other (`context.survivor`). It is no work on it.
    """
    before, other = context.ticket, context.survivor
    if not command.mirrored:
        if other is None:
            raise NotFound(Reason("unknown-ticket", "there is no such ticket", field="into"))
        if not permissions.takes_part(context, command.actor):
            raise Forbidden(common_reasons.role_needed(permissions.list_roles_in_charge(context)))
    if (command.into in before.trail.links) != command.remove:
        return None
    links = tuple(each for each in before.trail.links if each != command.into)
    if not command.remove:
        if command.into == before.id or len(links) >= MAX_LINKS:
            message = f"a ticket is related to at most {MAX_LINKS} others, not to itself"
            raise Blocked(Reason("not-to-be-linked", message, facts={"most": str(MAX_LINKS)}))
        links = (*links, command.into)
    trail = before.trail._replace(links=links)
    after = before._replace(seq=before.seq + 1, changed_at=now, trail=trail)
    step = finish_step(context, before, after, kind="link", actor=command.actor, values={}, note=command.note)
    number = command.number
    if other is not None and not command.mirrored:
        number = other.number if other.audience is None else ""
    name = "removed" if command.remove else "linked"
    mirrored = Link(
        site=before.site,
        ticket=command.into,
        actor=command.actor,
        into=before.id,
        remove=command.remove,
        mirrored=True,
        number=before.number if before.audience is None else "",
    )
    return step._replace(
        event=step.event._replace(data={**step.event.data, name: number}),
        follow_ups=step.follow_ups if command.mirrored else (mirrored, *step.follow_ups),
    )
