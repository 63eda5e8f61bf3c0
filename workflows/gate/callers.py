"""What one new text does to those that are in force: the processes that open it, are converted to it or have
it as a relative, the schedules, the reports.

Each is checked by the same rules as in a folder, once with the text and once without. What was broken before
is not its doing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from workflows.gate.in_force import InForce
from workflows.gate.proposal import Proposal
from workflows.language.builder.rosters import check_unique_rosters
from workflows.language.checks.company_numbers import check_numbers
from workflows.language.checks.literals import check_literals
from workflows.language.checks.references import check_references
from workflows.language.definition import Definition
from workflows.language.files.source import SourceFile
from workflows.language.findings import Finding, Findings, KeyPath
from workflows.language.reports.load import REPORTS_FILE, check_report_names, read_reports, report_names
from workflows.language.schedules.load import SCHEDULES_FILE, read_schedules


def find_caller_problems(proposal: Proposal, in_force: InForce) -> Iterator[Finding]:
    """The errors that the proposed text would bring about elsewhere, and those of what it shares with
    others."""
    proposed = proposal.proposed
    if proposed is None:
        return
    before, after = in_force.definitions, {**in_force.definitions, proposed.name: proposed}
    for name, caller in before.items():
        if name != proposed.name:
            yield from find_new_problems(caller, before, after, partial(_source_of, proposal, name))
    if proposal.name:
        yield from _find_shared(proposal, before)
        yield from find_broken_files(proposal, in_force)


def _source_of(proposal: Proposal, name: str) -> SourceFile:
    return proposal.after.sources[name]


def find_new_problems(
    caller: Definition,
    before: Mapping[str, Definition],
    after: Mapping[str, Definition],
    source: Callable[[], SourceFile],
) -> Iterator[Finding]:
    """What is wrong with a caller now and was not before."""
    places = LazyPlaces(caller.name, source)
    known, found = Findings(places), Findings(places)
    _check_relations(caller, after, found)
    if found.in_file_order:
        _check_relations(caller, before, known)
        old = {(each.path, each.message) for each in known.in_file_order}
        yield from (each for each in found.in_file_order if (each.path, each.message) not in old)


def _check_relations(caller: Definition, definitions: Mapping[str, Definition], findings: Findings) -> None:
    """Check what a process wants of others, as in a folder."""
    check_references(caller, definitions, definitions.keys(), findings)
    check_literals(caller, definitions, findings)


def _find_shared(proposal: Proposal, before: Mapping[str, Definition]) -> Iterator[Finding]:
    """Numbering and rosters that another process has already, and reports that do not exist."""
    (name,) = proposal.names
    own, source = proposal.after.definitions[name], proposal.after.sources[name]
    report = source.new_findings()
    for other, definition in before.items():
        if other != name:
            together = {other: definition, name: own}
            check_numbers(together, {name: report})
            check_unique_rosters(together, {name: report})
    check_report_names(own, report_names(proposal.after.reports), report)
    yield from report.in_file_order


def find_broken_files(proposal: Proposal, in_force: InForce) -> Iterator[Finding]:
    """What is wrong with the schedules and the reports now and was not before."""
    after = proposal.after
    for read, text, file in (
        (read_schedules, after.schedules, SCHEDULES_FILE),
        (read_reports, after.reports, REPORTS_FILE),
    ):
        found = read(text, file, after.context, after.definitions, after.definitions.keys())[1]
        if found:
            known = read(text, file, in_force.context, in_force.definitions, in_force.versions.keys())[1]
            yield from (each for each in found if each not in known)


class LazyPlaces:
    """The places in a text that is parsed when the first of them is asked for."""

    def __init__(self, name: str, source: Callable[[], SourceFile]) -> None:
        self._source = source
        self.file = name

    def locate(
        self, path: KeyPath, *, key: bool = False, within: tuple[int, int] = (1, 1)
    ) -> tuple[int, int]:
        """The line and column of a path."""
        source = self._source()
        self.file = source.file
        return source.locate(path, key=key, within=within)

    def file_of(self, path: KeyPath) -> str:
        """The file in which the path stands: a shape's, or that of the process."""
        return self._source().file_of(path)
