"""Which processes have to move together: one of them would wait in vain for what the other has no longer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from workflows.language.checks.family_contract import find_unmet, find_unmet_above
from workflows.language.checks.relatives import workflows_opened_under
from workflows.language.definition import Definition


class OlderTickets(NamedTuple):
    """The open tickets of a process on older versions: these, the version they are to move to, and the states
    in which they stand."""

    olds: Sequence[Definition]
    new: Definition
    standing: frozenset[str]


def group_families(tickets: Mapping[str, OlderTickets]) -> tuple[tuple[str, ...], ...]:
    """The names of the processes, in groups that move by one plan; parents come before their children."""
    groups: list[list[str]] = []
    for name in sorted(tickets, key=lambda each: (-_count_below(each, tickets), each)):
        near = [group for group in groups if any(_is_bound(tickets[name], tickets[each]) for each in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(each for group in near for each in group), name])
    return tuple(map(tuple, sorted(groups)))


def _count_below(name: str, tickets: Mapping[str, OlderTickets]) -> int:
    """How many of the others it opens."""
    new = tickets[name].new
    return sum(bool(_links(new, other)) for other in tickets if other != name)


def _is_bound(one: OlderTickets, other: OlderTickets) -> bool:
    return any(
        _breaks(parent, child, link)
        for parent, child in ((one, other), (other, one))
        for link in _links(parent.new, child.new.name)
    )


def _links(parent: Definition, child: str) -> frozenset[str]:
    return frozenset(each for each in parent.known_links if child in workflows_opened_under(parent, each))


def _breaks(parent: OlderTickets, child: OlderTickets, link: str) -> bool:
    """Whether one of the two, moved alone, would miss what it finds now."""
    return any(
        find_unmet(parent.new, link, below) - find_unmet(above, link, below)
        or find_unmet(above, link, child.new) - find_unmet(above, link, below)
        or find_unmet_above(child.new, above) - find_unmet_above(below, above)
        or find_unmet_above(below, parent.new) - find_unmet_above(below, above)
        for above in parent.olds
        for below in child.olds
    )
