"""A text is checked with what is in force: the other workflows, the schedules and the reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from workflows.definitions.in_force import DefinitionsInForce
from workflows.errors import Invalid, Reason
from workflows.language.checks.check import check
from workflows.language.checks.company_numbers import check_numbers
from workflows.language.definition import Definition
from workflows.language.files.source import SourceFile
from workflows.language.findings import Finding, errors
from workflows.language.load import Folder, ParsedWorkflow, read_text
from workflows.language.reports.load import check_report_names
from workflows.sentence import Sentence


def check_text(
    present: DefinitionsInForce, text: str, filename: str, languages: tuple[str, ...]
) -> ParsedWorkflow:
    """Read one text with the company files and the other workflows in force, and check it."""
    known = present.load_in_force()
    reading = read_text(text, filename, present.company(), known)
    if reading.definition is None:
        return reading
    findings = (
        *check_definition(reading.definition, known, reading.source, languages),
        *_check_schedules(present, reading.definition, known, reading.source),
        *_check_reports(present, reading.definition, reading.source),
    )
    return reading._replace(findings=(*reading.findings, *findings))


def _check_schedules(
    present: DefinitionsInForce, definition: Definition, known: Mapping[str, Definition], source: SourceFile
) -> tuple[Finding, ...]:
    """Errors for schedules that this version of the workflow would break."""
    report, before = source.new_findings(), present.plan().broken
    after = present.plan_with({**known, definition.name: definition}).broken
    for name, why in after.items():
        if name not in before:
            report.add(
                ("start",),
                Sentence(
                    "schedule-broken", "the schedule {name!r} could not be kept: {why}", name=name, why=why
                ),
                key=True,
            )
    return report.in_file_order


def _check_reports(
    present: DefinitionsInForce, definition: Definition, source: SourceFile
) -> tuple[Finding, ...]:
    """Errors for reports that the definition stores, and that do not exist."""
    report = source.new_findings()
    check_report_names(definition, present.report_names(), report)
    return report.in_file_order


def check_definition(
    definition: Definition,
    known: Mapping[str, Definition],
    source: SourceFile,
    languages: tuple[str, ...],
) -> tuple[Finding, ...]:
    """The findings against a definition, by itself and for shared numbering with the others in force."""
    report = source.new_findings()
    for name, other in known.items():
        if name != definition.name:
            check_numbers({name: other, definition.name: definition}, {definition.name: report})
    return (*check(definition, source=source, languages=languages), *report.in_file_order)


def check_folder(folder: Folder, present: Mapping[str, Definition]) -> None:
    """Raise `Invalid` with the errors of a folder, if there are any. `present` is what is in force."""
    raise_if_invalid(folder.errors)
    known = {**present, **folder.definitions}
    findings = (
        finding
        for name, definition in folder.definitions.items()
        for finding in check_definition(definition, known, folder.sources[name], folder.context.languages)
    )
    raise_if_invalid(errors(findings))


class InvalidDefinition(Invalid):
    """422: the definitions have errors; each reason is one of the `findings`."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(
            Reason("definition", str(each), field=f"{each.line}:{each.column}", saw=each.path or None)
            for each in self.findings
        )


def raise_if_invalid(problems: Iterable[Finding]) -> None:
    """Raise `InvalidDefinition` with the problems, if there are any."""
    if found := tuple(problems):
        raise InvalidDefinition(found)
