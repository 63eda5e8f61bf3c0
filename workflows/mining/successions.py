"""Which activity follows which in a log: all that is frequent enough, and as much more as is needed to come
from the beginning to each activity, and from each to an end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

from workflows.mining.event_log import EventLog

BEGIN = ""
"""In the place of the activity before the first."""
END = "\0"
"""In the place of the activity after the last."""

Pair = tuple[str, str]


def count_pairs(log: EventLog) -> Counter[Pair]:
    """How often the second follows the first, BEGIN and END included."""
    return Counter(
        pair for trace in log.traces for pair in pairwise((BEGIN, *(event.activity for event in trace), END))
    )


def choose_pairs(pairs: Mapping[Pair, int], least: float) -> frozenset[Pair]:
    """Those that occur at least so often, and the most frequent ones by which everything hangs together."""
    frequent = {pair for pair, count in pairs.items() if count >= least}
    backwards = {(second, first): count for (first, second), count in pairs.items()}
    leading_back = {(first, second) for second, first in _widest_tree(backwards, END)}
    return frozenset(frequent | _widest_tree(pairs, BEGIN) | leading_back)


def reaches_all(pairs: Mapping[Pair, int]) -> bool:
    """Whether everything can come after BEGIN."""
    reached = {second for _, second in _widest_tree(pairs, BEGIN)}
    return {name for pair in pairs for name in pair} - {BEGIN} <= reached


def _widest_tree(pairs: Mapping[Pair, int], root: str) -> set[Pair]:
    """The pairs of a tree from the root to everything, the most frequent one first (Prim)."""
    waiting = sorted(pairs, key=lambda pair: (-pairs[pair], pair))
    reached, tree = {root}, set[Pair]()
    while found := next((p for p in waiting if p[0] in reached and p[1] not in reached), None):
        reached.add(found[1])
        tree.add(found)
    return tree
