"""Which fields can have been filled when a step is asked for; so guards that never hold are found."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.language.building.turns import written_by
from workflows.language.definition import Definition, Start, Transition
from workflows.language.problems import Path


def unfilled(definition: Definition) -> Iterator[tuple[Path, str]]:
    """Guards that speak of a field which no step before can have filled."""
    filled, computed = _filled(definition), {each.name for each in definition.computed}
    for index, row in enumerate(definition.transitions):
        before = set[str]().union(*(filled.get(source, frozenset()) for source in row.sources))
        for key, names in (
            ("guard", row.guard.names if row.guard else frozenset()),
            ("complete", frozenset(row.complete)),
        ):
            for name in sorted((names & definition.fields.keys()) - computed - before - set(row.fields)):
                yield ("transitions", index, key), f"no step before this one can have filled {name!r}"


def unasked(definition: Definition) -> Iterator[tuple[Path, str]]:
    """Fields that no step ever fills."""
    steps: tuple[Start | Transition, ...] = (definition.start, *definition.transitions)
    asked = set[str]().union(*(_fills(step) for step in steps))
    for name, field in definition.fields.items():
        if field.value is None and name not in asked:
            yield ("fields", name), f"no step {'asks for' if field.asked else 'takes figures into'} {name!r}"


def _fills(step: Start | Transition) -> frozenset[str]:
    written = (name for effect in step.effects for name in written_by(effect))
    return frozenset((*step.fields, *written))


def _filled(definition: Definition) -> dict[str, frozenset[str]]:
    """For each state that can be reached, the fields that some walk there fills."""
    found = {definition.start.state: _fills(definition.start)}
    changed = [definition.start.state]
    while changed:
        state = changed.pop()
        for row in definition.by_source[state]:
            to = row.to or state
            after = found[state] | _fills(row)
            if to not in found or not after <= found[to]:
                found[to] = found.get(to, frozenset()) | after
                changed.append(to)
    return found
