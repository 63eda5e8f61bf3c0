"""What is done to a ticket without moving it: who has it, what is noted, what is put right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from workflows.core import refusing, rights
from workflows.core.commands import Amend, Assign, Claim, Note, OnTicket
from workflows.core.entering import finish, split, written
from workflows.core.step import Entry, Step
from workflows.core.stepform import cleaned
from workflows.core.ticket import Situation, Ticket
from workflows.core.walking import standing
from workflows.errors import Blocked, Forbidden, Invalid, Reason, refusal
from workflows.timing.instants import Instant


def assigned(situation: Situation, command: Assign, now: Instant) -> Step:
    """Give the ticket to somebody who may work on it as it stands, or back to nobody."""
    ticket = standing(situation)
    reasons: list[Reason] = []
    if not rights.may_direct(situation, command.actor):
        reasons.append(refusing.role_needed(rights.roles_for(situation)))
    if ticket.closed_at is not None:
        reasons.append(_ended(ticket))
    reasons += _unfit(situation, command.to)
    if reasons:
        raise refusal(reasons)
    return _aside(
        situation, command, "assign", now, replace(ticket, assignee=command.to), {"assignee": command.to}
    )


def _unfit(situation: Situation, to: str | None) -> list[Reason]:
    if to is None:
        return []
    member = situation.directory.staff.get(to)
    if member is None:
        return [Reason("bad-value", "nobody of that id works at this site", field="assignee", saw=to)]
    if rights.may_work_on(situation, rights.actor_of(member, situation.directory.site)):
        return []
    who = rights.roles_for(situation)
    message = f"{member.name} could not do the next step; it is for: {', '.join(who)}"
    return [Reason("bad-value", message, field="assignee", saw=to, who=who)]


def claimed(situation: Situation, command: Claim, now: Instant) -> Step:
    """Take a ticket that nobody has."""
    ticket = standing(situation)
    if not rights.may_work_on(situation, command.actor):
        raise Forbidden(refusing.role_needed(rights.roles_for(situation)))
    if ticket.closed_at is not None:
        raise Blocked(_ended(ticket))
    if ticket.assignee is not None:
        raise Blocked(Reason("claimed", "somebody has it already", field="assignee", saw=ticket.assignee))
    taken = replace(ticket, assignee=command.actor.id)
    return _aside(situation, command, "claim", now, taken, {"assignee": command.actor.id})


def noted(situation: Situation, command: Note, now: Instant) -> Step:
    """Write something down. Every member of the site's staff may."""
    if not command.actor.roles:
        raise Forbidden(Reason("not-a-member", "notes are for the site's staff"))
    if not command.note.strip():
        raise Invalid(refusing.missing("note"))
    return _aside(situation, command, "note", now, standing(situation), {})


def amended(situation: Situation, command: Amend, now: Instant) -> Step:
    """Put fields right without a step. What a ticket was opened with may be corrected, never emptied."""
    ticket, definition = standing(situation), situation.definition
    values, reasons = cleaned(situation, "amend", tuple(definition.fields), command.data)
    if not command.data:
        reasons.append(Reason("missing-field", "say what is to be amended", field="data"))
    if not (rights.may_direct(situation, command.actor) or ticket.opener == command.actor.id):
        reasons.append(refusing.role_needed(rights.roles_for(situation)))
    if ticket.closed_at is not None:
        reasons.append(_ended(ticket))
    reasons += refusing.blanks(values, [name for name in definition.start.requires if name in values])
    if reasons:
        raise refusal(reasons)
    return _aside(situation, command, "amend", now, written(definition, ticket, values), values)


def _ended(ticket: Ticket) -> Reason:
    return Reason(
        "closed", f"the ticket has ended ({ticket.state})", saw=ticket.state, facts={"state": ticket.state}
    )


def _aside(
    situation: Situation,
    command: OnTicket,
    kind: str,
    now: Instant,
    after: Ticket,
    values: Mapping[str, object],
) -> Step:
    before = standing(situation)
    data, personal = split(situation.definition, values)
    entry = Entry(
        seq=before.seq + 1,
        at=now,
        kind=kind,
        actor=command.actor,
        source=before.state,
        to=before.state,
        data=data,
        personal=personal,
        note=command.note,
    )
    return finish(situation, before, replace(after, seq=before.seq + 1, changed_at=now), entry)
