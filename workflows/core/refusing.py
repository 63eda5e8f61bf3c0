"""The sentences of refusals that several commands share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from workflows.errors import Reason
from workflows.language.definition import Definition, Transition
from workflows.language.forms import form
from workflows.language.forms.field import Option
from workflows.language.forms.papers import lacking
from workflows.language.forms.values import Values, Verdict

MASK = "***"  # what a guard shows of a personal value
_SHOWN = 60  # characters of what was sent that are shown again


def role_needed(roles: Iterable[str]) -> Reason:
    """The actor holds none of the roles."""
    who = tuple(roles)
    named = ", ".join(who) or "nobody"
    return Reason("role-needed", f"this is for: {named}", who=who, facts={"roles": named})


def unknown_trigger(definition: Definition, trigger: str) -> Reason:
    """The process has no such trigger."""
    shown = glimpse(trigger)
    near = get_close_matches(trigger[:_SHOWN], sorted(definition.triggers), n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    message = f"{definition.name} has no trigger {shown!r}{hint}"
    return Reason("unknown-trigger", message, saw=shown, facts={"trigger": shown})


def glimpse(text: str) -> str:
    """The beginning of a text that may be long, or may hold what cannot be shown."""
    return text[:_SHOWN].encode("utf-8", "replace").decode()


def not_in_state(definition: Definition, state: str, rows: Iterable[Transition]) -> Reason:
    """The trigger leaves other states than the ticket's."""
    needed = sorted({source for row in rows for source in row.sources})
    code = "closed" if definition.states[state].category.ended else "not-in-state"
    message = f"the ticket is {state}; this step leaves {', '.join(needed)}"
    return Reason(code, message, saw=state, facts={"state": state, "needed": ", ".join(needed)})


def missing(name: str) -> Reason:
    """A field the step needs was not sent, or was sent empty."""
    return Reason("missing-field", f"{name} is needed", field=name, facts={"field": name})


def guards_say_no(guards: Sequence[tuple[str, Verdict]]) -> Reason:
    """None of the rows' guards holds, with the values they saw. That any one did would be enough.

    Why a guard failed that saw a personal value is not said: the sentence might quote it.
    """
    source = " || ".join(f"({each})" for each, _ in guards) if len(guards) > 1 else guards[0][0]
    tellable = [v.why for _, v in guards if v.why and MASK not in v.saw.values()]
    whys = "; ".join(dict.fromkeys(tellable))
    message = f"not while {source} does not hold" + (f" ({whys})" if whys else "")
    saw = {name: value for _, verdict in guards for name, value in verdict.saw.items()}
    return Reason("guard", message, saw=saw, facts={"guard": source})


def separate(trigger: str, others: Iterable[str]) -> Reason:
    """The actor has done what must be somebody else's."""
    done = ", ".join(sorted(others))
    message = f"you have done {done} on this ticket: {trigger} is for somebody else"
    return Reason("separate", message, facts={"trigger": trigger, "done": done})


def separate_in_place(trigger: str, others: Iterable[str]) -> Reason:
    """Who is away, and in whose place the actor acts, has done what must be somebody else's."""
    done = ", ".join(sorted(others))
    message = f"whom you stand in for has done {done} on this ticket: {trigger} is for somebody else"
    return Reason("separate-in-place", message, facts={"trigger": trigger, "done": done})


def blanks(
    definition: Definition,
    values: Mapping[str, object],
    required: Iterable[str],
    seen: Values | None = None,
) -> list[Reason]:
    """A reason for each required field that is empty in `values`, or is a list not gone through."""
    return form.missing(definition.fields, required, values, seen)


def papers(definition: Definition, complete: Iterable[str], seen: Values) -> list[Reason]:
    """A reason for each option of the `complete` fields that applies and is lacking."""
    return [_paper(name, each) for name in complete for each in lacking(definition.fields[name], seen)]


def _paper(name: str, option: Option) -> Reason:
    title = option.title.get("en", option.value)
    facts = {"field": name, "paper": title, "option": option.value}
    return Reason("missing-paper", f"{title} is still lacking", field=name, saw=option.value, facts=facts)
