"""Checks a definition: every path ends, no state is without owner and clock, the invariants hold.

Loading a file answers "can this be read?", checking it "would this work?". A finding shows a path as its
proof.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from workflows.language.builder.translations import find_untranslated
from workflows.language.checks.company_numbers import find_short_numbering
from workflows.language.checks.ends import find_bad_ends, find_dead_ends, find_unreachable_states
from workflows.language.checks.fillable import find_unfilled_fields, find_unfilled_guards
from workflows.language.checks.flow import Flow
from workflows.language.checks.guard_reasons import find_unexplained_guards
from workflows.language.checks.guards.conditions import find_idle_conditions
from workflows.language.checks.guards.find import GuardFindings
from workflows.language.checks.loops import find_auto_cycles, find_endless_loops
from workflows.language.checks.personal import find_leaks
from workflows.language.checks.promises import find_absurd_promises, find_wrong_calendar
from workflows.language.checks.references import check_references
from workflows.language.checks.separation import find_broken_separations
from workflows.language.checks.titles import find_same_titles
from workflows.language.checks.watch import (
    PathMessage,
    find_silent_levels,
    find_unclocked_states,
    find_uninformed_roles,
    find_unowned_states,
)
from workflows.language.definition import Definition, PassesInvariant
from workflows.language.findings import Finding, Findings, KeyPath, Problem, Severity, SourceLocator
from workflows.language.forms.field import LANGUAGES
from workflows.sentence import Sentence

_CUT_OFF = {"unreachable", "dead-end", "no-good-end"}  # warnings would only follow from these


def check(
    definition: Definition,
    definitions: Mapping[str, Definition] | None = None,
    source: SourceLocator | None = None,
    languages: Sequence[str] = LANGUAGES,
) -> tuple[Finding, ...]:
    """Everything that would go wrong. With `known`, references to other processes are checked too; with
    `source`, from loading, findings have a line and a column. Texts are asked for in the `languages`."""

    report = Findings(source or _DefinitionLocator(definition))
    flow = Flow(definition)
    guards = GuardFindings(definition)
    for found in _errors(definition, flow, guards, languages):
        report.add_problem(Problem(*found))
    if not {each.code for each in report.in_file_order} & _CUT_OFF:
        for found in _warnings(definition, flow, guards, languages):
            if found[0] not in guards.paths:
                report.add_problem(Problem(*found), Severity.WARNING)
    if definitions is not None:
        together = {**definitions, definition.name: definition}
        check_references(definition, together, together.keys(), report)
    return report.in_file_order


def _errors(
    definition: Definition, flow: Flow, guards: GuardFindings, languages: Sequence[str]
) -> Iterator[PathMessage | Problem]:
    yield from find_unreachable_states(definition, flow)
    yield from find_dead_ends(definition, flow)
    yield from find_bad_ends(definition, flow)
    yield from find_auto_cycles(definition, flow)
    yield from _broken_invariants(definition, flow)
    yield from guards.errors()
    yield from find_idle_conditions(definition)
    yield from find_unowned_states(definition, flow)
    yield from find_silent_levels(definition, flow)
    yield from find_untranslated(definition, languages)
    yield from find_leaks(definition)


def _warnings(
    definition: Definition, flow: Flow, guards: GuardFindings, languages: Sequence[str]
) -> Iterator[PathMessage | Problem]:
    yield from guards.warnings()
    yield from find_unclocked_states(definition, flow)
    yield from find_unfilled_guards(definition)
    yield from find_unfilled_fields(definition)
    yield from find_uninformed_roles(definition)
    yield from find_unexplained_guards(definition)
    yield from find_endless_loops(definition, flow)
    yield from find_same_titles(definition, languages)
    yield from find_broken_separations(definition)
    yield from find_absurd_promises(definition)
    yield from find_wrong_calendar(definition)
    yield from find_short_numbering(definition)


def _broken_invariants(definition: Definition, flow: Flow) -> Iterator[PathMessage]:
    """The invariants that some path breaks."""
    for index, rule in enumerate(definition.invariants):
        if isinstance(rule, PassesInvariant) and (walk := flow.path_avoiding(rule)):
            yield (
                ("invariants", index),
                Sentence(
                    "invariant",
                    "{before!r} can be reached without passing {passes!r}: {walk}",
                    before=rule.before,
                    passes=rule.passes,
                    walk=walk,
                ),
            )


class _DefinitionLocator:
    """Gives the places in a definition whose text is not at hand: only its rows and scenarios have a line."""

    def __init__(self, definition: Definition) -> None:
        self.file = definition.name
        self._definition = definition

    def locate(self, path: KeyPath, **_: object) -> tuple[int, int]:
        """The line of a row or a scenario, and column 1; zeros for everything else."""
        match path:
            case ("transitions", int(index), *_):
                return self._definition.transitions[index].line, 1
            case ("scenarios", int(index), *_):
                return self._definition.scenarios[index].line, 1
        return 0, 0

    def file_of(self, _: KeyPath) -> str:
        """The name under which the definition is reported."""
        return self.file
