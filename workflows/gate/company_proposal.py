"""The proposal of one of the company's files, which takes its place beside all else that is in force."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from workflows.gate.callers import find_broken_files
from workflows.gate.in_force import InForce
from workflows.gate.proposal import Proposal, PublishedSources
from workflows.language.builder.company import CALENDARS, read_context
from workflows.language.builder.context import CompanyContext
from workflows.language.checks.check import check
from workflows.language.checks.filled_posts import check_holders
from workflows.language.checks.literals import check_literals
from workflows.language.checks.references import check_references
from workflows.language.definition import Definition
from workflows.language.files.source import SourceFile
from workflows.language.findings import Finding
from workflows.language.load import Folder, ParsedWorkflow, find_short_calendar_problems, read_text
from workflows.language.reports.load import REPORTS_FILE, check_report_names, read_reports, report_names
from workflows.language.schedules.load import SCHEDULES_FILE, read_schedules

_ORGANISATION = "organisation"  # the digest of every process has this one's


def propose_company_file(name: str, text: str, in_force: InForce) -> Proposal:
    """The proposal that this is the text of the file. The processes that use what is changed in it are read
    again; an error that they had before is not its doing."""
    present = Folder(
        context=in_force.context,
        company=in_force.company,
        definitions=in_force.definitions,
        texts=in_force.texts,
        sources=PublishedSources(in_force),
        findings=(),
        schedules=in_force.schedules,
        reports=in_force.reports,
    )
    raw, known = text.encode(), in_force.versions.keys()
    if name == SCHEDULES_FILE:
        found = read_schedules(raw, name, in_force.context, in_force.definitions, known)[1]
        return Proposal(after=replace(present, schedules=raw, findings=found), names=(), file=name)
    if name == REPORTS_FILE:
        found = read_reports(raw, name, in_force.context, in_force.definitions, known)[1]
        return Proposal(after=replace(present, reports=raw, findings=found), names=(), file=name)
    return _propose_context(name, {**in_force.company, name: raw}, present, in_force)


def _propose_context(name: str, company: Mapping[str, bytes], present: Folder, in_force: InForce) -> Proposal:
    languages = in_force.context.languages
    context, found = read_context(company, languages=languages)
    findings = _only_new(found, lambda: read_context(in_force.company, languages=languages)[1], name)
    read = {each: _read(each, context, in_force) for each in find_users(in_force, context)}
    for each, reading in read.items():
        findings += _only_new(reading.findings, partial(_read_again, each, in_force))
    built = {each: of.definition for each, of in read.items() if of.definition is not None}
    after = replace(
        present,
        context=context,
        company=company,
        definitions={**in_force.definitions, **built},
        sources=PublishedSources(in_force, {each: read[each].source for each in built}),
        findings=tuple(findings),
    )
    return Proposal(after=after, names=tuple(built), file=name)


def find_company_problems(proposal: Proposal, in_force: InForce) -> Iterator[Finding]:
    """What the file would bring about in the processes, the schedules and the reports in force."""
    after, before = proposal.after, in_force.definitions
    for name in proposal.names:
        source = after.sources[name]
        yield from _only_new(
            _check(after.definitions[name], after.definitions, after, source),
            partial(_check, before[name], before, replace(after, context=in_force.context), source),
        )
    yield from find_broken_files(proposal, in_force)
    if after.reports != in_force.reports:
        yield from _find_lost_reports(proposal, in_force)
    if proposal.file == CALENDARS:
        places = Path(after.place)
        found = find_short_calendar_problems(after.company, after.context, after.definitions, places)
        old = find_short_calendar_problems(in_force.company, in_force.context, before, places)
        yield from _only_new(found, lambda: old)


def find_users(in_force: InForce, context: CompanyContext) -> tuple[str, ...]:
    """The processes in force whose texts name something that is otherwise in this context: by themselves, or
    by a shape that they are like. Who holds which post concerns all."""
    before = in_force.context
    changed = set(_pairs(before.digests, context.digests))
    if _ORGANISATION in changed or before.organisation.posts != context.organisation.posts:
        return tuple(sorted(in_force.definitions))
    names = {name.partition(":")[2] for name in changed}
    seals = [{name: each.seal for name, each in of.calendars.items()} for of in (before, context)]
    names |= set(_pairs(*seals))
    if not names:
        return ()
    shapes = {**before.shapes, **context.shapes}
    texts = {name: repr(node.data) for name, node in shapes.items() if node is not None}
    while more := {each for each, text in texts.items() if each not in names and _mentions(text, names)}:
        names |= more
    return tuple(name for name in sorted(in_force.definitions) if _mentions(in_force.texts[name], names))


def _pairs(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    """The names of which the two say something else, or only one says anything."""
    return (name for name in {**before, **after} if before.get(name) != after.get(name))


def _mentions(text: str, names: Iterable[str]) -> bool:
    words = "|".join(map(re.escape, sorted(names)))
    return re.search(rf"(?<![\w-])(?:{words})(?![\w-])", text) is not None


def _read(name: str, context: CompanyContext, in_force: InForce) -> ParsedWorkflow:
    return read_text(in_force.texts[name], f"{name}@{in_force.versions[name]}", context)


def _read_again(name: str, in_force: InForce) -> tuple[Finding, ...]:
    return _read(name, in_force.context, in_force).findings


def _check(
    definition: Definition, together: Mapping[str, Definition], folder: Folder, source: SourceFile
) -> tuple[Finding, ...]:
    """What is wrong with a process by itself, with the others, and with who holds which post."""
    report = source.new_findings()
    check_references(definition, together, together.keys(), report)
    check_literals(definition, together, report)
    check_holders({definition.name: definition}, folder.context.organisation.posts, {definition.name: report})
    own = check(definition, source=source, languages=folder.context.languages)
    return (*own, *report.in_file_order)


def _find_lost_reports(proposal: Proposal, in_force: InForce) -> Iterator[Finding]:
    """The processes in force that store a report which there is no longer."""
    before, after = report_names(in_force.reports), report_names(proposal.after.reports)
    for name, definition in proposal.after.definitions.items():
        if definition.stores_report_figures:
            found, known = (proposal.after.sources[name].new_findings() for _ in range(2))
            check_report_names(definition, after, found)
            check_report_names(definition, before, known)
            yield from (each for each in found.in_file_order if each not in known.in_file_order)


def _only_new(
    found: Iterable[Finding], before: Callable[[], Iterable[Finding]], own: str = ""
) -> list[Finding]:
    """The findings that were not there before; all of those in the file `own`."""
    listed = list(found)
    if all(each.file == own for each in listed):
        return listed
    known = {(each.file, each.path, each.message) for each in before()}
    return [each for each in listed if each.file == own or (each.file, each.path, each.message) not in known]
