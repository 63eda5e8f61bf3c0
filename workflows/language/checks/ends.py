"""Checks that every state is reached, and that a ticket comes from it to a good end: closed or converted, not
only cancelled or merged."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.language.checks.flow import Flow
from workflows.language.checks.walk import write_walk
from workflows.language.definition import Category, Definition
from workflows.language.effect import ConvertEffect
from workflows.language.findings import Problem
from workflows.sentence import Sentence


def find_unreachable_states(definition: Definition, flow: Flow) -> Iterator[Problem]:
    """States that no walk reaches. Nothing is told of those that only such states lead to, nor of ends where
    walks do not come to one: that is told then."""
    stuck = flow.reachable - flow.states_leading_to(_good_ends(definition) & flow.reachable)
    waiting = {name for name in stuck if not definition.states[name].category.ended}
    for name in flow.first_of(definition.states.keys() - flow.reachable):
        if waiting and definition.states[name].category.ended:
            continue
        pattern = "no walk from {start!r} reaches {state!r}"
        message = Sentence("unreachable", pattern, start=definition.start.state, state=name)
        yield Problem(("states", name), message)


def find_dead_ends(definition: Definition, flow: Flow) -> Iterator[Problem]:
    """States from which no end can be reached; of those that lead to such a state, nothing is told."""
    for name in flow.last_of(flow.reachable - flow.states_that_end):
        pattern = "dead end: from {state!r} no end can be reached; {path}"
        message = Sentence("dead-end", pattern, state=name, path=flow.shortest_path(name))
        yield Problem(("states", name), message, walk=write_walk(definition, name))


def find_bad_ends(definition: Definition, flow: Flow) -> Iterator[Problem]:
    """States from which a ticket can only be cancelled or merged, where the process has a better end."""
    good = _good_ends(definition)
    bad = flow.reachable - flow.states_leading_to(good)
    going = {name for name in bad if not definition.states[name].category.ended}
    for name in flow.last_of(going):
        if name not in flow.states_that_end:  # that is a dead end, and said already
            continue
        pattern = "from {state!r} a ticket can only be cancelled: no walk leads to a closed state; {path}"
        message = Sentence("no-good-end", pattern, state=name, path=flow.shortest_path(name))
        yield Problem(("states", name), message, walk=write_walk(definition, name))


def _good_ends(definition: Definition) -> frozenset[str]:
    """The closed states, and those from which a ticket goes on as one of another process."""
    closed = {name for name, each in definition.states.items() if each.category is Category.CLOSED}
    converting = {
        source
        for row in definition.transitions
        if any(isinstance(effect, ConvertEffect) for effect in row.effects)
        for source in row.sources
    }
    return frozenset(closed | converting)
