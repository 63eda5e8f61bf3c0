"""Opening a ticket: its first step."""

from __future__ import annotations

from collections.abc import Mapping

from workflows.core.access import permissions
from workflows.core.commands import Open
from workflows.core.effects import apply
from workflows.core.handlers.enter_state import compute_state_changes, finish_step
from workflows.core.input import common_reasons
from workflows.core.input.evaluation_context import build_values
from workflows.core.input.field_values import build_title, split_personal
from workflows.core.input.submission import clean_submission, list_rejected_fields, prepare_values
from workflows.core.step import Step
from workflows.core.ticket import NORMAL, StepContext, Ticket
from workflows.errors import Reason, build_refusal
from workflows.language.definition import GUEST, Definition
from workflows.language.forms.values import EvaluationResult, Values
from workflows.timing.instants import Instant


def open_ticket(context: StepContext, command: Open, now: Instant) -> Step:
    """The first step of a new ticket. Raises a refusal with every reason against it.

    A ticket that a step opens (`command.derived`) needs no role; its values are brought into the form's
    shape. A resident is asked for less, and what is fixed for them is added.
    """
    start = context.definition.start
    draft, reasons = try_opening(context, command, now)
    if reasons:
        raise build_refusal(reasons)
    ticket = draft._replace(**compute_state_changes(context, draft, draft.data, start.state, now))
    result = apply.apply_effects(start.effects, context, ticket, command.actor, now)
    step = finish_step(
        context,
        None,
        result.ticket,
        kind="open",
        actor=command.actor,
        values={**draft.data, **draft.personal, **result.values},
        note=result.render_note(command.note),
        messages=result.messages,
        commands=result.commands,
    )
    return result.add_writes(step)


def try_opening(context: StepContext, command: Open, now: Instant) -> tuple[Ticket, list[Reason]]:
    """The new ticket with the values of the form, and every reason against opening it."""
    data = prepare_values(context, command.data) if command.derived else command.data
    submitter = None if command.derived else command.actor
    by_guest = submitter is not None and GUEST in submitter.roles
    start = context.definition.guest_start if by_guest else context.definition.start
    values, reasons = clean_submission(context, start.fields, data, submitter)
    draft = _fill_in(context, {**values, **start.guest} if by_guest else values)
    return draft, reasons + _check_opening(context, draft, command, now, list_rejected_fields(reasons))


def _check_opening(
    context: StepContext, draft: Ticket, command: Open, now: Instant, refused: frozenset[str]
) -> list[Reason]:
    definition, start, actor = context.definition, context.definition.start, command.actor
    reasons: list[Reason] = []
    if not command.derived and not permissions.has_any_role(start.roles, actor, definition, None):
        reasons.append(common_reasons.role_needed(start.roles))
    seen = build_values(context, draft, actor, now)
    if start.guard is not None:
        verdict = start.guard.holds(seen)
        reasons += [] if verdict.holds else [_guard_failed(context, verdict, seen)]
    if context.duplicates:
        reasons.append(common_reasons.duplicates_open(context.duplicates))
    required = [name for name in start.requires if name not in refused]
    reasons += common_reasons.missing_fields(definition, {**draft.data, **draft.personal}, required, seen)
    complete = [name for name in start.complete if name not in refused]
    return reasons + common_reasons.missing_documents(definition, complete, seen)


def _guard_failed(context: StepContext, verdict: EvaluationResult, seen: Values) -> Reason:
    definition = context.definition
    failed = common_reasons.GuardFailure(definition.start, verdict, seen)
    return common_reasons.guards_failed(definition, [failed])


def _fill_in(context: StepContext, values: Mapping[str, object]) -> Ticket:
    """The new ticket with its values, before its start state's owner, visits and clocks are known."""
    definition = context.definition
    data, personal = split_personal(
        definition, {name: value for name, value in values.items() if value is not None}
    )
    return context.ticket._replace(seq=1, title=build_title(definition, data), data=data, personal=personal)


def build_blank_ticket(definition: Definition, command: Open, now: Instant) -> Ticket:
    """The ticket that an opening begins with: nothing is filled in, and no step has been taken (seq 0)."""
    return Ticket(
        site=command.site,
        id=command.id,
        number="",
        workflow=definition.name,
        version=definition.version,
        title="",
        state=definition.start.state,
        category="open",
        seq=0,
        opener=command.opener or command.actor.id,
        priority=NORMAL if command.priority is None else command.priority,
        parent=command.parent,
        link=command.link,
        round=command.round,
        origin=command.origin,
        opened_at=now,
        changed_at=now,
        entered_at=now,
    )
