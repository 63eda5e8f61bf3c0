"""Promises compared: is a deadline longer or shorter than it was?"""

from __future__ import annotations

from collections.abc import Mapping

from workflows.language.definition import Definition
from workflows.language.findings import KeyPath
from workflows.language.promise import Due
from workflows.timing.durations import SECONDS_IN, Duration, Unit


def promises_of(definition: Definition) -> Mapping[KeyPath, Due]:
    """The promises of a process by their place: those of states, and the named clocks."""
    found: dict[KeyPath, Due] = {("clocks", name): each.due for name, each in definition.clocks.items()}
    found |= {("states", name): each.due for name, each in definition.states.items() if each.due}
    return found


def compare_promises(before: Due, now: Due | None) -> str:
    """`shorter`, `longer`, `gone`, or `another` if they cannot be compared."""
    if now is None:
        return "gone"
    old, new = _lengths(before), _lengths(now)
    if old.keys() != new.keys() or (before.at, before.ahead, before.by) != (now.at, now.ahead, now.by):
        return "another"
    signs = {
        _sign(old[key], new[key]) * (-1 if key in _EARLIER or now.ahead else 1)
        for key in old
        if old[key] != new[key]
    }
    return {1: "longer", -1: "shorter"}.get(signs.pop(), "another") if len(signs) == 1 else "another"


def describe_promise(due: Due | None) -> str:
    """A promise in words, such as `2 working days`."""
    if due is None:
        return "no promise"
    if due.choices is not None:
        kept = [f"{value}: {length or 'no promise'}" for value, length in due.choices.items()]
        kept += [f"otherwise: {due.otherwise}"] if due.otherwise else []
        return f"{', '.join(kept)} (by {due.by!r})"
    if due.at is None:
        return str(due.within)
    if due.before is not None:
        return f"{due.before} before {due.at!r}"
    return f"{due.grace} after {due.at!r}" if due.grace else f"at {due.at!r}"


_WORKING_DAY = 28_800  # seconds, to compare days with hours; no promise is counted by it
_EARLIER = frozenset({"before"})  # the longer, the sooner


def _lengths(due: Due) -> Mapping[str, Duration]:
    """The durations of a promise, by what each is."""
    named = {"within": due.within, "otherwise": due.otherwise, "before": due.before, "grace": due.grace}
    named |= {f"choice {value}": length for value, length in (due.choices or {}).items()}
    return {name: length for name, length in named.items() if length is not None}


def _sign(old: Duration, new: Duration) -> int:
    """1 if the new one is longer, -1 if shorter, 0 if one counts working time and the other does not."""
    if old.working is not new.working:
        return 0
    before, after = _seconds(old), _seconds(new)
    return (after > before) - (after < before)


def _seconds(length: Duration) -> int:
    each = _WORKING_DAY if length.unit is Unit.WORKING_DAYS else SECONDS_IN[length.unit]
    return length.amount * each
