"""Plans for the open tickets that would lose something by a change, or wait in vain: proposed with the
findings, to be read and mended."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from workflows.gate.change import ProcessChange, Usage
from workflows.language.definition import Definition
from workflows.language.findings import Finding
from workflows.language.migrations.families import OlderTickets, group_families
from workflows.language.migrations.propose import propose_plan

HELPED = frozenset(
    {"removed-state", "removed-trigger", "removed-field", "type-with-data", "option-in-use", "rollback"}
)
"""The codes of what is said of open tickets that a plan can help."""


def needs_plan(findings: Iterable[Finding]) -> bool:
    """Whether a plan helps the open tickets of whom this is said."""
    return any(each.code in HELPED for each in findings)


def find_plans(
    names: Collection[str],
    changes: Mapping[str, ProcessChange],
    usage: Usage,
    newest: Mapping[str, Definition],
    in_use: Mapping[str, Mapping[int, Definition]],
) -> Iterator[tuple[tuple[str, ...], str]]:
    """For each of these processes, with those that have to move together with it: their names and the plan.

    newest  the definitions as they would be in force
    in_use  process -> the versions on which tickets are open
    """
    tickets = {
        name: found
        for name in sorted(changes.keys() | set(names))
        if name in newest and (found := _older_tickets(newest[name], in_use.get(name, {}), usage)) is not None
    }
    for group in group_families(tickets):
        if not set(names).isdisjoint(group):
            yield group, propose_plan([tickets[name] for name in group])


def _older_tickets(new: Definition, in_use: Mapping[int, Definition], usage: Usage) -> OlderTickets | None:
    olds = [
        old
        for version, old in sorted(in_use.items())
        if old.digest != new.digest and usage.of(new.name, [version]).count
    ]
    versions = [old.version for old in olds]
    standing = frozenset(each.state for each in usage.of(new.name, versions) if each.count)
    return OlderTickets(olds, new, standing) if olds else None
