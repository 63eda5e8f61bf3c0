"""The graph of a process's states says what comes out when every way is walked."""

from __future__ import annotations

from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as some

from workflows.language.checks.graph import Graph

NODES = "abcdef"
edges = some.lists(some.tuples(some.sampled_from(NODES), some.sampled_from(NODES)), max_size=14)
nodes = some.sampled_from(NODES)


def ways(drawn: list[tuple[str, str]], avoided: set[str]) -> dict[tuple[str, str], int]:
    """The length of the shortest way between any two nodes that avoids some, by Floyd and Warshall."""
    found = {(node, node): 0 for node in NODES if node not in avoided}
    found |= {(source, to): 1 for source, to in drawn if source != to and not {source, to} & avoided}
    for middle, source, to in product(NODES, repeat=3):
        if (source, middle) in found and (middle, to) in found:
            length = found[source, middle] + found[middle, to]
            found[source, to] = min(length, found.get((source, to), length))
    return found


@given(edges, nodes, some.sets(nodes, max_size=2))
def test_what_can_be_reached_is_what_a_way_leads_to(
    drawn: list[tuple[str, str]], start: str, avoided: set[str]
) -> None:
    avoided.discard(start)
    known, graph = ways(drawn, avoided), Graph(NODES, drawn)
    assert graph.descendants([start], avoided) == {to for source, to in known if source == start}
    assert graph.ancestors([start], avoided) == {source for source, to in known if to == start}


@given(edges, nodes, nodes, some.sets(nodes, max_size=2))
def test_a_shortest_path_is_a_way_and_none_is_shorter(
    drawn: list[tuple[str, str]], start: str, end: str, avoided: set[str]
) -> None:
    known, graph = ways(drawn, avoided), Graph(NODES, drawn)
    path = graph.shortest_path(start, end, avoided)
    assert (path is None) == ((start, end) not in known)
    if path is not None:
        assert (path[0], path[-1], len(path) - 1) == (start, end, known[start, end])
        assert {*pairwise(path)} <= {*drawn}
        assert not avoided & {*path}
        assert graph.distances(start, avoided)[end] == known[start, end]


@given(edges)
def test_a_group_is_who_leads_to_each_other(drawn: list[tuple[str, str]]) -> None:
    known, groups = ways(drawn, set()), Graph(NODES, drawn).groups()
    assert sorted(node for group in groups for node in group) == sorted(NODES)
    for group in groups:
        for node, other in product(group, NODES):
            assert (other in group) == ((node, other) in known and (other, node) in known)


def test_of_two_paths_of_one_length_that_is_taken_which_was_given_first() -> None:
    graph = Graph((), [("a", "c"), ("a", "b"), ("b", "d"), ("c", "d")])
    assert graph.shortest_path("a", "d") == ["a", "c", "d"]


def test_a_part_of_a_graph_has_the_edges_between_its_nodes() -> None:
    part = Graph("abc", [("a", "b"), ("b", "c"), ("c", "a")]).within(["c", "a"])
    assert ["a" in part, "b" in part, [*part.edges]] == [True, False, [("c", "a")]]


def test_a_long_chain_is_grouped_without_recursion() -> None:
    names = [f"s{number}" for number in range(2_000)]
    assert len(Graph(names, pairwise(names)).groups()) == 2_000
