"""Directed graphs of states, as small as a process."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping

Edge = tuple[str, str]
"""From, to."""


class Graph:
    """Nodes and the edges between them, both in the order in which they were given."""

    def __init__(self, nodes: Iterable[str], edges: Iterable[Edge]) -> None:
        self._next: dict[str, dict[str, None]] = {node: {} for node in nodes}
        self._previous: dict[str, dict[str, None]] = {node: {} for node in self._next}
        for source, to in edges:
            self._next.setdefault(source, {})[to] = None
            self._next.setdefault(to, {})
            self._previous.setdefault(to, {})[source] = None
            self._previous.setdefault(source, {})

    def __contains__(self, node: object) -> bool:
        return node in self._next

    @property
    def edges(self) -> Iterator[Edge]:
        """All edges, each as the pair of its ends."""
        return ((source, to) for source, following in self._next.items() for to in following)

    def within(self, nodes: Collection[str]) -> Graph:
        """These nodes, in the order of this graph, and the edges between them."""
        chosen = frozenset(nodes)
        return Graph(
            (node for node in self._next if node in chosen),
            (edge for edge in self.edges if chosen.issuperset(edge)),
        )

    def descendants(self, starts: Iterable[str], without: Collection[str] = ()) -> frozenset[str]:
        """The starts, and what can be reached from them by ways that avoid the nodes `without`."""
        return _reach(self._next, starts, without)

    def ancestors(self, ends: Iterable[str], without: Collection[str] = ()) -> frozenset[str]:
        """The ends, and the nodes from which they can be reached."""
        return _reach(self._previous, ends, without)

    def distances(self, start: str, without: Collection[str] = ()) -> dict[str, int]:
        """The number of edges to each node that can be reached from the start, the nearest first."""
        return {node: len(path) - 1 for node, path in self._paths(start, without).items()}

    def shortest_path(self, start: str, to: str, without: Collection[str] = ()) -> list[str] | None:
        """A path with the fewest edges, of several the one whose edges were given first; None if there is
        none."""
        return self._paths(start, without).get(to)

    def groups(self) -> list[frozenset[str]]:
        """The nodes in groups that lead to each other (strongly connected components, by Kosaraju)."""
        found: list[frozenset[str]] = []
        grouped: set[str] = set()
        for node in reversed(self._finished()):
            if node not in grouped:
                found.append(self.ancestors([node], without=grouped))
                grouped |= found[-1]
        return found

    def _paths(self, start: str, without: Collection[str]) -> dict[str, list[str]]:
        if start in without:
            return {}
        paths = {start: [start]}
        waiting = deque([start])
        while waiting:
            node = waiting.popleft()
            for to in self._next.get(node, ()):
                if to not in paths and to not in without:
                    paths[to] = [*paths[node], to]
                    waiting.append(to)
        return paths

    def _finished(self) -> list[str]:
        """The nodes in the order in which a search in depth is done with them."""
        finished: list[str] = []
        seen: set[str] = set()
        for start in self._next:
            way = [] if start in seen else [(start, iter(self._next[start]))]
            seen.add(start)
            while way:
                node, following = way[-1]
                to = next((each for each in following if each not in seen), None)
                if to is None:
                    finished.append(node)
                    way.pop()
                else:
                    seen.add(to)
                    way.append((to, iter(self._next[to])))
        return finished


def _reach(
    arrows: Mapping[str, Iterable[str]], starts: Iterable[str], without: Collection[str]
) -> frozenset[str]:
    waiting = [*starts]
    seen = set(waiting)
    while waiting:
        for to in arrows.get(waiting.pop(), ()):
            if to not in seen and to not in without:
                seen.add(to)
                waiting.append(to)
    return frozenset(seen)
