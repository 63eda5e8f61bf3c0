"""Judges a definition that could be read: does every walk end, is nothing unwatched, do the invariants hold.

Reading answers "can this be understood", checking "would this work". A finding names a walk that shows it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import networkx as nx

from workflows.language.building.crossing import check_crossings
from workflows.language.building.filling import unasked, unfilled
from workflows.language.building.wording import unworded
from workflows.language.checking.flow import Flow
from workflows.language.checking.watch import Finding, unclocked, unheard, uninformed, unowned
from workflows.language.definition import Definition, Passes
from workflows.language.problems import Path, Places, Problem, Report


def check(
    definition: Definition, known: Mapping[str, Definition] | None = None, source: Places | None = None
) -> tuple[Problem, ...]:
    """Everything that would go wrong. With `known` also what it says of other processes is judged;
    `source`, which reading gives, tells the places."""
    report = Report(source or _Unplaced(definition))
    flow = Flow(definition)
    for path, message in _errors(definition, flow):
        report.add(path, message, key=True)
    for path, message in _warnings(definition, flow):
        report.warn(path, message)
    if known is not None:
        together = {**known, definition.name: definition}
        check_crossings(definition, together, together.keys(), report)
    return report.problems


def _errors(definition: Definition, flow: Flow) -> Iterator[Finding]:
    yield from _unreachable(definition, flow)
    yield from _dead_ends(definition, flow)
    yield from _broken(definition, flow)
    yield from _shadowed(definition)
    yield from unowned(definition, flow)
    yield from unheard(definition, flow)
    yield from unworded(definition)


def _warnings(definition: Definition, flow: Flow) -> Iterator[Finding]:
    yield from unclocked(definition, flow)
    yield from unfilled(definition)
    yield from unasked(definition)
    yield from uninformed(definition)
    yield from _circling(definition)


def _unreachable(definition: Definition, flow: Flow) -> Iterator[Finding]:
    for name in definition.states:
        if name not in flow.reachable:
            yield ("states", name), f"no walk from {definition.start.state!r} reaches {name!r}"


def _dead_ends(definition: Definition, flow: Flow) -> Iterator[Finding]:
    for name in definition.states:
        if name in flow.reachable and name not in flow.ending:
            yield ("states", name), f"dead end: from {name!r} no end can be reached; {flow.path(name)}"


def _broken(definition: Definition, flow: Flow) -> Iterator[Finding]:
    """Invariants that some walk does not keep."""
    for index, rule in enumerate(definition.invariants):
        if isinstance(rule, Passes) and (walk := flow.around(rule)):
            yield (
                ("invariants", index),
                f"{rule.before!r} can be reached without passing {rule.passes!r}: {walk}",
            )


def _shadowed(definition: Definition) -> Iterator[Finding]:
    """Rows that are never tried: for all who may take them, an earlier row of the trigger always holds."""
    always: dict[tuple[str, str], dict[str, int]] = {}
    for index, row in enumerate(definition.transitions):
        for source in row.sources:
            held = always.setdefault((row.trigger, source), {})
            if row.roles and held.keys() >= set(row.roles):
                first = held[row.roles[0]]
                earlier = definition.transitions[first].line
                where = f"the row in line {earlier}" if earlier else f"row {first + 1}"
                yield (
                    ("transitions", index),
                    f"{row.trigger!r} from {source!r} never comes to this row: {where} has no guard",
                )
            elif row.guard is None:
                held |= {role: index for role in row.roles if role not in held}


def _circling(definition: Definition) -> Iterator[Finding]:
    """`auto` rows that could chase each other."""
    graph = nx.DiGraph()
    rows = [(index, row) for index, row in enumerate(definition.transitions) if row.auto and row.to]
    for index, row in rows:
        graph.add_edges_from((source, row.to, {"index": index}) for source in row.sources)
    for knot in nx.strongly_connected_components(graph):
        if len(knot) > 1:
            circle = [source for source, _ in nx.find_cycle(graph.subgraph(knot))]
            walk = " -> ".join([*circle, circle[0]])
            index = graph.edges[circle[0], circle[1]]["index"]
            yield ("transitions", index), f"`auto` rows could go round for ever: {walk}"


class _Unplaced:
    """Where things stand in a definition whose text is not at hand: only its rows know."""

    def __init__(self, definition: Definition) -> None:
        self.file = definition.name
        self._definition = definition

    def locate(self, path: Path, **_: object) -> tuple[int, int]:
        """The line of a row or a scenario; 0 for everything else."""
        match path:
            case ("transitions", int(index), *_):
                return self._definition.transitions[index].line, 1
            case ("scenarios", int(index), *_):
                return self._definition.scenarios[index].line, 1
        return 0, 0

    def home(self, _: Path) -> str:
        """The one name it is known by."""
        return self.file
