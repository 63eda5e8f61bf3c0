"""Finds processes that open each other for ever: a person who opened one of them would open them all, without
end.

Only what always happens counts: effects without a condition, of a start or of auto transitions whose guard
always holds. A cycle that depends on an answer is stopped at run time, by the limit on follow-ups.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.language.definition import Definition, Transition
from workflows.language.effect import ConvertEffect, Effect, OpenChildEffect
from workflows.language.expressions.expression import Expression
from workflows.language.findings import Findings, KeyPath
from workflows.language.forms.values import Values
from workflows.language.schedule_spec import Schedule
from workflows.sentence import Sentence

Opening = tuple[KeyPath, str]
"""The path of the effect, and the process that it opens or converts to."""


def check_opening_cycles(
    definition: Definition, definitions: Mapping[str, Definition], findings: Findings
) -> None:
    """Report openings by which opening one ticket always opens another of the same process, directly or
    through others."""
    for path, target in find_openings(definition):
        if circle := _shortest_chain(target, definition.name, definitions, frozenset()):
            findings.add(
                path,
                Sentence(
                    "opening-cycle",
                    "each one opens another, for ever: {walk}",
                    walk=" -> ".join((definition.name, *circle)),
                ),
            )


def check_opening_cycles_together(
    definitions: Mapping[str, Definition], findings_by_name: Mapping[str, Findings]
) -> None:
    """The same for all processes of a folder; a cycle is reported once, at the first of its processes by
    name."""
    for name in sorted(definitions):
        earlier = frozenset(other for other in definitions if other < name)
        for path, target in find_openings(definitions[name]):
            if circle := _shortest_chain(target, name, definitions, earlier):
                message = Sentence(
                    "opening-cycle",
                    "each one opens another, for ever: {walk}",
                    walk=" -> ".join((name, *circle)),
                )
                findings_by_name[name].add(path, message)


def find_multiplying_path(schedule: Schedule, definitions: Mapping[str, Definition]) -> tuple[str, ...]:
    """The processes from a ticket that is an item of a schedule, by what is always opened, to another item of
    it: every slot then opens more. Empty if there is no such path."""
    each = schedule.each
    if each is None or each.workflow is None or each.workflow not in definitions or each.where is not None:
        return ()
    if each.states and definitions[each.workflow].start.state not in each.states:
        return ()
    way = _shortest_chain(schedule.opens, each.workflow, definitions, frozenset())
    return (each.workflow, *way) if way else ()


def find_openings(definition: Definition) -> Iterator[Opening]:
    """What every ticket of the process always opens or is converted to."""
    start = definition.start
    yield from _openings_of(("start",), start.effects)
    state, seen = start.state, {start.state}
    while auto := always_next(definition, state):
        index, row = auto
        yield from _openings_of(("transitions", index), row.effects)
        if row.to is None or row.to in seen:
            return
        state = row.to
        seen.add(state)


def always_next(definition: Definition, state: str) -> tuple[int, Transition] | None:
    """The auto transition that is always taken from a state: its first one, if the guard always holds."""
    rows = ((i, row) for i, row in enumerate(definition.transitions) if row.auto and state in row.sources)
    first = next(rows, None)
    return first if first and first[1].guard is not None and certain(first[1].guard) else None


def certain(guard: Expression | None) -> bool:
    """Whether a guard always holds: there is none, or it uses no name."""
    return guard is None or (not guard.names and guard.holds(Values()).holds)


def _openings_of(path: KeyPath, effects: tuple[Effect, ...]) -> Iterator[Opening]:
    for index, effect in enumerate(effects):
        place = (*path, "effects", index)
        if effect.when is not None:
            continue
        if isinstance(effect, ConvertEffect):
            yield (*place, "convert"), effect.workflow
        elif isinstance(effect, OpenChildEffect) and effect.each is None and always_one(effect):
            yield (*place, "open"), effect.workflow


def always_one(effect: OpenChildEffect) -> bool:
    """Whether one of its rows, if it has any, is always opened."""
    return not effect.rows or any(row.when is None for row in effect.rows)


def _shortest_chain(
    start: str, to: str, definitions: Mapping[str, Definition], without: frozenset[str]
) -> tuple[str, ...] | None:
    """The shortest chain of openings between two processes, both included, that avoids some others."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start, *without}
    for way in ways:
        if way[-1] == to:
            return way
        target = definitions.get(way[-1])
        if target is None or target.start.guard is not None or way[-1] in without:
            continue
        for _, name in find_openings(target):
            if name == to or name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return None
