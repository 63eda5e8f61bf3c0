"""Which triggers an actor may fire on a ticket now; for the others the reasons, and the roles that could."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from workflows.core.access import delegation, permissions
from workflows.core.commands import Actor
from workflows.core.handlers.fire import check_separation, filter_permitted
from workflows.core.input import common_reasons
from workflows.core.input.evaluation_context import build_values
from workflows.core.ticket import StepContext
from workflows.errors import Reason
from workflows.language.conditions.condition import NEVER
from workflows.language.conditions.form_facts import FormFacts
from workflows.language.conditions.translate import judge
from workflows.language.definition import Definition, Transition
from workflows.language.forms.values import Values
from workflows.timing.instants import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerOption:
    """One trigger of the process. It may be fired if `reasons` is empty.

    `transitions` are the candidates that firing would choose among, and `who` the roles they admit. A guard
    that reads the form's own fields is decided only when they are filled in. `on_behalf` is the staff id of
    the person in whose place the actor would fire; None if the actor's own posts allow it.
    """

    trigger: str
    transitions: tuple[Transition, ...]
    reasons: tuple[Reason, ...] = ()
    who: tuple[str, ...] = ()
    on_behalf: str | None = None


def list_trigger_options(context: StepContext, actor: Actor, now: Instant) -> tuple[TriggerOption, ...]:
    """Every trigger of the process, in the order of the file, with the best right the actor has to it.

    A delegated option counts where it ranks before the actor's own.
    """
    own = _list_own_options(context, actor, now)
    delegations = delegation.find_delegations(actor, context.directory, now)
    if not delegations:
        return own
    substitute_options = (_list_delegated_options(context, delegated, now) for delegated in delegations)
    return tuple(min(each, key=_rank_option) for each in zip(own, *substitute_options, strict=True))


def may_act(context: StepContext, actor: Actor, now: Instant) -> bool:
    """Whether there is any trigger that the actor may fire now, by `list_trigger_options`."""
    if next(_list_open_triggers(context, actor, now), None) is not None:
        return True
    return any(
        set(_list_open_triggers(context, delegated.acting, now))
        & set(_list_open_triggers(context, delegated.absent, now))
        for delegated in delegation.find_delegations(actor, context.directory, now)
    )


def _list_open_triggers(context: StepContext, actor: Actor, now: Instant) -> Iterator[str]:
    """The triggers that leave the ticket's state and have no reason against them."""
    ticket, definition = context.ticket, context.definition
    triggers = dict.fromkeys(
        transition.trigger
        for transition in definition.transitions_by_source[ticket.state]
        if not transition.auto and permissions.has_any_role(transition.roles, actor, definition, ticket)
    )
    if not triggers:
        return
    values = build_values(context, ticket, actor, now)
    for trigger in triggers:
        if not _build_option(context, trigger, actor, values).reasons:
            yield trigger


def _rank_option(option: TriggerOption) -> tuple[bool, bool]:
    """Sort key, the best first: without reasons, then those the actor has the right to."""
    return bool(option.reasons), any(each.code == "role-needed" for each in option.reasons)


def _list_delegated_options(
    context: StepContext, delegated: delegation.Delegation, now: Instant
) -> tuple[TriggerOption, ...]:
    """The options in the place of an absent colleague: reasons against either person count."""
    acting, absent = (_list_own_options(context, each, now) for each in (delegated.acting, delegated.absent))
    return tuple(
        replace(option, reasons=option.reasons or absentee_option.reasons, on_behalf=delegated.absent.id)
        for option, absentee_option in zip(acting, absent, strict=True)
    )


def _list_own_options(context: StepContext, actor: Actor, now: Instant) -> tuple[TriggerOption, ...]:
    values = build_values(context, context.ticket, actor, now)
    triggers = dict.fromkeys(
        transition.trigger for transition in context.definition.transitions if not transition.auto
    )
    return tuple(_build_option(context, trigger, actor, values) for trigger in triggers)


def _build_option(context: StepContext, trigger: str, actor: Actor, values: Values) -> TriggerOption:
    ticket, definition = context.ticket, context.definition
    everywhere = tuple(
        transition
        for transition in definition.transitions
        if transition.trigger == trigger and not transition.auto
    )
    transitions = tuple(transition for transition in everywhere if ticket.state in transition.sources)
    who = tuple(dict.fromkeys(role for transition in transitions or everywhere for role in transition.roles))
    if not transitions:
        reason = common_reasons.not_in_state(definition, ticket.state, everywhere)
        return TriggerOption(trigger=trigger, transitions=everywhere, reasons=(reason,), who=who)
    permitted = filter_permitted(context, transitions, actor)
    reasons = [] if permitted else [common_reasons.role_needed(who)]
    reasons += _check_guards(definition, permitted or transitions, values)
    reasons += check_separation(context, trigger, actor)
    reasons += _check_required_documents(context, permitted or transitions, values)
    return TriggerOption(
        trigger=trigger, transitions=permitted or transitions, reasons=tuple(reasons), who=who
    )


def _check_guards(
    definition: Definition, transitions: tuple[Transition, ...], values: Values
) -> list[Reason]:
    """The reason why no guard can hold, whatever is entered in the form; none if one may."""
    asked = {name for transition in transitions for name in transition.fields}
    facts = FormFacts(asked=asked, fields=definition.fields, values=values, moving=(), secret=False)
    failed: list[common_reasons.GuardFailure] = []
    for transition in transitions:
        if transition.guard is None or judge(transition.guard, facts).holds.most != NEVER:
            return []
        failed.append(common_reasons.GuardFailure(transition, transition.guard.holds(values), values))
    return [common_reasons.guards_failed(definition, failed)]


def _check_required_documents(
    context: StepContext, transitions: tuple[Transition, ...], values: Values
) -> list[Reason]:
    """The missing documents that keep every transition from being taken, whatever is entered in the form."""
    definition = context.definition
    form = {name for transition in transitions for name in transition.fields}
    missing = [  # empty for a transition that needs no documents
        common_reasons.missing_documents(
            definition,
            [name for name in transition.complete if _is_independent_of_form(definition, name, form)],
            values,
        )
        for transition in transitions
    ]
    return min(missing, key=len)


def _is_independent_of_form(definition: Definition, name: str, form: set[str]) -> bool:
    """Whether nothing on the form has a say in which options of the field are lacking."""
    field = definition.fields[name]
    spoken = {name}.union(*(o.when.names for o in (*field.options, *field.items) if o.when))
    return not spoken & form
