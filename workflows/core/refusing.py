"""The sentences of refusals that several commands share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from workflows.errors import Reason
from workflows.language.definition import Definition, Transition
from workflows.language.expressions import Verdict


def role_needed(roles: Iterable[str]) -> Reason:
    """The actor holds none of the roles."""
    who = tuple(roles)
    named = ", ".join(who) or "nobody"
    return Reason("role-needed", f"this is for: {named}", who=who, facts={"roles": named})


def unknown_trigger(definition: Definition, trigger: str) -> Reason:
    """The process has no such trigger."""
    near = get_close_matches(trigger, sorted(definition.triggers), n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return Reason(
        "unknown-trigger",
        f"{definition.name} has no trigger {trigger!r}{hint}",
        saw=trigger,
        facts={"trigger": trigger},
    )


def not_in_state(definition: Definition, state: str, rows: Iterable[Transition]) -> Reason:
    """The trigger leaves other states than the ticket's."""
    needed = sorted({source for row in rows for source in row.sources})
    code = "closed" if definition.states[state].category.ended else "not-in-state"
    message = f"the ticket is {state}; this step leaves {', '.join(needed)}"
    return Reason(code, message, saw=state, facts={"state": state, "needed": ", ".join(needed)})


def missing(name: str) -> Reason:
    """A field the step needs was not sent, or was sent empty."""
    return Reason("missing-field", f"{name} is needed", field=name, facts={"field": name})


def guard_says_no(source: str, verdict: Verdict) -> Reason:
    """The row's guard does not hold, with the values it saw."""
    why = f" ({verdict.why})" if verdict.why else ""
    return Reason(
        "guard", f"not while {source} does not hold{why}", saw=dict(verdict.saw), facts={"guard": source}
    )


def separate(trigger: str, others: Iterable[str]) -> Reason:
    """The actor has done what must be somebody else's."""
    done = ", ".join(sorted(others))
    message = f"you have done {done} on this ticket: {trigger} is for somebody else"
    return Reason("separate", message, facts={"trigger": trigger, "done": done})


def blanks(data: Mapping[str, object], required: Iterable[str]) -> list[Reason]:
    """A reason for each required field that is empty in `data`."""
    return [missing(name) for name in required if data.get(name) in (None, "", [])]
