"""Why a trigger cannot be fired: all reasons at once, so that removing exactly these makes it succeed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workflows.core.access import permissions
from workflows.core.commands import Actor
from workflows.core.input import common_reasons
from workflows.core.input.common_reasons import GuardFailure
from workflows.core.input.submission import list_rejected_fields
from workflows.core.ticket import StepContext
from workflows.errors import Reason
from workflows.language.definition import TICKET_ROLES, Transition
from workflows.language.forms.values import Values


def list_reasons(
    context: StepContext,
    transitions: tuple[Transition, ...],
    actor: Actor,
    values: dict[str, object],
    seen: Values,
    faults: list[Reason],
) -> list[Reason]:
    """The reasons against `transitions`: form, role, guards, missing fields and documents.

    An actor without the role is also given the reasons that would stop somebody who has it.
    """
    definition = context.definition
    permitted = tuple(
        transition
        for transition in transitions
        if permissions.has_any_role(transition.roles, actor, definition, context.ticket)
    )
    reasons = list(faults)
    if not permitted:
        reasons.append(
            common_reasons.role_needed(
                dict.fromkeys(role for transition in transitions for role in transition.roles)
            )
        )
    failed, transition = _evaluate_guards(permitted or transitions, values, seen)
    if transition is None:
        reasons.append(common_reasons.guards_failed(definition, failed))
    refused = list_rejected_fields(faults)
    required = [
        name
        for name in _list_required_fields(transition, permitted or transitions, values)
        if name not in refused
    ]
    reasons += common_reasons.missing_fields(definition, values, required, seen)
    complete = (
        transition.complete
        if transition
        else dict.fromkeys(name for each in permitted or transitions for name in each.complete)
    )
    return reasons + common_reasons.missing_documents(
        definition, [name for name in complete if name not in refused], seen
    )


def explain_other_state(context: StepContext, trigger: str, actor: Actor) -> list[Reason]:
    """The reasons why a trigger that does not leave the ticket's state cannot be fired."""
    ticket, definition = context.ticket, context.definition
    transitions = [
        transition
        for transition in definition.transitions
        if transition.trigger == trigger and not transition.auto
    ]
    if not definition.readable:
        return [common_reasons.unusable_version(definition)]
    if not transitions:
        return [common_reasons.unknown_trigger(definition, trigger)]
    reasons = [common_reasons.not_in_state(definition, ticket.state, transitions)]
    roles = dict.fromkeys(role for transition in transitions for role in transition.roles)
    if not (TICKET_ROLES & roles.keys() or permissions.has_any_role(roles, actor, definition, ticket)):
        reasons.append(common_reasons.role_needed(roles))  # a role bound to the ticket may change until then
    return reasons


def _evaluate_guards(
    transitions: Iterable[Transition], values: Mapping[str, object], seen: Values
) -> tuple[list[GuardFailure], Transition | None]:
    """The guards that failed, and the first transition whose guard holds; None if there is none."""
    failed: list[GuardFailure] = []
    for transition in transitions:
        if transition.guard is None:
            return failed, transition
        verdict = transition.guard.holds(seen)
        if verdict.holds:
            return failed, transition
        missing = tuple(name for name in transition.requires if values.get(name) in (None, "", []))
        failed.append(GuardFailure(transition, verdict, seen, missing))
    return failed, None


def _list_required_fields(
    transition: Transition | None, transitions: Iterable[Transition], values: dict[str, object]
) -> tuple[str, ...]:
    """The required fields of the transition that would be taken.

    All those of `transitions` if none would be taken, or if filling in a missing field may lead to another
    one.
    """
    all_required = tuple(dict.fromkeys(name for each in transitions for name in each.requires))
    if transition is None:
        return all_required
    missing = {name for name in transition.requires if values.get(name) is None}
    if any(each.guard is not None and each.guard.names & missing for each in transitions):
        return all_required
    return transition.requires
