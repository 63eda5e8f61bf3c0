"""Commands that leave a ticket in its state: assign, claim, note and amend."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.core.access import assignment, delegation, permissions
from workflows.core.attachments import NOTE, AttachmentUse
from workflows.core.commands import CLOCK, Amend, Assign, Claim, Note, OnTicket
from workflows.core.handlers.enter_state import finish_step
from workflows.core.input import common_reasons
from workflows.core.input.attachment_references import check_note_attachments
from workflows.core.input.field_values import compute_field_changes
from workflows.core.input.submission import clean_submission, list_rejected_fields, prepare_values
from workflows.core.step import NOTICE, Message, Step
from workflows.core.ticket import StepContext, Ticket
from workflows.errors import Forbidden, Invalid, Reason, build_refusal
from workflows.timing.instants import Instant


def assign(context: StepContext, command: Assign, now: Instant) -> Step:
    """Assign the ticket to a member of staff who could work on it, or to nobody (`command.to` is None).

    Refused unless the actor works on the ticket or stands above those who do; the clock needs no such right.
    A `command.notice` is sent to the new assignee, or to the owners without one.
    """
    ticket = context.ticket
    reasons: list[Reason] = []
    by_clock = command.actor.id == CLOCK.id  # a substitute may do what an assignee may
    if ticket.closed_at is None and not (by_clock or permissions.may_direct(context, command.actor)):
        reasons.append(common_reasons.role_needed(permissions.list_roles_in_charge(context)))
    if ticket.closed_at is not None:
        reasons.append(closed_reason(ticket))
    as_assignee = context._replace(ticket=ticket._replace(assignee=command.to)) if by_clock else context
    reasons += _check_assignee(as_assignee, command.to, now)
    if reasons:
        raise build_refusal(reasons)
    assigned = ticket._replace(assignee=command.to, seq=ticket.seq + 1, changed_at=now)
    step = _finish_in_place(context, command, "assign", assigned, {"assignee": command.to})
    if not command.notice:
        return step
    template = Message(kind=NOTICE, recipient="", role="", text=command.notice)
    return step._replace(messages=assignment.build_messages(("assignee",), context, step.after, template))


def _check_assignee(context: StepContext, to: str | None, now: Instant) -> list[Reason]:
    if to is None:
        return []
    member = context.directory.staff.get(to)
    if member is None:
        saw = common_reasons.shorten(to)
        return [Reason("bad-value", "nobody of that id works at this site", field="assignee", saw=saw)]
    if delegation.could_work_on(context, member, now):
        return []
    who = permissions.list_roles_in_charge(context)
    message = f"{member.name} could not do the next step; it is for: {', '.join(who)}"
    return [Reason("bad-value", message, field="assignee", saw=to, who=who)]


def claim(context: StepContext, command: Claim, now: Instant) -> Step:
    """Assign the ticket to the actor. Refused if a member of the site's staff has it already."""
    ticket, actor = context.ticket, command.actor
    reasons: list[Reason] = []
    if ticket.closed_at is None and not permissions.may_work_on(context, actor):
        reasons.append(common_reasons.role_needed(permissions.list_roles_in_charge(context)))
    if actor.id not in context.directory.staff:
        reasons.append(Reason("not-a-member", "a ticket can only be had by the site's staff"))
    if ticket.closed_at is not None:
        reasons.append(closed_reason(ticket))
    elif ticket.assignee in context.directory.staff:  # an assignee who has left no longer counts
        reasons.append(Reason("claimed", "somebody has it already", field="assignee", saw=ticket.assignee))
    if reasons:
        raise build_refusal(reasons)
    claimed = ticket._replace(assignee=actor.id, seq=ticket.seq + 1, changed_at=now)
    return _finish_in_place(context, command, "claim", claimed, {"assignee": actor.id})


def add_note(context: StepContext, command: Note, now: Instant) -> Step:
    """Add a note to the history, for those who take part in the ticket.

    A note is a step: it advances `seq`, so that a step sent afterwards must have seen it.
    """
    if not command.actor.roles:
        raise Forbidden(Reason("not-a-member", "notes are for the site's staff"))
    if not command.note.strip():
        raise Invalid(common_reasons.missing_field("note"))
    ticket = context.ticket
    if not permissions.takes_part(context, command.actor):
        raise Forbidden(common_reasons.role_needed(permissions.list_roles_in_charge(context)))
    if reasons := check_note_attachments(context, command.attachments, command.actor):
        raise Invalid(reasons)
    after = ticket._replace(seq=ticket.seq + 1, changed_at=now)
    values = {"attachments": list(command.attachments)} if command.attachments else {}
    uses = tuple(AttachmentUse(each, NOTE, personal=False) for each in command.attachments)
    return _finish_in_place(context, command, "note", after, values, uses)


def amend(context: StepContext, command: Amend, now: Instant) -> Step | None:
    """Correct fields without moving the ticket. What the opening requires may be corrected, never emptied.

    None where a parent amends a child that has ended, or that holds these values already.
    """
    ticket, definition = context.ticket, context.definition
    data = _select_known_fields(context, command.data) if command.by_relative else command.data
    values, reasons = clean_submission(
        context, definition.input_fields, data, None if command.by_relative else command.actor
    )
    if command.by_relative and (
        ticket.closed_at is not None or not (reasons or _changes_anything(ticket, values))
    ):
        return None
    refused = list_rejected_fields(reasons)
    if not data:
        reasons.append(Reason("missing-field", "say what is to be amended", field="data"))
    allowed = (
        command.by_relative
        or ticket.opener == command.actor.id
        or permissions.may_direct(context, command.actor)
    )
    if ticket.closed_at is None and not allowed:
        reasons.append(common_reasons.role_needed(permissions.list_roles_in_charge(context)))
    if ticket.closed_at is not None:
        reasons.append(closed_reason(ticket))
    required = [name for name in definition.start.requires if name in values and name not in refused]
    reasons += common_reasons.missing_fields(definition, values, required)
    if reasons:
        raise build_refusal(reasons)
    changes = compute_field_changes(definition, ticket, values)
    after = ticket._replace(seq=ticket.seq + 1, changed_at=now, **changes)
    return _finish_in_place(context, command, "amend", assignment.reassign(context, ticket, after), values)


def _select_known_fields(context: StepContext, data: Mapping[str, object]) -> dict[str, object]:
    """The values for fields that the child's version has: it may be older than the one its parent expects."""
    known = context.definition.input_fields
    return prepare_values(context, {name: value for name, value in data.items() if name in known})


def _changes_anything(ticket: Ticket, values: Mapping[str, object]) -> bool:
    current = {**ticket.data, **ticket.personal}
    return any(current.get(name) != value for name, value in values.items())


def closed_reason(ticket: Ticket) -> Reason:
    """The reason against what only an open ticket takes."""
    return Reason(
        "closed", f"the ticket has ended ({ticket.state})", saw=ticket.state, facts={"state": ticket.state}
    )


def _finish_in_place(
    context: StepContext,
    command: OnTicket,
    kind: str,
    after: Ticket,
    values: Mapping[str, object],
    attachments: tuple[AttachmentUse, ...] = (),
) -> Step:
    return finish_step(
        context,
        context.ticket,
        after,
        kind=kind,
        actor=command.actor,
        values=values,
        note=command.note,
        attachments=attachments,
    )
