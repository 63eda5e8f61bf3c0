"""The walks a process allows: which states can be reached, and from where an end can."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise
from typing import Any

import networkx as nx

from workflows.language.definition import Definition, Passes


class Flow:
    """The states of a definition as a graph. Any guard may hold, any right be somebody's."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._start = definition.start.state
        self._graph: Any = nx.DiGraph()
        self._graph.add_nodes_from(definition.states)
        for row in definition.transitions:
            self._graph.add_edges_from((source, row.to) for source in row.sources if row.to)

    @cached_property
    def reachable(self) -> frozenset[str]:
        """The states that a ticket can come to."""
        return frozenset(nx.descendants(self._graph, self._start)) | {self._start}

    @cached_property
    def ending(self) -> frozenset[str]:
        """The states from which an end can be reached."""
        ends = [name for name, state in self._definition.states.items() if state.category.ended]
        return frozenset(ends).union(*(nx.ancestors(self._graph, end) for end in ends))

    def path(self, to: str) -> str:
        """The shortest walk to a state that can be reached: `registered -> classify -> classified`."""
        return self._told(nx.shortest_path(self._graph, self._start, to))

    def around(self, rule: Passes) -> str | None:
        """A walk that comes to `before` without `passes`, if there is one."""
        if self._start == rule.passes or rule.passes == rule.before:
            return None
        without = nx.restricted_view(self._graph, [rule.passes], [])
        if not nx.has_path(without, self._start, rule.before):
            return None
        return self._told(nx.shortest_path(without, self._start, rule.before))

    def running(self, starts: Iterable[str], stops: Iterable[str]) -> frozenset[str]:
        """The states in which a clock may run that is started and stopped by these."""
        ended = {name for name, state in self._definition.states.items() if state.category.ended}
        stopping = (set(stops) | ended) - set(starts)
        without = nx.restricted_view(self._graph, sorted(stopping), [])
        begins = [state for state in starts if state not in ended]
        return frozenset(begins).union(*(nx.descendants(without, state) for state in begins))

    def _told(self, states: list[str]) -> str:
        """A walk in words, each step by its trigger."""
        words = [states[0]]
        for source, to in pairwise(states):
            rows = self._definition.by_source[source]
            words += [next(row.trigger for row in rows if row.to == to), to]
        return " -> ".join(words)
