"""The paths that a process allows: which states can be reached, and from which a ticket can end."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property
from itertools import pairwise

from workflows.language.checks.graph import Graph
from workflows.language.definition import Definition, PassesInvariant


class Flow:
    """The states of a definition as a graph. Guards and rights are ignored: any may be satisfied."""

    def __init__(self, definition: Definition) -> None:
        self._definition = definition
        self._start = definition.start.state
        rows = [(source, row.to) for row in definition.transitions for source in row.sources if row.to]
        self._rows = Graph(definition.states, rows)
        self._graph = self._rows
        if definition.merge is not None:
            to, states = definition.merge.to, definition.states.items()
            merging = ((name, to) for name, each in states if not each.category.ended)
            self._graph = Graph(definition.states, [*rows, *merging])

    @cached_property
    def reachable(self) -> frozenset[str]:
        """The states that a ticket can reach."""
        return self._graph.descendants([self._start])

    @cached_property
    def states_that_end(self) -> frozenset[str]:
        """The states from which a ticket can reach an end."""
        states = self._definition.states.items()
        return self._graph.ancestors(name for name, state in states if state.category.ended)

    def states_leading_to(self, ends: Iterable[str]) -> frozenset[str]:
        """The states from which the rows lead to one of `ends`, and these themselves."""
        return self._rows.ancestors(ends)

    def first_of(self, states: Collection[str]) -> tuple[str, ...]:
        """Of the states, those where one would begin to look: one of each group that lead to each other, if
        no other of the states leads to it."""
        graph = self._rows.within(states)
        order = list(self._definition.states)
        heads = (group for group in graph.groups() if graph.ancestors(group) == group)
        return tuple(min(group, key=order.index) for group in heads)

    def last_of(self, states: Collection[str]) -> tuple[str, ...]:
        """Of the reachable states, those where a walk is stuck: of each group that lead to each other, if it
        leads to no other of the states, the one furthest from the start."""
        graph = self._rows.within(states)
        tails = (group for group in graph.groups() if graph.descendants(group) == group)
        return tuple(max(sorted(group), key=self._distances.__getitem__) for group in tails)

    @cached_property
    def _distances(self) -> dict[str, int]:
        """How many steps each reachable state is away from the start."""
        return self._graph.distances(self._start)

    def states_from(self, states: Iterable[str]) -> frozenset[str]:
        """These states, and those that can be reached from them."""
        return self._graph.descendants(state for state in states if state in self._graph)

    def shortest_path(self, to: str) -> str:
        """The shortest path to a reachable state, in words: `registered -> classify -> classified`."""
        path = self._graph.shortest_path(self._start, to)
        assert path is not None, to
        return self._format_path(path)

    def path_avoiding(self, rule: PassesInvariant) -> str | None:
        """A path to `before` that avoids `passes`, in words; None if there is none."""
        if self._start == rule.passes or rule.passes == rule.before:
            return None
        path = self._graph.shortest_path(self._start, rule.before, without={rule.passes})
        return self._format_path(path) if path else None

    def states_between(self, starts: Iterable[str], stops: Iterable[str]) -> frozenset[str]:
        """The states in which a clock with these `starts` and `stops` may run."""
        ended = {name for name, state in self._definition.states.items() if state.category.ended}
        stopping = (set(stops) | ended) - set(starts)
        begins = [state for state in starts if state not in ended]
        return self._graph.descendants(begins, without=stopping)

    def _format_path(self, states: list[str]) -> str:
        """A path in words: the states with the triggers between them."""
        words = [states[0]]
        for source, to in pairwise(states):
            rows = self._definition.transitions_by_source[source]
            words += [next(row.trigger for row in rows if row.to == to), to]
        return " -> ".join(words)
