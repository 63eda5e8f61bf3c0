"""Finds loops that nothing ends: of rows that fire by themselves, and of steps that nobody counts.

A loop of people is ordinary rework as long as it is up to them to leave it. It is endless where a force that
should end it reaches its first round only: a clock that has stopped by the second one, a count that the loop
passes by, a number that nothing raises. Conditions are not solved here: any may hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from workflows.language.checks.flow import Flow
from workflows.language.checks.graph import Graph
from workflows.language.checks.walk import write_walk
from workflows.language.definition import Definition, Transition
from workflows.language.effect import SetFieldEffect
from workflows.language.expressions.tree import Constant, FunctionCall, TreeNode, Variable, parts_of
from workflows.language.findings import Problem
from workflows.language.promise import ClockSpec
from workflows.sentence import Sentence

_AT_LEAST = ("_>=_", "_>_")


class LoopStep(NamedTuple):
    """A row, taken from one of its sources."""

    source: str
    to: str
    place: int
    row: Transition


def find_auto_cycles(definition: Definition, flow: Flow) -> Iterator[Problem]:
    """Rows that fire each other by themselves, `auto` ones or pulled by a clock, for ever."""
    auto = [edge for edge in _edges(definition) if edge.row.auto]
    for loop in _loops(auto):
        message = Sentence("auto-cycle", "`auto` rows could go round for ever: {path}", path=_walk(loop))
        yield Problem(("transitions", loop[0].place), message, walk=write_walk(definition, loop[0].source))
    clocked = [edge for edge in _edges(definition) if _fires_by_clock(definition, flow, edge)]
    counters = _counters(definition)
    alone = [edge for edge in (*auto, *clocked) if not _counts(edge.row, counters)]
    for loop in _loops(alone):
        if not all(edge.row.auto for edge in loop):
            pattern = "the clock goes round for ever, and no person has to do anything: {path}"
            yield Problem(("transitions", loop[0].place), Sentence("endless-loop", pattern, path=_walk(loop)))


def find_endless_loops(definition: Definition, flow: Flow) -> Iterator[Problem]:
    """Loops of people from which a clock or a count should lead, and does not in every round."""
    counters = _counters(definition)
    edges = [edge for edge in _edges(definition) if not edge.row.auto]
    uncounted = [edge for edge in edges if not _counts(edge.row, counters)]
    for loop in _loops(uncounted):
        states = {edge.source for edge in loop}
        if clock := _lost_clock(definition, flow, states):
            last = max(loop, key=lambda edge: edge.place)
            message = Sentence(
                "endless-loop",
                "{path} can go round for ever: nothing in it counts, and the clock {clock!r}, which "
                'would end it, has stopped after the first round; count the rounds: `visits("{state}") < 2`',
                path=_walk(loop),
                clock=clock.name,
                state=last.to,
            )
            yield Problem(("transitions", last.place), message, walk=write_walk(definition, last.source))
    yield from _uncounted_rows(edges, counters)
    yield from _unraised_numbers(definition, edges)


def _edges(definition: Definition) -> list[LoopStep]:
    return [
        LoopStep(source, row.to, index, row)
        for index, row in enumerate(definition.transitions)
        if row.to
        for source in row.sources
    ]


def _loops(edges: list[LoopStep]) -> Iterator[list[LoopStep]]:
    """A shortest loop of each group of states that lead to each other, from its first row in the file."""
    first_of = {(edge.source, edge.to): edge for edge in reversed(edges)}
    graph = Graph((), ((edge.source, edge.to) for edge in edges))
    for group in graph.groups():
        within = graph.within(group)
        rows = [first_of[pair] for pair in within.edges]
        if not rows:  # a state that leads nowhere in these rows, not even to itself
            continue
        first = min(rows, key=lambda edge: edge.place)
        way = within.shortest_path(first.to, first.source)
        assert way is not None, first
        back = [first_of[pair] for pair in pairwise([*way, first.to])]
        yield [back[-1], *back[:-1]]


def _walk(loop: list[LoopStep]) -> str:
    words = [loop[0].source]
    for edge in loop:
        words += [edge.row.trigger, edge.to]
    return " -> ".join(words)


def _fires_by_clock(definition: Definition, flow: Flow, edge: LoopStep) -> bool:
    """Whether a clock that runs in the source pulls the row's trigger."""
    if "clock" not in edge.row.roles:
        return False
    spanning = (
        clock.escalation
        for clock in definition.clocks.values()
        if edge.source in flow.states_between(clock.starts, clock.stops)
    )
    escalations = (definition.states[edge.source].escalation, *spanning)
    return any(name and edge.row.trigger in _fired(definition, name) for name in escalations)


def _fired(definition: Definition, policy: str) -> set[str]:
    return {level.fire for level in definition.policies[policy].levels if level.fire}


def _counters(definition: Definition) -> frozenset[str]:
    """The fields that a step raises: their own value is part of the new one."""
    effects = (effect for row in definition.transitions for effect in row.effects)
    return frozenset(
        effect.field
        for effect in effects
        if isinstance(effect, SetFieldEffect) and effect.field in effect.value.names
    )


def _counts(row: Transition, counters: frozenset[str]) -> bool:
    return row.guard is not None and bool(row.guard.visited_states or row.guard.names & counters)


def _lost_clock(definition: Definition, flow: Flow, loop: set[str]) -> ClockSpec | None:
    """A clock that would end the loop by a trigger, stops in it, and is not started again."""
    for clock in definition.clocks.values():
        forces = clock.escalation is not None and _fired(definition, clock.escalation)
        if not forces or clock.restarts or loop & set(clock.starts) or not loop & set(clock.stops):
            continue
        if loop & flow.states_between(clock.starts, clock.stops):
            return clock
    return None


def _uncounted_rows(edges: list[LoopStep], counters: frozenset[str]) -> Iterator[Problem]:
    """Rows that lead back without counting, where a later row of their trigger waits for a count."""
    for edge in edges:
        if edge.to != edge.source or _counts(edge.row, counters):
            continue
        for other in edges:
            same = other.source == edge.source and other.row.trigger == edge.row.trigger
            if same and other.place > edge.place and other.to != edge.to and _counts(other.row, counters):
                pattern = (
                    "{trigger!r} leads back to {state!r} for ever: it does not count, so the row in line "
                    "{line} has no turn"
                )
                trigger, line = edge.row.trigger, other.row.line
                message = Sentence("endless-loop", pattern, trigger=trigger, state=edge.to, line=line)
                yield Problem(("transitions", edge.place), message)
                break


def _unraised_numbers(definition: Definition, edges: list[LoopStep]) -> Iterator[Problem]:
    """Counts that a guard waits for, of a number that steps only set anew and no step raises."""
    set_only = _set_only(definition)
    reported: set[str] = set()
    for index, row in enumerate(definition.transitions):
        for name, least in _thresholds(row.guard.tree) if row.guard else ():
            if name in reported or name not in set_only or max(set_only[name]) >= least:
                continue
            reported.add(name)
            circling = [e for e in edges if e.source == e.to and e.source in row.sources]
            place = circling[0].place if circling else index
            pattern = "nothing counts: {trigger!r} waits until {name!r} is {least}, and no step adds to it"
            message = Sentence("endless-loop", pattern, trigger=row.trigger, name=name, least=least)
            yield Problem(("transitions", place), message)


def _set_only(definition: Definition) -> dict[str, list[Decimal]]:
    """The fields that no form asks for and steps set to constant numbers only, with these."""
    steps = (definition.start, *definition.transitions)
    asked = {name for step in steps for name in step.fields}
    values: dict[str, list[Decimal]] = {}
    for step in steps:
        for effect in step.effects:
            if isinstance(effect, SetFieldEffect):
                number = _number(effect.value.tree)
                values.setdefault(effect.field, []).append(Decimal("Infinity") if number is None else number)
    return {name: found for name, found in values.items() if name not in asked}


def _thresholds(node: TreeNode) -> Iterator[tuple[str, Decimal]]:
    """`attempts >= 3` anywhere in a condition: the name and the number."""
    match node:
        case FunctionCall(function=function, arguments=(Variable(key=name), right)):
            least = _number(right)
            if function in _AT_LEAST and least is not None:
                yield name, least
    for part in parts_of(node):
        yield from _thresholds(part)


def _number(node: TreeNode) -> Decimal | None:
    if isinstance(node, Constant) and isinstance(node.value, int | Decimal) and node.value is not True:
        return Decimal(node.value)
    return None
