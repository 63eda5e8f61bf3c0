"""Open parents that a change would strand: what their version expects of a child, no new child has.

Their children are opened by the version in force, so a parent that stays on its version meets every new
version of a child. A parent counts only if it can still come to the step that expects something, and to one
that opens such a child.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from workflows.gate.callers import LazyPlaces
from workflows.gate.change import Group, ProcessChange
from workflows.gate.child_states import find_wanted_states
from workflows.language.checks.flow import Flow
from workflows.language.checks.references import check_references
from workflows.language.checks.relatives import workflows_opened_under
from workflows.language.definition import Definition, Transition
from workflows.language.effect import AmendChildrenEffect, FireRelativesEffect, OpenChildEffect
from workflows.language.files.source import SourceFile
from workflows.language.findings import Finding, Findings, KeyPath
from workflows.sentence import Sentence

Definitions = Mapping[str, Definition]


@dataclass(frozen=True)
class OpenParent:
    """A version of a process with open tickets, and its text."""

    definition: Definition
    text: str
    group: Group

    @cached_property
    def source(self) -> SourceFile:
        """The text of the parent's version, under a name such as `complaint@3`."""
        return SourceFile(self.text, f"{self.definition.name}@{self.definition.version}")

    @cached_property
    def _flow(self) -> Flow:

        return Flow(self.definition)

    @cached_property
    def ahead(self) -> frozenset[str]:
        """The states in which its open tickets stand, and those that they can reach."""
        return self._flow.states_from(each.state for each in self.group)

    def rows_ahead(self) -> Iterator[tuple[int, Transition]]:
        """The rows that some of them may still take."""
        for index, row in enumerate(self.definition.transitions):
            if not self.ahead.isdisjoint(row.sources):
                yield index, row

    @cached_property
    def links_ahead(self) -> frozenset[str]:
        """The links under which some of them may still get children."""
        opened = {
            effect.link
            for _, row in self.rows_ahead()
            for effect in row.effects
            if isinstance(effect, OpenChildEffect)
        }
        return frozenset(opened | set(self.definition.links))

    def before(self, row: Transition) -> Group:
        """Those of them that may still take the row."""
        ahead = self._flow.states_from
        states = [each.state for each in self.group if not ahead([each.state]).isdisjoint(row.sources)]
        return self.group.in_states(states)


def find_stranded(
    changes: Mapping[str, ProcessChange], parent: OpenParent, before: Definitions, after: Definitions
) -> Iterator[Finding]:
    """An error for each step of a parent that was possible and would not be any more; at the parent's line in
    its own version."""
    yield from _find_lost_states(changes, parent, before, after)
    yield from _find_refused_steps(parent, before, after)


def _find_lost_states(
    changes: Mapping[str, ProcessChange], parent: OpenParent, before: Definitions, after: Definitions
) -> Iterator[Finding]:
    """Guards that wait for a child to be in a state that no new one can be in."""
    for index, row in parent.rows_ahead():
        for link, wanted in find_wanted_states(row.guard) if row.guard else ():
            children = workflows_opened_under(parent.definition, link)
            if link not in parent.links_ahead or changes.keys().isdisjoint(children):
                continue
            had = wanted & _states(children, before)
            if had and not had & _states(children, after):
                facts = {
                    "child": " or ".join(map(repr, sorted(children))),
                    "state": " or ".join(map(repr, sorted(had))),
                }
                yield _strand(parent, ("transitions", index, "guard"), row, _WAITS, facts)


def _states(names: frozenset[str], definitions: Definitions) -> frozenset[str]:
    return frozenset(state for name in names if name in definitions for state in definitions[name].states)


def _find_refused_steps(parent: OpenParent, before: Definitions, after: Definitions) -> Iterator[Finding]:
    """Steps that open, fire or amend what will not take it."""
    found = _references(parent, after)
    if not found:
        return
    known = {(each.path, each.message) for each in _references(parent, before)}
    rows = dict(parent.rows_ahead())
    steps = {str(index): row for index, row in rows.items()}
    for each in found:
        parts = each.path.split("/")
        row = steps.get(parts[1]) if parts[0] == "transitions" else None
        if row is not None and (each.path, each.message) not in known and _matters(parent, row, parts):
            path: KeyPath = tuple(int(part) if part.isdigit() else part for part in parts)
            yield _strand(parent, path, row, _REFUSED, {"why": each.message})


def _references(parent: OpenParent, definitions: Definitions) -> tuple[Finding, ...]:
    report = Findings(LazyPlaces(parent.source.file, lambda: parent.source))
    check_references(parent.definition, definitions, definitions.keys(), report)
    return report.in_file_order


def _matters(parent: OpenParent, row: Transition, parts: list[str]) -> bool:
    """Whether the step concerns children that may still be opened."""
    if len(parts) < 4 or parts[2] != "effects":
        return True
    effect = row.effects[int(parts[3])]
    match effect:
        case AmendChildrenEffect(link=link) | FireRelativesEffect(on=link):
            return link in parent.links_ahead
    return True


_WAITS = (
    "'{trigger}' waits until {child} is {state}, which is gone; open tickets on version {version} that would"
    " not get on: {count}{numbers}; keep what they need, or move them by a plan"
)
_REFUSED = (
    "'{trigger}' would be refused: {why}; open tickets on version {version} that would not get on:"
    " {count}{numbers}; keep what they need, or move them by a plan"
)


def _strand(
    parent: OpenParent, path: KeyPath, row: Transition, pattern: str, facts: Mapping[str, str]
) -> Finding:
    group = parent.before(row)
    said = Sentence(
        "strands-parent",
        pattern,
        trigger=row.trigger,
        workflow=parent.definition.name,
        version=parent.definition.version,
        count=group.count,
        numbers=group.named,
        **facts,
    )
    line, column = parent.source.locate(path, key=True)
    return Finding.of(said, parent.source.file, line, column, path=path)
