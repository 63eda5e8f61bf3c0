"""Reasons for refusals that several commands share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from workflows.errors import Reason, UnmetCondition
from workflows.language.definition import Definition, SeparationInvariant, Start, Transition
from workflows.language.forms import form
from workflows.language.forms.field import Option, Titles
from workflows.language.forms.notice_text import fields_named, fill_notice
from workflows.language.forms.required_documents import find_missing_documents
from workflows.language.forms.values import EvaluationResult, Values
from workflows.suggestions import find_nearest

_MAX_SHOWN = 60  # the most characters of the input that are quoted


def role_needed(roles: Iterable[str]) -> Reason:
    """The actor has none of the roles."""
    who = tuple(roles)
    named = ", ".join(who) or "nobody"
    return Reason("role-needed", f"this is for: {named}", who=who, facts={"roles": named})


def unknown_trigger(definition: Definition, trigger: str) -> Reason:
    """The definition has no such trigger."""
    shown = shorten(trigger)
    near = find_nearest(trigger, definition.triggers)
    hint = f"; did you mean {near}?" if near else ""
    message = f"{definition.name} has no trigger {shown!r}{hint}"
    return Reason("unknown-trigger", message, saw=shown, facts={"trigger": shown})


def shorten(text: str) -> str:
    """The first characters of a text from outside, safe to show."""
    return text[:_MAX_SHOWN].encode("utf-8", "replace").decode()


def not_in_state(definition: Definition, state: str, transitions: Iterable[Transition]) -> Reason:
    """No transition of the trigger leaves the ticket's state."""
    needed = sorted({source for transition in transitions for source in transition.sources})
    code = "closed" if definition.states[state].category.ended else "not-in-state"
    message = f"the ticket is {state}; this step leaves {', '.join(needed)}"
    return Reason(code, message, saw=state, facts={"state": state, "needed": ", ".join(needed)})


def missing_field(name: str) -> Reason:
    """A required field is missing or empty."""
    return Reason("missing-field", f"{name} is needed", field=name, facts={"field": name})


class GuardFailure(NamedTuple):
    """A guard that does not hold, with what it looked at and what it saw of that; `missing` are the required
    fields that are empty."""

    step: Start | Transition
    verdict: EvaluationResult
    values: Values
    missing: tuple[str, ...] = ()


def guards_failed(definition: Definition, guards: Sequence[GuardFailure]) -> Reason:
    """No transition's guard holds; one would be enough. The reason says what each wants, and names the values
    that the guards saw; it never quotes an expression."""
    if all(each.verdict.unreadable for each in guards):
        return unusable_step(guards[0].verdict.reason or "")
    conditions = tuple(_unmet_condition(definition, each) for each in guards)
    saw = {name: value for each in guards for name, value in each.verdict.seen_values.items()}
    return Reason("guard", describe_conditions(definition, conditions), saw=saw, conditions=conditions)


def _unmet_condition(definition: Definition, failed: GuardFailure) -> UnmetCondition:
    step, names = failed.step, failed.step.guard.names if failed.step.guard else frozenset()
    return UnmetCondition(
        because=step.because,
        named=select_named(definition, step.because, failed.values),
        zone=failed.values.zone,
        fields=tuple(name for name in definition.fields if name in names),
        to=step.to if isinstance(step, Transition) else None,
        missing=failed.missing,
    )


def select_named(definition: Definition, because: Titles, values: Values) -> dict[str, object]:
    """The values of the open fields that a text names."""
    names = (name for name in fields_named(because) if name in definition.fields)
    return {name: values.fields.get(name) for name in names if not definition.fields[name].personal}


def describe_conditions(definition: Definition, conditions: Sequence[UnmetCondition]) -> str:
    """What the conditions want, in English: as the definition says it, or which fields they read."""
    sentences = tuple(dict.fromkeys(_describe_condition(definition, each) for each in conditions))
    if len(sentences) == 1:
        return sentences[0]
    return "one of these is needed: " + "; ".join(f"({n}) {each}" for n, each in enumerate(sentences, 1))


def _describe_condition(definition: Definition, condition: UnmetCondition) -> str:
    if condition.because:
        text = condition.because.get("en") or next(iter(condition.because.values()))
        if condition.named is None:
            return text
        return fill_notice(text, {name: str(v) for name, v in condition.named.items() if v}, "not yet known")
    if not condition.fields:
        return "this is not possible as things stand"
    titles = ", ".join(definition.fields[name].title.get("en", name) for name in condition.fields)
    return f"what is given does not allow it; look at: {titles}"


def unusable_step(why: str) -> Reason:
    """One step of a stored version can no longer be read; the others remain possible."""
    return Reason("unusable-step", why, facts={"why": why})


def unusable_version(definition: Definition) -> Reason:
    """A stored version can no longer be read at all; its tickets are kept, but cannot move."""
    why = "; ".join(definition.objections[:1])
    return Reason("unusable-version", why, facts={"why": why})


def separation(definition: Definition, trigger: str, others: Iterable[str]) -> Reason:
    """The actor did what a different person must do (separation of duties)."""
    done = ", ".join(sorted(others))
    message = f"you have done {done} on this ticket: {trigger} is for somebody else"
    conditions = _separation_conditions(definition, trigger, others)
    return Reason("separate", message, facts={"trigger": trigger, "done": done}, conditions=conditions)


def separation_on_behalf(definition: Definition, trigger: str, others: Iterable[str]) -> Reason:
    """The absentee for whom the actor acts did what a different person must do."""
    done = ", ".join(sorted(others))
    message = f"whom you stand in for has done {done} on this ticket: {trigger} is for somebody else"
    conditions = _separation_conditions(definition, trigger, others)
    return Reason(
        "separate-in-place", message, facts={"trigger": trigger, "done": done}, conditions=conditions
    )


def _separation_conditions(
    definition: Definition, trigger: str, others: Iterable[str]
) -> tuple[UnmetCondition, ...]:
    """The separations that keep `trigger` apart from one of the others, if they say why."""
    return tuple(
        UnmetCondition(because=rule.because)
        for rule in definition.invariants
        if isinstance(rule, SeparationInvariant)
        and rule.because
        and trigger in rule.triggers
        and not set(rule.triggers).isdisjoint(others)
    )


def missing_fields(
    definition: Definition,
    values: Mapping[str, object],
    required: Iterable[str],
    seen: Values | None = None,
) -> list[Reason]:
    """A reason for each required field that is empty in `values`, or is an incomplete checklist."""
    return form.missing_reasons(definition.fields, required, values, seen)


def missing_documents(definition: Definition, complete: Iterable[str], seen: Values) -> list[Reason]:
    """A reason for each missing document of the `complete` fields."""
    return [
        _missing_document(name, each)
        for name in complete
        for each in find_missing_documents(definition.fields[name], seen)
    ]


def _missing_document(name: str, option: Option) -> Reason:
    title = option.title.get("en", option.value)
    facts = {"field": name, "paper": title, "option": option.value}
    return Reason("missing-paper", f"{title} is still lacking", field=name, saw=option.value, facts=facts)


def duplicates_open(numbers: tuple[str, ...]) -> Reason:
    """The process opens no ticket beside a likely duplicate, unless the opener insists."""
    named = ", ".join(numbers)
    message = f"it is open already: {named}; urge that, or insist with despite_duplicates"
    return Reason("duplicate", message, saw=list(numbers), facts={"numbers": named})
