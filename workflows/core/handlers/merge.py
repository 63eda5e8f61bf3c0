"""Merging: a ticket ends because it is the same matter as another, which takes over who hears of it."""

from __future__ import annotations

from workflows.core.access import permissions
from workflows.core.commands import Merge, TakeMerged
from workflows.core.handlers.amend import closed_reason
from workflows.core.handlers.enter_state import compute_state_changes, finish_step
from workflows.core.input import common_reasons
from workflows.core.step import Step
from workflows.core.ticket import Merged, StepContext, Ticket
from workflows.errors import Blocked, NotFound, Reason, build_refusal
from workflows.timing.instants import Instant

MAX_MERGED = 50  # into one ticket


def merge(context: StepContext, command: Merge, now: Instant) -> Step:
    """The last step of the ticket: its clocks stop, and for its parent it has ended in the category of the
    state that the definition names. Both histories are kept.

    Refused for a ticket with open children, for one of another process, and for one that has ended. The
    ticket that survives must be visible to the actor (`context.survivor`).
    """
    before, rule, survivor = context.ticket, context.definition.merge, context.survivor
    if survivor is None:
        raise NotFound(Reason("unknown-ticket", "there is no such ticket", field="into"))
    if rule is None:
        raise Blocked(Reason("not-merged", "tickets of this process are not merged"))
    reasons: list[Reason] = []
    if not permissions.has_any_role(rule.roles, command.actor, context.definition, before):
        reasons.append(common_reasons.role_needed(rule.roles))
    if before.closed_at is not None:
        reasons.append(closed_reason(before))
    reasons += _check_survivor(context, survivor)
    if reasons:
        raise build_refusal(reasons)
    changes = compute_state_changes(context, before, before.data, rule.to, now)
    after = before._replace(seq=before.seq + 1, changed_at=now, **changes)
    after = after._replace(trail=after.trail._replace(merged_into=survivor.id))
    number = survivor.number if survivor.audience is None else ""
    step = finish_step(
        context, before, after, kind="merge", actor=command.actor, values={}, note=command.note
    )
    opener = before.opener if before.opener in context.directory.staff else ""
    take_merged = TakeMerged(
        site=before.site,
        ticket=survivor.id,
        actor=command.actor,
        note=command.note,
        merged=before.id,
        opener=opener,
        client=_has_other_client(context, survivor),
        number=before.number if before.audience is None else "",
        watchers=before.watchers,
    )
    return step._replace(
        event=step.event._replace(data={**step.event.data, "into": number}),
        follow_ups=(take_merged, *step.follow_ups),
    )


def _check_survivor(context: StepContext, survivor: Ticket) -> list[Reason]:
    before = context.ticket
    reasons, number = [], survivor.number
    if survivor.id == before.id or survivor.workflow != before.workflow or survivor.closed_at is not None:
        message = f"{survivor.number} is not another open ticket of this process"
        reasons.append(Reason("not-to-be-merged", message, field="into", facts={"number": number}))
    if any(not child.closed for child in context.children) or before.id == survivor.parent:
        reasons.append(Reason("open-children", "it has children that are open; end them first"))
    if len(survivor.trail.merged) >= MAX_MERGED:
        message = f"{MAX_MERGED} tickets were merged into {survivor.number} already"
        reasons.append(Reason("too-many-merged", message, facts={"most": str(MAX_MERGED), "number": number}))
    return reasons


def _has_other_client(context: StepContext, survivor: Ticket) -> bool:
    """Whether the ticket has a client with another contact than the surviving one's."""
    field = context.definition.client.get("contact", "")
    own, other = (each.personal.get(field) or each.data.get(field) for each in (context.ticket, survivor))
    return bool(own) and own != other


def take_merged(context: StepContext, command: TakeMerged, now: Instant) -> Step:
    """The step of the ticket that survives: its clocks go on as they are."""
    before = context.ticket
    merged = Merged(command.merged, command.opener, command.client)
    trail = before.trail._replace(merged=(*before.trail.merged, merged))
    watchers = tuple(dict.fromkeys((*before.watchers, *command.watchers)))
    after = before._replace(seq=before.seq + 1, changed_at=now, trail=trail, watchers=watchers)
    step = finish_step(
        context, before, after, kind="take-over", actor=command.actor, values={}, note=command.note
    )
    return step._replace(event=step.event._replace(data={**step.event.data, "merged": command.number}))
