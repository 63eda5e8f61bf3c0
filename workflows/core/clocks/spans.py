"""The states in which the named clocks of a definition may run."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from workflows.language.definition import Definition
from workflows.language.promise import ClockSpec


@lru_cache(maxsize=1024)
def find_running_states(definition: Definition) -> Mapping[str, frozenset[str]]:
    """Clock name → the states reachable from its starts without passing a stop or an end. Cached."""
    return {spec.name: _find_states(definition, spec) for spec in definition.clocks.values()}


def _find_states(definition: Definition, spec: ClockSpec) -> frozenset[str]:
    ended = {name for name, state in definition.states.items() if state.category.ended}
    beyond = (ended | set(spec.stops)) - set(spec.starts)
    reached, todo = set(spec.starts), list(spec.starts)
    while todo:
        for transition in definition.transitions_by_source[todo.pop()]:
            if transition.to is not None and transition.to not in reached | beyond:
                reached.add(transition.to)
                todo.append(transition.to)
    return frozenset(reached)
