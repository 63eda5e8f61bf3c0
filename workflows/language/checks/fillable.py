"""Which fields can be filled when a step is taken, so that guards that can never hold are found."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.language.builder.rosters import fields_written_by
from workflows.language.definition import Definition, Start, Transition
from workflows.language.findings import KeyPath
from workflows.sentence import Sentence


def find_unfilled_guards(definition: Definition) -> Iterator[tuple[KeyPath, Sentence]]:
    """Guards that use a field which no step before can have filled."""
    filled, computed = _fields_filled_before(definition), {each.name for each in definition.computed_fields}
    for index, row in enumerate(definition.transitions):
        before = set[str]().union(*(filled.get(source, frozenset()) for source in row.sources))
        for key, names in (
            ("guard", row.guard.names if row.guard else frozenset()),
            ("complete", frozenset(row.complete)),
        ):
            for name in sorted((names & definition.fields.keys()) - computed - before - set(row.fields)):
                yield (
                    ("transitions", index, key),
                    Sentence("never-filled", "no step before this one can have filled {name!r}", name=name),
                )


def find_unfilled_fields(definition: Definition) -> Iterator[tuple[KeyPath, Sentence]]:
    """Fields that no step ever fills."""
    steps: tuple[Start | Transition, ...] = (definition.start, *definition.transitions)
    filled = set[str]().union(*(_fields_filled_by(step) for step in steps))
    for name, field in definition.fields.items():
        if field.value is None and name not in filled:
            yield (
                ("fields", name),
                Sentence("unused", "no step asks for {name!r}", name=name)
                if field.is_input
                else Sentence("unused", "no step takes figures into {name!r}", name=name),
            )


def _fields_filled_by(step: Start | Transition) -> frozenset[str]:
    written = (name for effect in step.effects for name in fields_written_by(effect))
    return frozenset((*step.fields, *written))


def _fields_filled_before(definition: Definition) -> dict[str, frozenset[str]]:
    """Reachable state -> the fields that some path to it fills."""
    fields_by_state = {definition.start.state: _fields_filled_by(definition.start)}
    changed = [definition.start.state]
    while changed:
        state = changed.pop()
        for row in definition.transitions_by_source[state]:
            to = row.to or state
            after = fields_by_state[state] | _fields_filled_by(row)
            if to not in fields_by_state or not after <= fields_by_state[to]:
                fields_by_state[to] = fields_by_state.get(to, frozenset()) | after
                changed.append(to)
    return fields_by_state
