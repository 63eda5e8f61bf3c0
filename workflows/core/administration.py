"""What is done to a ticket without moving it: who has it, what is noted, what is put right."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.core import assignment, lending, refusing, rights
from workflows.core.commands import CLOCK, Amend, Assign, Claim, Note, OnTicket
from workflows.core.entering import finish, written
from workflows.core.step import Step
from workflows.core.stepform import cleaned, fields_of, sent
from workflows.core.ticket import Situation, Ticket
from workflows.core.walking import standing
from workflows.errors import Forbidden, Invalid, Reason, refusal
from workflows.language.definition import Definition
from workflows.timing.instants import Instant


def assigned(situation: Situation, command: Assign, now: Instant) -> Step:
    """Give the ticket to somebody who may work on it as it stands, or back to nobody."""
    ticket = standing(situation)
    reasons: list[Reason] = []
    by_clock = command.actor.id == CLOCK.id  # a substitute has it, and may do what an assignee may
    if ticket.closed_at is None and not (by_clock or rights.may_direct(situation, command.actor)):
        reasons.append(refusing.role_needed(rights.roles_for(situation)))
    if ticket.closed_at is not None:
        reasons.append(_ended(ticket))
    having = situation._replace(ticket=ticket._replace(assignee=command.to)) if by_clock else situation
    reasons += _unfit(having, command.to, now)
    if reasons:
        raise refusal(reasons)
    given = ticket._replace(assignee=command.to, seq=ticket.seq + 1, changed_at=now)
    return _aside(situation, command, "assign", given, {"assignee": command.to})


def _unfit(situation: Situation, to: str | None, now: Instant) -> list[Reason]:
    if to is None:
        return []
    member = situation.directory.staff.get(to)
    if member is None:
        saw = refusing.glimpse(to)
        return [Reason("bad-value", "nobody of that id works at this site", field="assignee", saw=saw)]
    if lending.fit(situation, member, now):
        return []
    who = rights.roles_for(situation)
    message = f"{member.name} could not do the next step; it is for: {', '.join(who)}"
    return [Reason("bad-value", message, field="assignee", saw=to, who=who)]


def claimed(situation: Situation, command: Claim, now: Instant) -> Step:
    """Take a ticket that nobody has."""
    ticket, actor = standing(situation), command.actor
    reasons: list[Reason] = []
    if ticket.closed_at is None and not rights.may_work_on(situation, actor):
        reasons.append(refusing.role_needed(rights.roles_for(situation)))
    if actor.id not in situation.directory.staff:
        reasons.append(Reason("not-a-member", "a ticket can only be had by the site's staff"))
    if ticket.closed_at is not None:
        reasons.append(_ended(ticket))
    elif ticket.assignee is not None:
        reasons.append(Reason("claimed", "somebody has it already", field="assignee", saw=ticket.assignee))
    if reasons:
        raise refusal(reasons)
    taken = ticket._replace(assignee=actor.id, seq=ticket.seq + 1, changed_at=now)
    return _aside(situation, command, "claim", taken, {"assignee": actor.id})


def noted(situation: Situation, command: Note, now: Instant) -> Step:
    """Write something down. Every member of the site's staff may."""
    if not command.actor.roles:
        raise Forbidden(Reason("not-a-member", "notes are for the site's staff"))
    if not command.note.strip():
        raise Invalid(refusing.missing("note"))
    ticket = standing(situation)
    return _aside(situation, command, "note", ticket._replace(seq=ticket.seq + 1, changed_at=now), {})


def amended(situation: Situation, command: Amend, now: Instant) -> Step | None:
    """Put fields right without a step. What a ticket was opened with may be corrected, never emptied.

    None where a parent amends a child that has ended, or that is so already.
    """
    ticket, definition = standing(situation), situation.definition
    data = _known(definition, command.data) if command.kin else command.data
    values, reasons = cleaned(situation, definition.asked, data)
    if command.kin and (ticket.closed_at is not None or not (reasons or _alters(ticket, values))):
        return None
    refused = fields_of(reasons)
    if not data:
        reasons.append(Reason("missing-field", "say what is to be amended", field="data"))
    mine = command.kin or ticket.opener == command.actor.id or rights.may_direct(situation, command.actor)
    if ticket.closed_at is None and not mine:
        reasons.append(refusing.role_needed(rights.roles_for(situation)))
    if ticket.closed_at is not None:
        reasons.append(_ended(ticket))
    kept = [name for name in definition.start.requires if name in values and name not in refused]
    reasons += refusing.blanks(definition, values, kept)
    if reasons:
        raise refusal(reasons)
    changes = written(definition, ticket, values)
    after = ticket._replace(seq=ticket.seq + 1, changed_at=now, **changes)
    return _aside(situation, command, "amend", assignment.rehomed(situation, ticket, after), values)


def _known(definition: Definition, data: Mapping[str, object]) -> dict[str, object]:
    """What a child can take of it, which may be of an older version."""
    return sent(definition, {name: value for name, value in data.items() if name in definition.asked})


def _alters(ticket: Ticket, values: Mapping[str, object]) -> bool:
    held = {**ticket.data, **ticket.personal}
    return any(held.get(name) != value for name, value in values.items())


def _ended(ticket: Ticket) -> Reason:
    return Reason(
        "closed", f"the ticket has ended ({ticket.state})", saw=ticket.state, facts={"state": ticket.state}
    )


def _aside(
    situation: Situation, command: OnTicket, kind: str, after: Ticket, values: Mapping[str, object]
) -> Step:
    """The step of an act that leaves the ticket in its state."""
    return finish(
        situation,
        standing(situation),
        after,
        kind=kind,
        actor=command.actor,
        values=values,
        note=command.note,
    )
