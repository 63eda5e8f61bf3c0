"""Where the named clocks of a process may run: from the states that start them up to those that stop them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from workflows.language.definition import Definition
from workflows.language.promise import ClockSpec


@lru_cache(maxsize=1024)
def may_run(definition: Definition) -> Mapping[str, frozenset[str]]:
    """Clock → the states that can be reached from its start without passing its stop or an end."""
    return {spec.name: _span(definition, spec) for spec in definition.clocks.values()}


def _span(definition: Definition, spec: ClockSpec) -> frozenset[str]:
    ended = {name for name, state in definition.states.items() if state.category.ended}
    beyond = (ended | set(spec.stops)) - set(spec.starts)
    found, todo = set(spec.starts), list(spec.starts)
    while todo:
        for row in definition.by_source[todo.pop()]:
            if row.to is not None and row.to not in found | beyond:
                found.add(row.to)
                todo.append(row.to)
    return frozenset(found)
